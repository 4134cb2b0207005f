import { HashMap, xdp } from 'tsbpf';
import type { u32 } from 'tsbpf';

const numbers = new HashMap<u32, u32>({ maxEntries: 8 });

export const both = xdp((ctx) => {
  const number = ctx.packet.byteLength > 100 ? numbers.get(1) : null;
  if (number !== undefined) return 2;
  //  ^^^^^^^^^^^^^^^^^^^^ TSBPF1361: told apart
  return number == null ? 1 : 3;
});

export const one = xdp((ctx) => {
  const number = ctx.packet.byteLength > 100 ? (numbers.get(1) ?? null) : null;
  return number === null ? 1 : 2;
});
