import { HashMap, kprobe, socketFilter, socketFilters, xdp } from 'tsbpf';
//                                      ^ TSBPF1118: socketFilters
import type { PtRegs, SkBuff, u32, u64, XdpContext } from 'tsbpf';

interface Event {
  pid: u33;
  //   ^ TS2304: u33
}
interface Sound {
  pid: u32;
}
const events = new HashMap<u32, Event>({ maxEntries: 8 });
const sound = new HashMap<u32, Sound>({ maxEntries: 0 });
//                                    ^ TSBPF1601: maxEntries
const counts = new HashMap<u32, u64>({ maxEntries: 8 });

// TypeScript's error here, and no other: the division is not looked at.
function wrong(length: number): number {
  const text: string = length;
  //    ^ TS2322: number
  return length / 3;
}

@socketFilter
function usesWrong(skb: SkBuff): number {
  const length = wrong(skb.len);
  if (length / 2 > 5) return 1;
  return skb.len / 3;
  //     ^ TSBPF1305: fraction
}

@socketFilter
function usesEvent(skb: SkBuff): number {
  const event = events.get(skb.mark);
  return event ? event.pid / 2 : skb.len / 3;
}

@kprobe
function undecided(ctx: PtRegs): number {
  return 0;
}

@kprobe('sys_close')
async function waits(ctx: PtRegs): Promise<number> {
  return 0;
}
// ERROR: 38:1 TSBPF1103 'kprobe'
// ERROR: 43:1 TSBPF1106 async

@xdp
function divides(ctx: XdpContext): number {
  counts[1] += 1n;
  return ctx.packet.byteLength / 3;
  //     ^ TSBPF1305: fraction
}

@socketFilters
// ERROR: 57:2 TSBPF1100 socketFilters
function unknown(skb: SkBuff): number {
  return skb.len / 3;
}
