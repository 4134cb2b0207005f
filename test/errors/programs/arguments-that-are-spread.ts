import { kprobe } from 'tsbpf';
import type { PtRegs } from 'tsbpf';

const where = ['sys_close'] as const;

@kprobe(...where)
//      ^^^^^^^^ TSBPF1120: The arguments of 'kprobe' cannot be spread
function onClose(ctx: PtRegs): number {
  return 0;
}
