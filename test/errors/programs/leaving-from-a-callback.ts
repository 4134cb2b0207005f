import { bpf, ProgramArray, xdp } from 'tsbpf';
import type { EthHdr, XdpContext } from 'tsbpf';

const next = new ProgramArray({ maxEntries: 2 });

@xdp
function jump(ctx: XdpContext): number {
  bpf.loop(3, (i) => {
    next.tailCall(ctx, i);
    // ERROR: 9:5 TSBPF1423 would only end the function
  });
  next.tailCall(ctx, 1);
  return 2;
}

@xdp
function move(ctx: XdpContext): number {
  const eth = ctx.packet.at<EthHdr>(0);
  bpf.loop(3, () => {
    bpf.xdpAdjustHead(ctx, 4);
    // ERROR: 20:5 TSBPF1424 bpf.xdpAdjustHead moves the bytes of the packet
  });
  for (let i = 0; i < 3; i++) bpf.xdpAdjustHead(ctx, 4);
  return eth ? eth.h_proto : 2;
}
