import { kprobe, rawTracepoint, tc, tracepoint, uprobe, xdp } from 'tsbpf';
import type { SkBuff, u32, XdpContext } from 'tsbpf';

export const text = xdp(() => 'text');
//                            ^^^^^^ TSBPF1338: returns a number
export const object = xdp((ctx) => {
  if (ctx.packet.byteLength > 64) return 1;
  return { verdict: 2 };
  //     ^^^^^^^^^^^^^^ TSBPF1338: returns a number
});

export const misspelt = xdp(() => 2, { minimumPaketSize: 34 });
//                                     ^^^^^^^^^^^^^^^^ TSBPF1124: 'xdp' has no option 'minimumPaketSize'
export const notANumber = xdp(() => 2, { defaultResult: 'pass' });
//                                       ^^^^^^^^^^^^^^^^^^^^^ TSBPF1339: 'defaultResult' has to be a number
export const noName = xdp(() => 2, { name: 5 });
//                                   ^^^^^^^ TSBPF1339: 'name' has to be a string
export const notAnObject = xdp(() => 2, 34);
//                                      ^^ TSBPF1125: an object, and this is '34'

export const otherContext = xdp((ctx: SkBuff) => ctx.len);
//                               ^^^^^^^^^^^ TSBPF1119: does not fit 'xdp'
export const twoParameters = xdp((ctx: XdpContext, limit: u32) => (ctx.packet.byteLength > limit ? 2 : 1));
//                                                 ^^^^^^^^^^ TSBPF1121: one argument

export const number = kprobe(5, () => 0);
//                           ^ TSBPF1336: '5' is not what this program type attaches to

@tc(1)
//  ^ TSBPF1336: '1' is not what
function sideways(skb: SkBuff): number {
  return skb.len > 64 ? 0 : 2;
}

@xdp({ minimumPacketSise: 34 })
//     ^^^^^^^^^^^^^^^^^ TSBPF1124: 'minimumPacketSise'
function decorated(ctx: XdpContext): string {
  return ctx.packet.byteLength > 64 ? 'pass' : 'drop';
  //     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ TSBPF1338
}

export const late = tracepoint('syscalls:sys_enter_openat', () => 0, { minimumPacketSize: 'x' });
//                                                                     ^^^^^^^^^^^^^^^^^^^^^^ TSBPF1339: a number of bytes
export const raw = rawTracepoint(['sched_switch'], () => 0);
//                               ^^^^^^^^^^^^^^^^ TSBPF1336
export const user = uprobe('/bin/true', 5, () => 0);
//                                      ^ TSBPF1336
