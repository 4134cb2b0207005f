import { HashMap, socketFilter } from 'tsbpf';
import type { SkBuff, u32, u64 } from 'tsbpf';

const DEBUG = false;
const config = { mode: 'strict', mask: 0xff, limits: { length: 64 + 1 } };
enum Verdict {
  Drop,
  Pass = 0xffff,
}
const seen = new HashMap<u32, u64>({ maxEntries: 4 * 256 });

@socketFilter
function decide(skb: SkBuff): number {
  if (DEBUG) console.log(`length ${skb.len}`);
  else if (config.mode === 'strict') {
    // Counted by the low bits.
    seen[skb.mark & config.mask] += 1n;
  }
  switch (config.mode) {
    case 'lax':
      return Verdict.Pass;
    case 'strict':
      if (skb.len === 0) break;
      seen[0] += 1n;
      break;
    default:
      return 1;
  }
  const { length } = config.limits;
  const longest = length * 2;
  while (DEBUG) seen[1] += 1n;
  if (DEBUG || skb.len > longest) return DEBUG ? 1 : Verdict.Pass;
  return DEBUG && skb.len ? 3 : Verdict.Drop;
  seen[2] += 1n;
}
