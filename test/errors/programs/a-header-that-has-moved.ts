import { bpf, ETH_P_8021Q, htons, tc, TC_ACT_OK, xdp, XDP } from 'tsbpf';
import type { EthHdr, SkBuff, XdpContext } from 'tsbpf';

@tc('ingress')
function push(ctx: SkBuff): number {
  const eth = ctx.packet.at<EthHdr>(0);
  if (!eth) return TC_ACT_OK;
  const before = eth.h_proto;
  bpf.skbVlanPush(ctx, htons(ETH_P_8021Q), 42);
  return before === eth.h_proto ? 1 : 0;
  // ERROR: 10:21 TSBPF1420 found before bpf.skbVlanPush, which may move the packet
}

// A way that does not come from the helper, and a header that is asked for again.
@tc('ingress')
function pop(ctx: SkBuff): number {
  const eth = ctx.packet.at<EthHdr>(0);
  if (!eth) return TC_ACT_OK;
  if (eth.h_proto === ETH_P_8021Q) {
    bpf.skbVlanPop(ctx);
    const inner = ctx.packet.at<EthHdr>(0);
    return inner ? inner.h_proto : 0;
  }
  return eth.h_proto;
}

// In the second round.
@tc('ingress')
function popAll(ctx: SkBuff): number {
  const eth = ctx.packet.at<EthHdr>(0);
  if (!eth) return TC_ACT_OK;
  for (let i = 0; i < 3; i++) {
    if (eth.h_proto !== ETH_P_8021Q) break;
    // ERROR: 33:9 TSBPF1420 found before bpf.skbVlanPop
    bpf.skbVlanPop(ctx);
  }
  return 0;
}

// One of two headers, as a value of its own.
@xdp
function choose(ctx: XdpContext): number {
  const header = ctx.packet.byteLength > 60 ? ctx.packet.at<EthHdr>(0) : ctx.packet.at<EthHdr>(14);
  if (!header) return XDP.PASS;
  bpf.xdpAdjustTail(ctx, -2);
  return header.h_proto;
  // ERROR: 46:10 TSBPF1420 found before bpf.xdpAdjustTail
}
