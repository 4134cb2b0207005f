import { xdp } from 'tsbpf';
import type { FixedArray, u32 } from 'tsbpf';

const add = (x: number) => x + 1;
const double = (x: number) => x * 2;
const both = [add, double];
const byName = { add, double };
const numbers = { one: 1, two: 2 };

export const functions = xdp((ctx) => {
  const length = ctx.packet.byteLength;
  const chosen = length > 10 ? add : double;
  //                           ^^^ TSBPF1451: 'ctx' is only known while the program runs
  let changing = add;
  //             ^^^ TSBPF1451: 'changing' changes
  if (length > 20) changing = double;
  const known = numbers.one === 1 ? add : double;
  return both[length & 1](1) + byName[length > 10 ? 'add' : 'double'](2) + known(3);
  //     ^^^^^^^^^^^^^^^^ TSBPF1451: 'ctx' is only known while the program runs
});

export const members = xdp((ctx) => {
  const own = { one: ctx.packet.byteLength, two: 2 };
  const name = ctx.packet.byteLength > 10 ? 'one' : 'two';
  if (own[name] > 3) return 1;
  //  ^^^^^^^^^ TSBPF1452: 'ctx' is only known while the program runs
  return numbers[name];
  //     ^^^^^^^^^^^^^ TSBPF1452: 'ctx' is only known while the program runs
});

export const positions = xdp((ctx) => {
  const list: FixedArray<u32, 4> = [1, 2, 3, 4];
  list.fill(0, ctx.packet.byteLength & 3);
  //           ^^^^^^^^^^^^^^^^^^^^^^^^^ TSBPF1330: 'ctx' is only known while the program runs
  return list[1];
});
