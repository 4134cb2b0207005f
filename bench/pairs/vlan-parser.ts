// Counts packets by the protocol behind up to two VLAN tags.
import { ETH_P_8021AD, ETH_P_8021Q, HashMap, XDP, xdp } from 'tsbpf';
import type { EthHdr, u16, u64, VlanHdr, XdpContext } from 'tsbpf';

const protocols = new HashMap<u16, u64>({ maxEntries: 256 });
const DEPTH = [0, 1];

@xdp
export function countBehindTags(ctx: XdpContext): number {
  const ethernet = ctx.packet.at<EthHdr>(0);
  if (!ethernet) return XDP.PASS;
  let protocol = ethernet.h_proto;
  let offset = 14;
  for (const _ of DEPTH) {
    if (protocol !== ETH_P_8021Q && protocol !== ETH_P_8021AD) break;
    const tag = ctx.packet.at<VlanHdr>(offset);
    if (!tag) return XDP.PASS;
    protocol = tag.h_vlan_encapsulated_proto;
    offset += 4;
  }
  protocols[protocol] += 1n;
  return XDP.PASS;
}
