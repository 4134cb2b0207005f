/** The decorators and calls as types: tsc checks this file, and nothing runs it. */
import { kprobe, rawTracepoint, socketFilter, tc, tracepoint, uprobe, xdp } from '../../runtime/index.js';
import type { i32, Program, PtRegs, SkBuff, u64, XdpContext } from '../../runtime/index.js';

export function types(): Program[] {
  class Programs {
    @kprobe('sys_close')
    static close(ctx: PtRegs, fd: i32): number {
      return Number(ctx.ip) + fd;
    }

    @xdp
    static bare(ctx: XdpContext): number {
      return ctx.packet.byteLength;
    }

    @xdp({ minimumPacketSize: 34 })
    static sized(ctx: XdpContext): number {
      return ctx.data;
    }

    @tc('ingress', { defaultResult: 2 })
    static classify(ctx: SkBuff): number {
      return ctx.mark;
    }

    // @ts-expect-error an XDP program gets no socket buffer
    @xdp
    static wrong(ctx: SkBuff): number {
      return ctx.mark;
    }
  }
  void Programs;
  return [
    kprobe('sys_openat', (ctx) => Number(ctx.parm1)),
    kprobe('sys_openat', (ctx, fd: i32, name: u64) => Number(ctx.parm1 + name) + fd, { name: 'opens' }),
    uprobe('/bin/bash', 'readline', (ctx) => Number(ctx.ret)),
    tracepoint('syscalls:sys_enter_openat', (ctx) => Number(ctx.filename)),
    tracepoint('sched:sched_switch', (ctx: { next_pid: i32 }) => ctx.next_pid),
    rawTracepoint('sched_switch', (ctx) => Number(ctx.args[0])),
    socketFilter((skb) => skb.len, { minimumPacketSize: 14 }),
    tc('egress', (skb) => skb.mark),
    xdp((ctx) => ctx.data_end, { name: 'count' }),
    // @ts-expect-error there is no such direction
    tc('sideways', (skb) => skb.mark),
  ];
}
