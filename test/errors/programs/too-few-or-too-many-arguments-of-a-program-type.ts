import { kprobe } from 'tsbpf';
import type { PtRegs } from 'tsbpf';

@kprobe
// ERROR: 4:1 TSBPF1103 'kprobe' was given 0 arguments\.
function onClose(ctx: PtRegs): number {
  return 0;
}
