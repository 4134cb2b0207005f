// Sends every packet back with its Ethernet addresses exchanged.
import { XDP, xdp } from 'tsbpf';
import type { EthHdr } from 'tsbpf';

export const transmit = xdp((ctx) => {
  const eth = ctx.packet.at<EthHdr>(0);
  if (!eth) return XDP.DROP;
  [eth.h_dest, eth.h_source] = [eth.h_source, eth.h_dest];
  return XDP.TX;
});
