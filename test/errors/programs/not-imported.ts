import type { XdpContext } from 'tsbpf';

@xdp
// ERROR: 3:2 TSBPF1123 '@xdp' is not imported
function pass(ctx: XdpContext): number {
  return ctx.packet.byteLength > 0 ? 2 : 1;
}
