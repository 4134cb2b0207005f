// Drops ARP requests for addresses that are not in the map.
import { ETH_P_ARP, HashMap, XDP, xdp } from 'tsbpf';
import type { ArpHdr, Bytes, EthHdr, u64, XdpContext } from 'tsbpf';

interface ArpIpv4 extends ArpHdr {
  sourceHardware: Bytes<6>;
  source: Bytes<4>;
  targetHardware: Bytes<6>;
  target: Bytes<4>;
}

const owned = new HashMap<Bytes<4>, u64>({ maxEntries: 256 });

@xdp
export function filterArp(ctx: XdpContext): number {
  if (ctx.packet.at<EthHdr>(0)?.h_proto !== ETH_P_ARP) return XDP.PASS;
  const arp = ctx.packet.at<ArpIpv4>(14);
  if (!arp || arp.ar_hrd !== 1 || arp.ar_pro !== 0x0800 || arp.ar_hln !== 6 || arp.ar_pln !== 4) return XDP.PASS;
  if (arp.ar_op !== 1) return XDP.PASS;
  return owned.has(arp.target) ? XDP.PASS : XDP.DROP;
}
