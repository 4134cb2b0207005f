import { ArrayMap, bpf, HashMap, shared, xdp } from 'tsbpf';
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
const boxes = new HashMap<u32, Box>({ maxEntries: 8 });
const boxList = new ArrayMap<Box>({ maxEntries: 8 });

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

interface Box {
  point: Point;
  size: u32;
}
const state = shared<{ box: Box; points: FixedArray<Point, 4> }>({
  box: { point: { x: 1, y: 2 }, size: 3 },
  points: [],
});

function reset(box: Box): void {
  box.point = { x: 0, y: 0 };
}
function resetState(): void {
  state.box = { point: { x: 0, y: 0 }, size: 1 };
}

export const otherPaths = xdp((ctx) => {
  const length = ctx.packet.byteLength;
  const box: Box = { point: { x: length, y: 1 }, size: length };
  const same = box;
  const point = same.point;
  box.point = { x: 7, y: 7 };
  const other = point.x;
  //            ^^^^^ TSBPF1360: same.point
  const again = box.point;
  reset(same);
  const { point: taken } = state.box;
  resetState();
  let whole: Box = { point: { x: length, y: 1 }, size: length };
  const kept = whole;
  whole = { point: { x: 1, y: 1 }, size: 1 };
  return again.x + taken.x + kept.size + other;
  //     ^^^^^ TSBPF1360: box.point
  //               ^^^^^ TSBPF1360: 'point' of an object
  //                         ^^^^ TSBPF1360: whole
});

export const indexes = xdp((ctx) => {
  const i = ctx.packet.byteLength & 1;
  const list: FixedArray<Point, 4> = [{ x: 1, y: 1 }, { x: 2, y: 2 }, { x: 3, y: 3 }, { x: 4, y: 4 }];
  const first = list[0];
  const one = list[i];
  const next = list[i + 1];
  list[i + 2] = { x: 9, y: 9 };
  const sum = one.x + next.x;
  list[ctx.packet.byteLength & 3] = { x: 8, y: 8 };
  for (const point of list) {
    list[3] = { x: 5, y: 5 };
    if (point.x > 3) return sum;
    //  ^^^^^ TSBPF1360: an element of list
  }
  return first.x;
  //     ^^^^^ TSBPF1360: list\[0\]
});

export const closures = xdp((ctx) => {
  const list: FixedArray<Point, 4> = [{ x: 1, y: 1 }, { x: 2, y: 2 }, { x: 3, y: 3 }, { x: 4, y: 4 }];
  const set = (point: Point) => {
    list[1] = { x: 5, y: 5 };
    return point.x;
    //     ^^^^^ TSBPF1360: list\[1\]
  };
  const third = list[3];
  const second = list[1];
  let sum = 0;
  bpf.loop(ctx.packet.byteLength, (i) => {
    sum += second.x + third.x;
    //     ^^^^^^ TSBPF1360: list\[1\]
    list[1] = { x: i, y: i };
  });
  return sum + set(list[1]) + third.x;
});

export const entriesOfMaps = xdp((ctx) => {
  const hashed = boxes.get(1);
  const indexed = boxList.get(1);
  const another = boxList.get(2);
  if (!hashed || !indexed || !another) return 1;
  boxes.set(ctx.packet.byteLength, { point: { x: 0, y: 0 }, size: 1 });
  const size = hashed.size;
  boxes.set(1, { point: { x: 0, y: 0 }, size: 1 });
  boxList.set(1, { point: { x: 0, y: 0 }, size: 1 });
  return size + another.size + hashed.size + indexed.size;
  //                           ^^^^^^ TSBPF1360: boxes.get\(1\)
  //                                         ^^^^^^^ TSBPF1360: boxList.get\(1\)
});

export const unharmed = xdp((ctx) => {
  const box: Box = { point: { x: ctx.packet.byteLength, y: 1 }, size: 1 };
  const point = box.point;
  box.point.x = 5;
  box.size = 7;
  const inner: { box: Box } = { box };
  inner.box.point = { x: 1, y: 1 };
  state.box = box;
  let sum = point.x;
  for (let i = 0; i < 4; i++) {
    const element = state.points[i];
    if (!element) break;
    sum += element.x;
    state.points[i] = { x: sum, y: 1 };
  }
  return sum;
});
