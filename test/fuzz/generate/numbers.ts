/** Numbers: arithmetic, bitwise operators, conversions, Math, and what gives numbers otherwise. */
import { leaf, printTree, tree, type Tree } from '../tree.js';
import { typescript } from '../worlds.js';
import { bigOf } from './bigints.js';
import { booleanOf } from './booleans.js';
import { callOf } from './calls.js';
import { constantNumber } from './constants.js';
import type { Context } from './context.js';
import { fixedOf } from './fixed.js';
import { mapNumber } from './maps.js';
import { optionalNumber } from './optionals.js';
import { findPlace, read } from './places.js';
import { queueNumber } from './queues.js';
import { textNumber } from './texts.js';
import type { Type } from './types.js';
import { varies } from './values.js';

/** Beyond, JavaScript rounds. */
const exactBits = 52;

const literals = [0, 1, 2, 3, 5, 7, 8, 10, 31, 32, 63, 100, 127, 128, 255, 256, 1000, 32767, 32768, 65535, 65536];
const wideLiterals = [0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x1_0000_0001, 0xff00ff00];

export function literalNumber(c: Context): Tree {
  const { random } = c;
  const value = random.once(4)
    ? random.pick(wideLiterals)
    : random.once(4)
      ? random.below(0x10000)
      : random.pick(literals);
  const negative = random.once(6) && value !== 0;
  const text = negative ? `(-${value})` : random.once(4) && value > 9 ? `0x${value.toString(16)}` : String(value);
  return leaf('number', text, value.toString(2).length);
}

/** A number of at most so many bits. */
export function numberOf(c: Context, depth: number, most = exactBits): Tree {
  const value = anyNumber(c, depth);
  return value.bits <= most ? value : fit(c, value, most);
}

function fit(c: Context, value: Tree, most: number): Tree {
  const { random } = c;
  const ways: [number, (text: string) => string][] = [
    [31, (text) => `(${text} | 0)`],
    [32, (text) => `(${text} >>> 0)`],
    [8, (text) => `(${text} & 255)`],
    [16, (text) => `(${text} & 0xffff)`],
    [10, (text) => `(${text} % 1000)`],
    [8, (text) => `u8(${text})`],
    [15, (text) => `i16(${text})`],
    [31, (text) => `i32(${text})`],
    [32, (text) => `u32(${text})`],
  ];
  const usable = ways.filter(([bits]) => bits <= most);
  const [bits, print] = random.pick(usable.length > 0 ? usable : ways.slice(2, 3));
  // A division inside would be rounded by what is written around it.
  return tree(
    'number',
    [value],
    (world, [text = '']) =>
      print(world.compiled ? text : `$.number(${text})`).replace(/^([ui]\d+)\(/, world.compiled ? '$1(' : '$$.$1('),
    bits,
  );
}

const binary = (c: Context, depth: number): [Tree, Tree] => [anyNumber(c, depth - 1), anyNumber(c, depth - 1)];

type Production = (c: Context, depth: number) => Tree | undefined;

const bitwise: Production = (c, depth) => {
  const operator = c.random.pick(['&', '|', '^', '<<', '>>', '>>>']);
  const a = anyNumber(c, depth - 1);
  const b =
    operator.length > 1 && c.random.once(2) ? leaf('number', String(c.random.below(36)), 6) : anyNumber(c, depth - 1);
  const mask = operator === '&' ? Math.min(a.bits, b.bits, 31) : 32;
  return tree('number', [plain(a), plain(b)], (_, [x, y]) => `(${x} ${operator} ${y})`, mask);
};

/** Keeps a bare remainder or quotient from being the operand of what would make 0 of NaN. */
function plain(value: Tree): Tree {
  return value;
}

const sum: Production = (c, depth) => {
  const operator = c.random.pick(['+', '-']);
  const [a, b] = binary(c, depth).map((side) => within(c, side, exactBits - 1)) as [Tree, Tree];
  return tree('number', [a, b], (w, [x, y]) => w.number(`(${x} ${operator} ${y})`), Math.max(a.bits, b.bits) + 1);
};

const product: Production = (c, depth) => {
  const a = within(c, anyNumber(c, depth - 1), 34);
  const b = within(c, anyNumber(c, depth - 1), exactBits - a.bits);
  return tree('number', [a, b], (w, [x, y]) => w.number(`(${x} * ${y})`), a.bits + b.bits);
};

function within(c: Context, value: Tree, most: number): Tree {
  return value.bits <= most ? value : fit(c, value, most);
}

/** A divisor is seldom 0. */
function divisor(c: Context, depth: number): Tree {
  if (c.random.once(2)) {
    const value = 1 + c.random.below(c.random.once(3) ? 70000 : 12);
    return leaf('number', c.random.once(5) ? `(-${value})` : String(value), 17);
  }
  const value = within(c, anyNumber(c, depth - 1), 50);
  // A constant 0 would make a constant NaN, of which JavaScript makes many things.
  if (!varies(c, value)) return leaf('number', '7', 3);
  if (c.random.once(4)) return value;
  const by = 1 + c.random.below(9);
  return tree('number', [value], (w, [x]) => w.number(`(${x} + ${by})`), 51);
}

const remainder: Production = (c, depth) => {
  const a = within(c, anyNumber(c, depth - 1), exactBits);
  const b = divisor(c, depth);
  return tree(
    'number',
    [a, b],
    (w, [x, y]) => (w.compiled ? `(0 + ${x} % ${y})` : `$.remainder(${x}, ${y})`),
    Math.min(a.bits, b.bits),
  );
};

const quotient: Production = (c, depth) => {
  const a = within(c, anyNumber(c, depth - 1), exactBits);
  const b = divisor(c, depth);
  const way = c.random.pick(['Math.trunc', 'Math.floor', '|', '>>>', 'u32', 'u8', 'i16', '% |', '% >>>', '>> 1', '&']);
  const raw = (x = '', y = '') => {
    switch (way) {
      case '|':
        return `(${x} / ${y} | 0)`;
      case '>>>':
        return `((${x} / ${y}) >>> 0)`;
      case '>> 1':
        return `((${x} / ${y}) >> 1)`;
      case '&':
        return `((${x} / ${y}) & 0xff)`;
      case '% |':
        return `(${x} % ${y} | 0)`;
      case '% >>>':
        return `((${x} % ${y}) >>> 0)`;
      default:
        return undefined;
    }
  };
  const bits = way.startsWith('Math') ? a.bits + 1 : way === 'u8' || way === '&' ? 8 : 32;
  return tree(
    'number',
    [a, b],
    (w, [x, y]) => {
      const same = raw(x, y);
      if (same !== undefined) return same;
      if (way.startsWith('Math')) return w.compiled ? `${way}(${x} / ${y})` : `${way}($.quotient(${x}, ${y}))`;
      return w.compiled ? `${way}(${x} / ${y})` : `$.${way}(${x} / ${y})`;
    },
    bits,
  );
};

const unary: Production = (c, depth) => {
  const operator = c.random.pick(['-', '~', '+']);
  const a = anyNumber(c, depth - 1);
  return tree(
    'number',
    [a],
    (w, [x]) => (operator === '-' ? w.number(`(-(${x}))`) : `(${operator}(${x}))`),
    operator === '~' ? 32 : a.bits,
  );
};

const conditional: Production = (c, depth) => {
  const test = booleanOf(c, depth - 1);
  const [a, b] = binary(c, depth);
  return tree('number', [test, a, b], (_, [t, x, y]) => `(${t} ? ${x} : ${y})`, Math.max(a.bits, b.bits));
};

const logical: Production = (c, depth) => {
  const operator = c.random.pick(['&&', '||']);
  const [first, b] = binary(c, depth);
  const a = unknown(first);
  return tree('number', [a, b], (_, [x, y]) => `(${x} ${operator} ${y})`, Math.max(a.bits, b.bits));
};

/** TypeScript refuses what it knows to be always true or never equal: literals. */
export function unknown(value: Tree): Tree {
  const isName = /^[a-z]+_\d+$/.test(printTree(value, typescript));
  if (value.children.length > 0 || isName) return value;
  return tree('number', [value], (_, [x]) => `(${x} + 0)`, value.bits);
}

const math: Production = (c, depth) => {
  const name = c.random.pick(['min', 'max', 'abs', 'sign', 'imul', 'clz32', 'trunc', 'floor', 'min', 'max']);
  if (name === 'min' || name === 'max' || name === 'imul') {
    const parts = [...binary(c, depth), ...(name !== 'imul' && c.random.once(4) ? [anyNumber(c, depth - 2)] : [])];
    const bits = name === 'imul' ? 32 : Math.max(...parts.map((part) => part.bits));
    return tree('number', parts, (_, texts) => `Math.${name}(${texts.join(', ')})`, bits);
  }
  const a = anyNumber(c, depth - 1);
  const bits = name === 'sign' ? 1 : name === 'clz32' ? 6 : a.bits;
  return tree('number', [a], (_, [x]) => `Math.${name}(${x})`, bits);
};

const conversion: Production = (c, depth) => {
  const { random } = c;
  const name = random.pick(['u8', 'u16', 'u32', 'i8', 'i16', 'i32']);
  const from = random.pick([
    () => anyNumber(c, depth - 1),
    () => bigOf(c, random.pick(['u64', 'i64'] as const), depth - 1),
    () => booleanOf(c, depth - 1),
  ])();
  const bits = Number(name.slice(1));
  return tree('number', [from], (w, [x]) => (w.compiled ? `${name}(${x})` : `$.${name}(${x})`), bits);
};

const byteOrder: Production = (c, depth) => {
  const name = c.random.pick(['htons', 'htonl', 'ntohs', 'ntohl']);
  const a = anyNumber(c, depth - 1);
  return tree('number', [a], (_, [x]) => `${name}(${x})`, name.endsWith('s') ? 16 : 32);
};

const fromBig: Production = (c, depth) => {
  const type = c.random.pick(['u64', 'i64'] as const);
  const value = bigOf(c, type, depth - 1);
  const mask = c.random.pick(['0xffn', '0xffffffffn', '0xfffffffffn', '1000n']);
  const operator = mask === '1000n' ? '%' : '&';
  return tree(
    'number',
    [value],
    (_, [x]) => `Number(${x} ${operator} ${mask})`,
    mask === '0xffn' ? 8 : mask === '1000n' ? 10 : 36,
  );
};

const asWidth: Production = (c, depth) => {
  const signed = c.random.once(2);
  const width = 1 + c.random.below(48);
  const value = bigOf(c, c.random.pick(['u64', 'i64'] as const), depth - 1);
  return tree('number', [value], (_, [x]) => `Number(BigInt.as${signed ? 'Int' : 'Uint'}N(${width}, ${x}))`, width);
};

const power: Production = (c, depth) => {
  const exponent = c.random.below(4);
  const base = within(c, anyNumber(c, depth - 1), exponent === 0 ? 52 : Math.floor(52 / exponent));
  return tree('number', [base], (w, [x]) => w.number(`((${x}) ** ${exponent})`), Math.max(1, base.bits * exponent));
};

const ofBoolean: Production = (c, depth) => {
  const value = booleanOf(c, depth - 1);
  return tree('number', [value], (_, [x]) => `Number(${x})`, 1);
};

const ofFixed: Production = (c, depth) => {
  const value = fixedOf(c, depth - 1);
  const way = c.random.pick(['trunc', 'floor']);
  return tree('number', [value], (w, [x]) => (w.compiled ? `Math.${way}(${x})` : `$.fixed.${way}(${x})`), 50);
};

/** An effect in the middle of an expression. */
const effect: Production = (c, depth) => {
  const usable = c.variables.filter(({ type, mutable }) => mutable && type.name === 'number');
  if (usable.length === 0) return undefined;
  const { name } = c.random.pick(usable);
  const kind = c.random.pick(['=', 'post', 'pre', '+=', ',']);
  if (kind === 'post' || kind === 'pre') {
    const operator = c.random.pick(['++', '--']);
    return leaf('number', kind === 'post' ? `${name}${operator}` : `(${operator}${name})`, 41);
  }
  const value = numberOf(c, depth - 1, 36);
  if (kind === '+=') return tree('number', [value], (w, [x]) => w.number(`(${name} += ${x})`), 41);
  if (kind === '=') return tree('number', [value], (_, [x]) => `(${name} = ${x})`, value.bits);
  return tree('number', [value], (_, [x]) => `(${name} = ${x}, ${name} ^ 5)`, 32);
};

const arrayMethod: Production = (c, depth) => {
  const array = findPlace(c, (type) => type.kind === 'array' && !type.bytes && isNumber(type.element), false);
  if (!array || array.type.kind !== 'array') return undefined;
  const method = c.random.pick([
    'indexOf',
    'lastIndexOf',
    'reduce',
    'length',
    'find',
    'findLast',
    'findIndex',
    'findLastIndex',
  ]);
  if (method === 'length') return tree('number', [array.tree], (_, [x]) => `${x}.length`, 4);
  if (method === 'indexOf' || method === 'lastIndexOf') {
    const wanted = anyNumber(c, depth - 1);
    return tree('number', [array.tree, wanted], (_, [x, y]) => `${x}.${method}(${y})`, 4);
  }
  if (method === 'reduce') {
    const [initial, operator] = [c.random.below(9), c.random.pick(['+', '^', '*'])];
    const body = operator === '*' ? '(s & 0xffff) * (e & 0xff)' : `s ${operator} e`;
    return tree('number', [array.tree], (_, [x]) => `${x}.reduce((s, e) => ${body}, ${initial})`, 40);
  }
  const limit = c.random.below(300);
  const test = `((e) => e ${c.random.pick(['>', '<', '!=='])} ${limit})`;
  if (method.endsWith('Index')) return tree('number', [array.tree], (_, [x]) => `${x}.${method}${test}`, 4);
  const otherwise = anyNumber(c, depth - 1);
  return tree(
    'number',
    [array.tree, otherwise],
    (_, [x, y]) => `(${x}.${method}${test} ?? ${y})`,
    Math.max(32, otherwise.bits),
  );
};

/** Constants among the arguments. */
const spread: Production = (c, depth) => {
  const [a, b] = binary(c, depth).map((side) => within(c, side, 40)) as [Tree, Tree];
  if (c.random.once(2)) return tree('number', [a, b], (_, [x, y]) => `total(${x}, ...LIST, ${y})`, 44);
  const name = c.random.pick(['min', 'max']);
  return tree('number', [a], (_, [x]) => `Math.${name}(...LIST, ${x})`, Math.max(a.bits, 9));
};

function isNumber(type: Type): boolean {
  return type.kind === 'scalar' && type.category === 'number';
}

const productions: readonly (readonly [number, Production])[] = [
  [10, sum],
  [5, product],
  [9, bitwise],
  [4, remainder],
  [4, quotient],
  [3, unary],
  [4, conditional],
  [2, logical],
  [4, math],
  [4, conversion],
  [1, byteOrder],
  [3, fromBig],
  [2, asWidth],
  [1, power],
  [2, ofBoolean],
  [1, ofFixed],
  [3, effect],
  [2, arrayMethod],
  [2, (c, depth) => callOf(c, isNumber, depth)],
  [3, mapNumber],
  [2, optionalNumber],
  [1, textNumber],
  [1, queueNumber],
  [1, spread],
  [2, constantNumber],
  [4, (c) => read(c, 'number')],
];

const total = productions.reduce((all, [weight]) => all + weight, 0);

export function anyNumber(c: Context, depth: number): Tree {
  c.fuel -= 1;
  const { random } = c;
  if (depth > 0 && c.fuel > 0 && !random.once(6)) {
    let at = random.below(total);
    for (const [weight, production] of productions) {
      at -= weight;
      if (at >= 0) continue;
      const made = production(c, depth);
      if (made) return within(c, made, exactBits);
      break;
    }
  }
  if (c.enumMembers.length > 0 && random.once(20)) return leaf('number', random.pick(c.enumMembers), 6);
  return (random.once(4) ? undefined : read(c, 'number')) ?? literalNumber(c);
}
