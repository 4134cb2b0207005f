import { socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

function lookUp(name: string): number {
  if (name !== 'http') throw new Error(`no service ${name}`);
  return 80;
}

@socketFilter
function match(ctx: SkBuff): number {
  return ctx.len === lookUp('gopher') ? 1 : 0;
  //                 ^^^^^^^^^^^^^^^^ TSBPF1202: no service gopher
}
