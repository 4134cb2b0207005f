import { writeFileSync } from 'node:fs';
import { socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

function limit(): number {
  writeFileSync('limit.txt', '64');
  return 64;
}
const most = limit();

@socketFilter
function match(skb: SkBuff): number {
  return skb.len > most ? skb.len : 0;
//                 ^^^^ TSBPF1204: Computing this at build was stopped at
}
