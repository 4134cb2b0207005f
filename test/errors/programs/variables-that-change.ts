import { socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

let limit = 10;
const ports: number[] = [80];

setInterval(() => {
  limit += 1;
  ports.push(limit);
}, 1000);

@socketFilter
function match(ctx: SkBuff): number {
  if (ctx.len > limit) return 0;
  //            ^^^^^ TSBPF1200: 'limit' changes
  return ports[0] === ctx.len ? 1 : 0;
  //     ^^^^^ TSBPF1201: 'ports' is changed at
}
