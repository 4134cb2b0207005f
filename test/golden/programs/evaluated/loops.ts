import { ArrayMap, bpf, xdp } from 'tsbpf';
import type { u64, XdpContext } from 'tsbpf';

const PORTS = [80, 443, 8080];
const PAIRS: [string, number][] = [
  ['web', 80],
  ['names', 53],
];
const TABLE = [1, 2, 4, 8];
const counts = new ArrayMap<u64>({ maxEntries: PORTS.length });

@xdp
function count(ctx: XdpContext): number {
  let total = 0;
  for (const port of PORTS) {
    if (port === 443) continue;
    if (ctx.packet.byteLength === port) break;
    total += port;
  }
  for (const [name, port] of PAIRS) if (name.length > 3) total += port;
  PORTS.forEach((port) => {
    total -= port;
  });
  if (PORTS.some((port) => port === total)) return 1;
  for (let index = 0; index < TABLE.length; index++) total += TABLE[index]!;
  bpf.loop(PORTS.length, (index) => {
    counts[index] += BigInt(total) + BigInt(PORTS.length);
  });
  return 2;
}
