import { HashMap, socketFilter } from 'tsbpf';
import type { CharArray, SkBuff, u32 } from 'tsbpf';

const names = new HashMap<u32, CharArray<16>>({ maxEntries: 16 });

@socketFilter
function match(skb: SkBuff): number {
  const name = names.get(1);
  if (name === undefined) return 0;
  const longer = name + '!';
//               ^^^^^^^^^^ TSBPF1302: Strings cannot be built or changed in
  return longer === 'ssh!' ? skb.len : 0;
}
