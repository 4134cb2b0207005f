import { XDP, xdp } from 'tsbpf';
import type { XdpContext } from 'tsbpf';

function choose(): (ctx: XdpContext) => number {
  return () => XDP.PASS;
}
export const program = xdp(choose());
//                         ^^^^^^^^ TSBPF1104: The function given to 'xdp' is not
