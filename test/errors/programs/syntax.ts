import { socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

@socketFilter
function match(ctx: SkBuff): number {
  return ctx.len +;
  //              ^ TS1109: Expression expected
}
