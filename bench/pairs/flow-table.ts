// Counts packets and bytes of every IPv4 flow of TCP and UDP.
import { ETH_P_IP, IPPROTO_TCP, IPPROTO_UDP, LruHashMap, XDP, xdp } from 'tsbpf';
import type { be16, be32, EthHdr, IpHdr, u32, u64, XdpContext } from 'tsbpf';

interface Flow {
  source: be32;
  destination: be32;
  sourcePort: be16;
  destinationPort: be16;
  protocol: u32;
}

interface Traffic {
  packets: u64;
  bytes: u64;
}

interface Ports {
  source: be16;
  destination: be16;
}

const flows = new LruHashMap<Flow, Traffic>({ maxEntries: 65536 });

@xdp
export function countFlows(ctx: XdpContext): number {
  if (ctx.packet.at<EthHdr>(0)?.h_proto !== ETH_P_IP) return XDP.PASS;
  const ip = ctx.packet.at<IpHdr>(14);
  if (!ip) return XDP.PASS;
  const { protocol } = ip;
  if (protocol !== IPPROTO_TCP && protocol !== IPPROTO_UDP) return XDP.PASS;
  const ports = ctx.packet.at<Ports>(14 + ip.ihl * 4);
  if (!ports) return XDP.PASS;
  const flow: Flow = {
    source: ip.saddr,
    destination: ip.daddr,
    sourcePort: ports.source,
    destinationPort: ports.destination,
    protocol,
  };
  const bytes = BigInt(ip.tot_len);
  const traffic = flows.get(flow);
  if (traffic) {
    traffic.packets += 1n;
    traffic.bytes += bytes;
  } else {
    flows.set(flow, { packets: 1n, bytes });
  }
  return XDP.PASS;
}
