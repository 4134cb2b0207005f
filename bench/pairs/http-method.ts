// Counts HTTP requests by method, of TCP packets to port 80.
import { ArrayMap, ETH_P_IP, htons, IPPROTO_TCP, TC_ACT_OK, tc } from 'tsbpf';
import type { IpHdr, SkBuff, TcpHdr, u64 } from 'tsbpf';

const methods = new ArrayMap<u64>({ maxEntries: 8 });
const word = (text: string) => Buffer.from(text).readUInt32BE();
const GET = word('GET ');
const POST = word('POST');
const HEAD = word('HEAD');
const PUT = word('PUT ');
const DELETE = word('DELE');

function indexOf(start: number): number {
  switch (start) {
    case GET:
      return 1;
    case POST:
      return 2;
    case HEAD:
      return 3;
    case PUT:
      return 4;
    case DELETE:
      return 5;
    default:
      return 0;
  }
}

@tc('ingress')
export function countMethods(skb: SkBuff): number {
  if (skb.protocol !== htons(ETH_P_IP)) return TC_ACT_OK;
  const ip = skb.packet.at<IpHdr>(14);
  if (!ip || ip.protocol !== IPPROTO_TCP) return TC_ACT_OK;
  const offset = 14 + ip.ihl * 4;
  const tcp = skb.packet.at<TcpHdr>(offset);
  if (!tcp || tcp.dest !== 80) return TC_ACT_OK;
  methods.increment(indexOf(skb.packet.getUint32(offset + tcp.doff * 4)), 1n);
  return TC_ACT_OK;
}
