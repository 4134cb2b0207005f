// Estimates how often each source sends, by a count-min sketch of 4 rows, and drops the heaviest.
import { ETH_P_IP, PerCpuArray, u32, XDP, xdp } from 'tsbpf';
import type { EthHdr, FixedArray, IpHdr, XdpContext } from 'tsbpf';

interface Sketch {
  rows: FixedArray<FixedArray<u32, 512>, 4>;
}

const sketches = new PerCpuArray<Sketch>({ maxEntries: 1 });
const SEEDS = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f];
const LIMIT = 1_000_000_000;

@xdp
export function limitHeavy(ctx: XdpContext): number {
  if (ctx.packet.at<EthHdr>(0)?.h_proto !== ETH_P_IP) return XDP.PASS;
  const ip = ctx.packet.at<IpHdr>(14);
  if (!ip) return XDP.PASS;
  const sketch = sketches.get(0);
  if (!sketch) return XDP.PASS;
  let least: u32 = 0xffffffff;
  for (const [row, seed] of SEEDS.entries()) {
    const column = Math.imul(ip.saddr, seed) >>> 23;
    const count = u32(sketch.rows[row]![column]! + 1);
    sketch.rows[row]![column] = count;
    least = Math.min(least, count);
  }
  return least > LIMIT ? XDP.DROP : XDP.PASS;
}
