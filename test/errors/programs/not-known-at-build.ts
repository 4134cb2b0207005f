import { socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

const read = async () => 5;
const PORTS = await read();
const COUNT = PORTS * 2;

@socketFilter
function power(skb: SkBuff): number {
  return skb.len ** COUNT;
  //     ^ TSBPF1310: 'COUNT' is not known at build, because 'PORTS' is not known at build, because `read\(\)` at line 5 is awaited
}

@socketFilter
function mapped(skb: SkBuff): number {
  let n = skb.len;
  for (const x of [1, 2].map((y) => y * COUNT)) n += x;
  //              ^ TSBPF1330: 'map'.*'COUNT' is not known at build, because 'PORTS'
  return n;
}
