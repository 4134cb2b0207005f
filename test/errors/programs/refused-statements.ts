import { socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

@socketFilter
function match(ctx: SkBuff): number {
  var old = 1;
  // ERROR: 6:3 TSBPF1300 var
  try {
  // ERROR: 8:3 TSBPF1300 try
    old = 2;
  } catch {
    old = 3;
  }
  const kind = typeof ctx.len;
  //           ^^^^^^^^^^^^^^ TSBPF1300: typeof
  for (const key in { a: 1 }) old += 1;
  // ERROR: 16:3 TSBPF1300 for-in
  var kept = 1;
  // ERROR: 18:3 TSBPF1300 var
  const either = ctx.len > 3 ? () => 1 : () => kept;
  //                           ^^^^^^^ TSBPF1451: 'ctx' is only known while the program runs
  const sum = ctx.len + ((() => 1) as unknown as number);
  //          ^ TSBPF1333: function
  return 0;
}
