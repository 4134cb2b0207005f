import { kprobe } from 'tsbpf';
import type { PtRegs } from 'tsbpf';

@kprobe('sys_close')
function onClose(ctx: PtRegs): number {
  return (ctx as any).packet.getUint8(0);
//                    ^^^^^^ TSBPF1328: Programs of type 'kprobe' have no packet\.
}
