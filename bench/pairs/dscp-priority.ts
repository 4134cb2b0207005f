// Sets the priority of packets by their DSCP.
import { ETH_P_IP, htons, TC_ACT_OK, tc } from 'tsbpf';
import type { IpHdr, SkBuff } from 'tsbpf';

function priorityOf(dscp: number): number {
  switch (dscp) {
    case 46: // expedited forwarding
      return 6;
    case 34: // assured forwarding 41
    case 36:
    case 38:
      return 4;
    case 26: // assured forwarding 31
    case 28:
    case 30:
      return 3;
    case 8: // class selector 1: the background
      return 1;
    default:
      return 0;
  }
}

@tc('egress')
export function prioritize(skb: SkBuff): number {
  if (skb.protocol !== htons(ETH_P_IP)) return TC_ACT_OK;
  const ip = skb.packet.at<IpHdr>(14);
  if (ip) skb.priority = priorityOf(ip.tos >>> 2);
  return TC_ACT_OK;
}
