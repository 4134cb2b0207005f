import { socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

@socketFilter
function waits(ctx: SkBuff): number {
  const limit = ctx.len;
  let i = 0;
  let at = 0;
  let total = 0;
  while (at < limit) {
  // ERROR: 10:3 TSBPF1622 'at' and 'limit' of its condition do not change
    total++;
  }
  for (let k = 0; k < 10; ) total += 2;
  // ERROR: 14:3 TSBPF1620 no bound
  do total++;
  // ERROR: 16:3 TSBPF1622 'limit' of its condition does not change
  while (limit !== 5);
  at = total;
  // These change, or may.
  const step = () => {
    i++;
  };
  while (i < 20) step();
  for (let k = 0; k < 10; ) k += 2;
  while (i-- > 0) total++;
  while (i < limit) {
    if (total++ > 100) break;
  }
  return total;
}
