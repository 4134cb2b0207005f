import { HashMap, xdp } from 'tsbpf';
import type { CharArray, FixedArray, u32 } from 'tsbpf';

interface Point {
  x: u32;
  y: u32;
}
interface Entry {
  point: Point;
  name: CharArray<8>;
  points: FixedArray<Point, 4>;
}

const entries = new HashMap<u32, Entry>({ maxEntries: 8 });

export const swaps = xdp((ctx) => {
  const entry = entries.get(1);
  if (!entry) return 1;
  const first = entry.points[0];
  entry.points[0] = entry.points[1];
  entry.points[1] = first;
  //                ^^^^^ TSBPF1360: entry.points\[0\]
  const name = entry.name;
  const { length } = entry.name;
  entry.name = 'x';
  return name === 'y' ? length : 2;
  //     ^^^^ TSBPF1360: entry.name
});

export const repeats = xdp((ctx) => {
  const entry = entries.get(1);
  if (!entry) return 1;
  const point = entry.point;
  let sum = 0;
  for (let i = 0; i < 4; i++) {
    sum += point.x;
    //     ^^^^^ TSBPF1360: entry.point
    entry.point = entry.points[i];
  }
  return sum;
});

export const harmless = xdp((ctx) => {
  const entry = entries.get(1);
  if (!entry) return 1;
  const point = entry.point;
  const copy = { ...entry.points[2] };
  const x = entry.points[2].x;
  entry.points[2] = point;
  if (ctx.packet.byteLength > 100) {
    entry.point = copy;
    return x;
  } else if (ctx.packet.byteLength > 80) {
    entry.point = { x: 1, y: 2 };
  } else {
    return point.x;
  }
  entry.points[1] = entry.point;
  return copy.x + x;
});
