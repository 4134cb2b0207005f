import { socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

@socketFilter
function spin(ctx: SkBuff): number {
  let count = 0;
  while (true) {
  // ERROR: 7:3 TSBPF1620 no bound
    count++;
    if (count === ctx.len) continue;
  }
  return count;
}
