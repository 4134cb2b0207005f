/** Constants of the module: tables that are indexed at run time, objects and functions that are known at build. */
import { leaf, tree, type Tree } from '../tree.js';
import type { Context } from './context.js';
import { anyNumber, numberOf } from './numbers.js';

/** The constants of all programs. */
export const constants = (types: (text: string) => string): readonly string[] => [
  `const TABLE = [7, 0, 255, 65536, 12, 4294967295, 3, 1];`,
  types('interface Point { x: u32; y: u32 }'),
  `const POINTS${types(': FixedArray<Point, 4>')} = [{ x: 3, y: 10 }, { x: 200, y: 1 }, { x: 0, y: 70000 }, { x: 9, y: 9 }];`,
  `const SETTINGS = { limit: 5, shift: 2, name: 'abc', inner: { on: true, off: false, list: [4, 2, 9] } };`,
  `const DOUBLED = TABLE.map((x) => x * 2);`,
  `const OPERATIONS = { increment: (x${types(': number')})${types(': number')} => x + 1, half: (x${types(': number')})${types(': number')} => x >> 1, squared: (x${types(': number')})${types(': number')} => (x & 255) * (x & 255) };`,
];

function within(c: Context, depth: number, length: number): Tree {
  return tree('number', [anyNumber(c, depth)], (_, [x]) => `(${x} & ${length - 1})`, 3);
}

export function constantNumber(c: Context, depth: number): Tree {
  const { random } = c;
  switch (random.below(5)) {
    case 0:
      return tree('number', [within(c, depth - 1, 8)], (w, [i]) => `TABLE[${i}]${w.types('!')}`, 32);
    case 1: {
      const field = random.pick(['x', 'y']);
      return tree('number', [within(c, depth - 1, 4)], (w, [i]) => `POINTS[${i}]${w.types('!')}.${field}`, 17);
    }
    case 2: {
      const known = ['SETTINGS.limit', 'SETTINGS.shift', 'SETTINGS.inner.list.length', 'SETTINGS.name.length'];
      return leaf('number', `(${random.pick(known)} + 0)`, 4);
    }
    case 3: {
      const operation = random.pick(['increment', 'half', 'squared']);
      return tree('number', [numberOf(c, depth - 1, 40)], (_, [x]) => `OPERATIONS.${operation}(${x})`, 41);
    }
    default:
      return tree('number', [within(c, depth - 1, 8)], (w, [i]) => `DOUBLED[${i}]${w.types('!')}`, 33);
  }
}
