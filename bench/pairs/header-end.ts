// A state machine by a table: how many bytes of a TCP payload come before the blank line that ends HTTP's headers.
import { ETH_P_IP, IPPROTO_TCP, XDP, xdp } from 'tsbpf';
import type { Bytes, EthHdr, IpHdr, XdpContext } from 'tsbpf';

const PAYLOAD = 14 + 20 + 20;
const LENGTH = 96;
const CR = 13;
const LF = 10;
/** The next state, by state and by what was read: anything, CR, LF. State 4 is the end. */
const NEXT = [
  [0, 1, 0],
  [0, 1, 2],
  [0, 3, 0],
  [0, 1, 4],
].flat();

@xdp
export function findEnd(ctx: XdpContext): number {
  if (ctx.packet.at<EthHdr>(0)?.h_proto !== ETH_P_IP) return XDP.PASS;
  const ip = ctx.packet.at<IpHdr>(14);
  if (!ip || ip.protocol !== IPPROTO_TCP) return XDP.PASS;
  const payload = ctx.packet.at<Bytes<96>>(PAYLOAD);
  if (!payload) return XDP.PASS;
  let state = 0;
  for (let index = 0; index < LENGTH; index++) {
    const byte = payload[index]!;
    state = NEXT[state * 3 + (byte === CR ? 1 : byte === LF ? 2 : 0)]!;
    if (state === 4) return 1000 + index;
  }
  return XDP.PASS;
}
