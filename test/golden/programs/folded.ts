import { socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

const PORTS = [80, 443];
const DEBUG = false;
const widest = Math.max(...PORTS);

@socketFilter
function match(skb: SkBuff): number {
  if (DEBUG) console.log(`length ${skb.len}`);
  for (const port of PORTS) {
    if (skb.len === port) return 1;
  }
  return skb.len > widest ? 2 : 0;
}
