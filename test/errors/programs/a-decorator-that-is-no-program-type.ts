import * as tsbpf from 'tsbpf';
import { XDP } from 'tsbpf';
import type { XdpContext } from 'tsbpf';

@tsbpf.xpd
// ERROR: 5:2 TSBPF1100 'xpd' is no program type of tsbpf\.
function pass(ctx: XdpContext): number {
  return ctx.packet.byteLength > 64 ? XDP.PASS : XDP.DROP;
}
