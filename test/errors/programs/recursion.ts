import { socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

function even(n: number): boolean {
  return n === 0 || odd(n - 1);
}

function odd(n: number): boolean {
  return n !== 0 && even(n - 1);
  //                ^^^^^^^^^^^ TSBPF1610: 'even' calls itself
}

@socketFilter
function match(ctx: SkBuff): number {
  return even(ctx.len) ? 1 : 0;
}
