import { kprobe, kretprobe, rawTracepoint, tc, tracepoint, uprobe } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

export const blank = kprobe('sys close', () => 0);
//                          ^^^^^^^^^^^ TSBPF1336: 'sys close' is not
export const empty = kprobe('', () => 0);
//                          ^^ TSBPF1336: '' is not
export const call = kretprobe('sys_close()', () => 0);
//                            ^^^^^^^^^^^^^ TSBPF1336: 'sys_close\(\)'
export const renamed = kprobe('tcp_v4_rcv.isra.0', () => 0);
export const offset = kprobe('tcp_v4_rcv+0x10', () => 0);

export const category = rawTracepoint('sched:sched_switch', () => 0);
//                                    ^^^^^^^^^^^^^^^^^^^^ TSBPF1336
export const noCategory = tracepoint('sys_enter_openat', () => 0);
//                                   ^^^^^^^^^^^^^^^^^^ TSBPF1336
export const noFunction = uprobe('/bin/true', '', () => 0);
//                                            ^^ TSBPF1336

const direction = 'sideways' as never;

@tc(direction)
//  ^^^^^^^^^ TSBPF1336: 'sideways'
function filter(skb: SkBuff): number {
  return skb.len > 64 ? 0 : 2;
}
