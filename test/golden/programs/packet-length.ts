import { ETH_P_IP, XDP, xdp } from 'tsbpf';
import type { XdpContext } from 'tsbpf';

// The test of the length is one of pointers, and the reads under it have none of their own.
@xdp
export function count(ctx: XdpContext): number {
  if (ctx.packet.byteLength < 34) return XDP.PASS;
  return ctx.packet.getUint16(12) === ETH_P_IP && ctx.packet.getUint8(23) === 17 ? XDP.DROP : XDP.PASS;
}
