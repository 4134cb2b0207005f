import { kprobe } from 'tsbpf';
import type { PtRegs } from 'tsbpf';

@kprobe(process.argv[2]!)
//      ^^^^^^^^^^^^^^^^ TSBPF1330: What a program attaches to has to
function onCall(ctx: PtRegs): number {
  return 0;
}
