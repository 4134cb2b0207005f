// Counts the maximum segment sizes that TCP connections are opened with.
import { ETH_P_IP, HashMap, IPPROTO_TCP, XDP, xdp } from 'tsbpf';
import type { EthHdr, IpHdr, TcpHdr, u16, u64, XdpContext } from 'tsbpf';

const sizes = new HashMap<u16, u64>({ maxEntries: 1024 });
const END = 0;
const NO_OPERATION = 1;
const MAXIMUM_SEGMENT = 2;

@xdp
export function countSegmentSizes(ctx: XdpContext): number {
  const { packet } = ctx;
  if (packet.at<EthHdr>(0)?.h_proto !== ETH_P_IP) return XDP.PASS;
  const ip = packet.at<IpHdr>(14);
  if (!ip || ip.protocol !== IPPROTO_TCP || ip.ihl !== 5) return XDP.PASS;
  const tcp = packet.at<TcpHdr>(34);
  if (!tcp || !tcp.syn) return XDP.PASS;
  const end = 34 + tcp.doff * 4;
  let offset = 54;
  for (let count = 0; count < 10 && offset < end; count++) {
    const kind = packet.getUint8(offset);
    if (kind === END) break;
    if (kind === NO_OPERATION) {
      offset++;
      continue;
    }
    if (kind === MAXIMUM_SEGMENT) {
      sizes[packet.getUint16(offset + 2)] += 1n;
      break;
    }
    offset += packet.getUint8(offset + 1);
  }
  return XDP.PASS;
}
