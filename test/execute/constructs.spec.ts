/** Constructs of the language, each in a small function, at every level of the instruction set. */
import { describeTwoWorlds, everyLevel } from '../support/two-worlds.js';
import type { Argument } from '../support/two-worlds-packet.js';
const prelude = `
interface Point { x: i32; y: i32 }
interface Box { min: Point; max: Point; tag?: u8 }
enum Kind { A, B = 10, C }
enum Str { One = 'one', Two = 'two' }
const enum CE { P = 3, Q }
const LIST = [5, 6, 7];
const OPTS = { retries: 3, nested: { deep: [1, { z: 9 }] } } as const;
class Helpers { static readonly K = 7; static twice(x: number): number { return x * 2; } }
namespace Ns { export const N = 4; export function inc(x: number): number { return x + N; } }
interface HasLength { length: number }
function len<T extends HasLength>(x: T): number { return x.length; }
function pickMax<T extends number>(a: T, b: T): T { return a > b ? a : b; }
function sum(...xs: number[]): number { let s = 0; for (const x of xs) s += x; return s; }
function withRest(first: number, ...[second, third = 9]: number[]): number { return first * 100 + second * 10 + third; }
const OPS = { plus: (x: number) => x + 1, deep: { mul: (x: number) => x * 2 } };
const FNS = [(x: number) => x + 1, (x: number) => x * 7];
const OPTS2 = { fast: { n: 1, m: 2 }, slow: { n: 3, m: 4 } };
function over2(a: number): number; function over2(a: number, b: number): number; function over2(a: number, b = 9): number { return a * b; }
function opt(a: number, b?: number): number { return b === undefined ? a : a + b; }
function over({ x, y = 5 }: { x: number; y?: number }): number { return x * 10 + y; }
`;
for (const [level, options] of Object.entries(everyLevel)) {
  describeTwoWorlds(`constructs${level}`, { ...options, prelude }, (testFunction) => {
    const check = (name: string, source: string, ...rows: (Argument | Argument[])[]) => {
      const test = testFunction(name, source);
      for (const row of rows) test.with(...(Array.isArray(row) ? row : [row]));
    };
    check(
      'enums of numbers',
      '(a: u32) => { const k: Kind = a % 12; return k === Kind.B ? 1 : k === Kind.C ? 2 : Kind[0].length; }',
      10,
      11,
      3,
    );
    check(
      'lengths of members of a string enum',
      '(a: u32) => (Str.One.length + (a > 3 ? Str.Two : Str.One).length)',
      1,
      4,
    );
    check(
      'a member of a string enum, chosen at run time',
      '(a: u32) => { const s = a > 3 ? Str.Two : Str.One; return s === Str.One ? 1 : 2; }',
      1,
      4,
    );
    check(
      'a literal chosen at run time',
      '(a: u32) => { const s = a > 3 ? "x" : "y"; return s === "x" ? 1 : 2; }',
      1,
      4,
    );
    check(
      'a variable of a union of literals',
      '(a: u32) => { let s: "x" | "y" = "x"; if (a > 3) s = "y"; return s === "x" ? 1 : 2; }',
      1,
      4,
    );
    check('const enums', '(a: u32) => a === CE.Q ? CE.P : 0', 4, 1);
    check('static members', '(a: u32) => Helpers.twice(a) + Helpers.K', 4);
    check('namespaces', '(a: u32) => Ns.inc(a) + Ns.N', 4);
    check(
      'a generic function with a constraint',
      '(a: u32) => { const l: FixedArray<u32, 4> = [a, 1, 2, 3]; const c: CharArray<8> = "abc"; return len(l) * 10 + len(c); }',
      4,
    );
    check('a generic function of numbers', '(a: u32, b: u32) => pickMax(a, b)', [1, 2], [5, 3]);
    check(
      'rest parameters and spread arguments',
      '(a: u32) => sum(a, 2, 3) + sum() + sum(...LIST) + sum(a, ...LIST, a)',
      4,
    );
    check('a pattern for rest parameters', '(a: u32) => withRest(a, 2) + withRest(a, 3, 4)', 4);
    testFunction(
      'an optional parameter of a width that is given what may be undefined',
      '(a: u32) => { const low = (x?: u8): number => x ?? 999; const given: number | undefined = a > 300 ? undefined : a; return low(given); }',
    )
      .gives(44, 300)
      .gives(999, 301);
    check('optional parameters', '(a: u32) => opt(a) + opt(a, 2) + opt(a, undefined)', 4);
    check('a pattern for a parameter, with a default', '(a: u32) => over({ x: a }) + over({ x: a, y: 1 })', 4);
    check(
      'nested patterns, aliases, and the rest of an object',
      '(a: i32) => { const b: Box = { min: { x: a, y: 2 }, max: { x: 3, y: a } }; const { min: { x, y: yy }, max: { ...rest } } = b; return x + yy * 10 + rest.x * 100; }',
      4,
    );
    check(
      'defaults of nested patterns',
      '(a: i32) => { const { p: { q = a } = {}, r = 7 }: { p?: { q?: number }; r?: number } = {}; return q * 10 + r; }',
      4,
    );
    check(
      'array patterns with holes, defaults and a rest',
      '(a: i32) => { const l: FixedArray<i32, 4> = [a, 2, 3, 4]; const [x, , y = 5, ...z] = l; return x + y * 10 + z.length * 100 + z[0] * 1000; }',
      4,
    );
    check(
      'patterns over constants',
      '(a: i32) => { const [x, [y, { z }]] = [OPTS.retries, OPTS.nested.deep] as const; return x + y + z + a; }',
      4,
    );
    check(
      'assignments through nested patterns',
      '(a: i32) => { let x = 0, y = 0, z = 0; ({ p: [x, y = 3], z } = { p: [a], z: 4 } as { p: [number, number?]; z: number }); return x + y * 10 + z * 100; }',
      4,
    );
    check(
      'defaults in assignments',
      '(a: i32) => { let x = 0, y = 0; [x, y = 8] = [a] as [number, number?]; return x + y * 10; }',
      4,
    );
    check(
      'for-of with a pattern',
      '(a: i32) => { let s = 0; for (const [k, { v }] of [[1, { v: 2 }], [3, { v: 4 }]] as const) s += k * v * a; return s; }',
      4,
    );
    check(
      'for-of with a variable that exists',
      '(a: i32) => { let s = 0, x = 0; for (x of [1, 2, 3]) s += x * a; return s * 10 + x; }',
      4,
    );
    check(
      'for-of over entries',
      '(a: i32) => { const l: FixedArray<i32, 3> = [a, 2, 3]; let s = 0; for (const [i, x] of l.entries()) s += i * x; return s; }',
      4,
    );
    check(
      'a loop variable that changes',
      '(a: i32) => { const l: FixedArray<i32, 3> = [a, 2, 3]; let s = 0; for (let x of l) { x += 1; s += x; } return s; }',
      4,
    );
    check(
      'forEach with the index',
      '(a: i32) => { const l: FixedArray<i32, 3> = [a, 2, 3]; let s = 0; l.forEach((x, i) => { s += x * i; }); return s; }',
      4,
    );
    check(
      'findIndex and lastIndexOf',
      '(a: i32) => { const l: FixedArray<i32, 4> = [a, 2, 3, 2]; return l.findIndex((x) => x === 3) * 10 + l.lastIndexOf(2); }',
      4,
    );
    check(
      'find without a hit',
      '(a: i32) => { const l: FixedArray<i32, 3> = [a, 2, 3]; const f = l.find((x) => x > 100); return f === undefined ? -1 : f; }',
      4,
      200,
    );
    check(
      'find gives the object itself',
      '(a: i32) => { const l: FixedArray<Point, 2> = [{ x: a, y: 1 }, { x: 2, y: 3 }]; const f = l.find((p) => p.x === 4); if (f) f.y = 9; return l[0].y * 10 + l[1].y; }',
      4,
      200,
    );
    check(
      'reduce without a first value',
      '(a: i32) => { const l: FixedArray<i32, 3> = [a, 2, 3]; return l.reduce((x, y) => x * y); }',
      4,
    );
    check(
      'methods of an array in an object',
      '(a: i32) => { const o: { l: FixedArray<u16, 3>; k: u8 } = { l: [1, 2, 3], k: 2 }; o.l[1] = a; return o.l.includes(a) ? o.l.indexOf(a) : -1; }',
      4,
      1,
    );
    check(
      'fill of a part',
      '(a: i32) => { const l: FixedArray<i32, 4> = [1, 2, 3, 4]; l.fill(a, 1, 3); return l[0] * 1000 + l[1] * 100 + l[2] * 10 + l[3]; }',
      5,
    );
    check(
      'Array.from of a constant',
      '(a: i32) => { const l: FixedArray<i32, 4> = Array.from({ length: 4 }, (_, i) => i * 2); l[a & 3] += 1; return l[1] * 10 + l[3]; }',
      1,
      2,
    );
    check(
      'spread of a constant array',
      '(a: i32) => { const l: FixedArray<i32, 5> = [...LIST, a, 1]; return l[a % 5]; }',
      1,
      4,
    );
    check(
      'spread of an object',
      '(a: i32) => { const p: Point = { x: a, y: 2 }; const q: Point = { ...p, y: 3 }; q.x++; return p.x * 100 + q.x * 10 + q.y; }',
      1,
    );
    check(
      'spread of an array in memory',
      '(a: i32) => { const l: FixedArray<i32, 3> = [a, 2, 3]; const m: FixedArray<i32, 4> = [...l, 4]; return m[0] + m[3]; }',
      1,
    );
    check(
      'satisfies',
      '(a: i32) => { const p = { x: a, y: 2 } satisfies Point; return p.x + (p.y satisfies number); }',
      1,
    );
    check('the comma', '(a: i32) => { let i = 0; for (let j = 0; j < 3; i += j, j++); return (i++, a) + i; }', 1);
    check(
      'property names that are constants',
      '(a: i32) => { const key = "x" as const; const p: Point = { [key]: a, y: 2 }; return p[key] + p["y"]; }',
      1,
    );
    check('powers', '(a: i32) => (a ** 3) + 2 ** 5 + (a ** 0)', 3, -3);
    check('powers of bigints', '(a: bigint) => a ** 3n', 3n, -3n);
    check('powers assigned', '(a: i32) => { let x = a; x **= 2; return x; }', 3, -3);
    check(
      'a labelled block',
      '(a: i32) => { let s = 0; out: { s = 1; if (a > 3) break out; s = 2; } return s; }',
      3,
      4,
    );
    check(
      'labels of while',
      '(a: i32) => { let i = 0, s = 0; o: while (i < 10) { i++; for (const x of LIST) { if (x === 6 && i > a) continue o; if (i === 8) break o; s += x; } } return s; }',
      3,
      9,
    );
    check(
      'labels around a switch',
      '(a: i32) => { let s = 0; l: for (let i = 0; i < 5; i++) { switch (i) { case 1: continue l; case 3: break l; default: s += i + a; } } return s; }',
      3,
    );
    check(
      'labels of for-of',
      '(a: i32) => { const l: FixedArray<i32, 3> = [a, 2, 3]; let s = 0; o: for (const x of l) { for (const y of l) { if (y > x) continue o; s += y; } } return s; }',
      3,
    );
    check(
      'nested function declarations',
      '(a: i32) => { function f(x: number): number { return g(x) + 1; } function g(x: number): number { return x * a; } return f(3); }',
      3,
    );
    check('function expressions', '(a: i32) => { const f = function (x: number) { return x + a; }; return f(3); }', 3);
    check('a function called where it stands', '(a: i32) => (() => { if (a > 2) return 1; return 0; })()', 3, 1);
    check(
      'functions in an object',
      '(a: i32) => { const ops = { add: (x: number) => x + 1, mul: (x: number) => x * 2 }; return ops.add(a) + ops.mul(a); }',
      3,
    );
    check(
      'functions in an array',
      '(a: i32) => { let s = 0; for (const f of [(x: number) => x + 1, (x: number) => x * 5]) s += f(a); return s; }',
      3,
    );
    check(
      'functions that give functions',
      '(a: i32) => { const make = (k: number) => (x: number) => x * k; return make(3)(a) + make(4)(a); }',
      3,
    );
    check(
      'while (true) with break',
      '(a: u32) => { let i = 0; while (true) { if (i >= 10 || i * i > a) break; i++; } return i; }',
      3,
      50,
      1000,
    );
    check(
      'for without a condition',
      '(a: u32) => { let i = 0; for (;;) { if (++i > (a & 7)) return i; if (i > 20) return -1; } }',
      3,
    );
    check(
      'a number or undefined, assigned in a loop',
      '(a: u32) => { let best: number | undefined; for (let i = 0; i < 5; i++) { const v = (a >> i) & 7; if (best === undefined || v > best) best = v; if (v === 0) best = undefined; } return best ?? -1; }',
      3,
      255,
      4096,
    );
    check(
      'an object or undefined, assigned in a loop',
      '(a: i32) => { const p: Point = { x: a, y: 1 }; let q: Point | undefined; for (let i = 0; i < 3; i++) { if (i === a) q = p; } return q?.x ?? -5; }',
      1,
      7,
    );
    check(
      'optional chains',
      '(a: i32) => { const b: Box = { min: { x: a, y: 2 }, max: { x: 3, y: a } }; const o: Box | undefined = a > 3 ? b : undefined; return o?.min?.x ?? -1; }',
      1,
      4,
    );
    check(
      'the non-null assertion',
      '(a: i32) => { const p: Point = { x: a, y: 1 }; const q = a > 3 ? p : undefined; return q!.x; }',
      4,
    );
    check(
      'null in place of undefined',
      '(a: i32) => { const p: number | null = a > 3 ? a : null; const q = a > 5 ? a : undefined; return (p === null ? -1 : p) * 100 + (q === null ? 5 : 6) + (q !== null ? 10 : 20) + (p === undefined ? 50 : 0); }',
      1,
      4,
      7,
    );
    check(
      'a variable that begins as null',
      '(a: i32) => { let p: number | null = null; if (a > 3) p = a; if (a > 9) p = null; return p ?? -1; }',
      1,
      4,
      12,
    );
    check(
      'an object or null',
      '(a: i32) => { const o: Point = { x: a, y: 2 }; const pick = (n: number): Point | null => { if (n > 3) return o; return null; }; const p = pick(a); return p === null ? -1 : p.x; }',
      1,
      4,
    );
    check('template literals of constants', '(a: i32) => `${LIST.length}-${"x"}`.length + a', 4);
    check('void and undefined', '(a: i32) => { void a; return undefined === void 0 ? a : 0; }', 4);
    check(
      'booleans compared',
      '(a: i32) => { const x = a > 1, y = a < 5; return Number(x && y) + Number(x || y) * 2 + Number(x !== y) * 4 + Number(x === y) * 8; }',
      1,
      3,
      9,
    );
    check(
      'logical assignments of booleans',
      '(a: i32) => { let f = false; f ||= a > 3; f &&= a < 9; return f ? 1 : 0; }',
      1,
      4,
      10,
    );
    check('a boolean result', '(a: i32): boolean => a > 3 && a !== 5', 1, 4, 5);
    check('a boolean parameter', '(a: boolean) => Number(a) + (a ? 10 : 20)', true, false);
    check(
      'Math of several values',
      '(a: i32, b: i32) => Math.min(a, b, 3) * 100 + Math.max(a, b) + Math.abs(a - b)',
      [1, 2],
      [-5, 9],
    );
    check('the smaller of two bigints', '(a: u64, b: u64) => a < b ? a : b', [1n, 0xffffffffffffffffn]);
    check(
      'a generic function that makes objects',
      '(a: i32) => { const wrap = <T,>(v: T) => ({ v, n: 1 }); return wrap(a).v + wrap({ x: a, y: 2 }).v.y; }',
      4,
    );
    check(
      'a tuple as a result',
      '(a: i32) => { const f = (x: number): [number, number] => [x, x * 2]; const [p, q] = f(a); return p + q * 10; }',
      4,
    );
    check(
      'an object as a result',
      '(a: i32) => { const f = (x: number) => ({ lo: x & 15, hi: x >> 4 }); const { lo, hi } = f(a); return lo * 100 + hi; }',
      0x45,
    );
    check(
      'objects of several returns',
      '(a: i32) => { const f = (x: number): Point => { if (x > 3) return { x: 1, y: x }; return { x: 2, y: 0 }; }; const r = f(a); return r.x * 10 + r.y; }',
      1,
      7,
    );
    check(
      'keys of a constant object',
      '(a: i32) => { let s = a; for (const k of Object.keys(OPTS)) s += k.length; return s; }',
      1,
    );
    check(
      'methods of a constant array',
      '(a: i32) => LIST.map((x) => x * 2).filter((x) => x > 10).includes(a) ? 1 : 0',
      12,
      10,
    );
    check('includes of a constant array', '(a: i32) => [1, 2, 3].includes(a) ? 1 : 0', 2, 5);
    check(
      'a switch over a text',
      '(a: i32) => { const c: CharArray<8> = "abc"; switch (c) { case "abc": return a; case "def": return 2; default: return 3; } }',
      9,
    );
    check(
      'declarations in clauses of a switch',
      '(a: i32) => { switch (a) { case 1: { const z = 5; return z; } case 2: const q = 6; return q; } return 0; }',
      1,
      2,
      3,
    );
    check('a variable assigned later', '(a: i32) => { let x: number; if (a > 3) x = 1; else x = 2; return x; }', 1, 4);
    check(
      'an object assigned later',
      '(a: i32) => { let p: Point; if (a > 3) p = { x: 1, y: a }; else p = { x: 2, y: a }; return p.x * 10 + p.y; }',
      1,
      4,
    );
    check('tables of functions of the module', '(a: i32) => OPS.plus(a) + OPS.deep.mul(a) + FNS[1](a)', 3);
    check('a loop over functions', '(a: i32) => { let s = 0; for (const f of FNS) s += f(a); return s; }', 3);
    check(
      'elements that are objects change places',
      '(a: i32, i: u32) => { const l: FixedArray<Point, 3> = [{ x: 1, y: a }, { x: 2, y: 5 }, { x: 3, y: 6 }]; const j = i & 1; [l[0], l[j + 1]] = [l[j + 1], l[0]]; return l[0].x * 100 + l[1].x * 10 + l[2].x + l[1].y * 1000; }',
      [7, 0],
      [7, 1],
    );
    check(
      'a bubble sort',
      '(a: u32, b: u32) => { const l: FixedArray<u32, 5> = [a, 3, b, 1, 9]; for (let i = 0; i < 5; i++) for (let j = 0; j < 4; j++) if (l[j] > l[j + 1]) [l[j], l[j + 1]] = [l[j + 1], l[j]]; let s = 0; for (const x of l) s = s * 10 + x; return s; }',
      [7, 2],
    );
    check(
      'variables of objects change places',
      '(a: i32) => { let p = { x: a, y: 1 }, q = { x: 2, y: 2 }; [p, q] = [q, p]; return p.x * 10 + q.x; }',
      5,
    );
    check(
      'assignments to members through patterns',
      '(a: i32) => { const p: Point = { x: 0, y: 0 }; [p.x, p.y] = [a, a * 2]; ({ x: p.y } = p); return p.x * 10 + p.y; }',
      5,
    );
    check(
      'the rest of an array, assigned',
      '(a: i32) => { let x = 0; let y = 0; const l: FixedArray<i32, 3> = [a, 2, 3]; [x, ...[y]] = l; return x * 10 + y; }',
      5,
    );
    check(
      'the rest of an object, assigned',
      '(a: i32) => { let x = 0; const p: Point = { x: a, y: 7 }; let o = { y: 0 }; ({ x, ...o } = p); return x * 10 + o.y; }',
      5,
    );
    check(
      'fixed-point numbers with integers',
      '(a: i32) => Math.trunc(fixed(a) / 3 * 100) + (fixed(a) > 2.5 ? 1000 : 0) + Math.floor(fixed(a) - 0.5)',
      3,
      2,
      -3,
    );
    check(
      'bit fields',
      '(a: u32) => { const h: { v: Bits<4, u8>; l: Bits<4, u8>; f: Bits<1>; g: Bits<31> } = { v: 4, l: 5, f: 1, g: 0 }; h.v = a & 15; h.l += 1; h.g = a; h.f = 0; return h.v * 1000 + h.l * 100 + h.f * 10 + h.g % 7; }',
      3,
      9,
    );
    check('a parameter of 8 bits', '(a: u32) => { const f = (x: u8): number => x + 1; return f(u8(a)) ; }', 3, 300);
    check(
      'continue in a switch',
      '(a: u32) => { let s = 0; for (let i = 0; i < 6; i++) { switch (i & 3) { case 0: continue; case 1: s += a; break; default: s += 2; } s *= 2; } return s; }',
      3,
    );
    check(
      'labels of do',
      '(a: u32) => { let i = 0; o: do { i++; do { i += 2; if (i > a) break o; } while (i < 20); } while (i < 30); return i; }',
      3,
      15,
      29,
    );
    check('?: for its effects', '(a: u32) => { let x = 0; a > 3 ? (x = 1) : (x = 2); return x; }', 3, 5);
    check(
      '&& and || for their effects',
      '(a: u32) => { let x = 0; a > 3 && (x = 1); a > 4 || (x += 10); return x; }',
      3,
      4,
      5,
    );
    check(
      'type parameters with defaults',
      '(a: u32) => { const f = <T extends { n: number } = { n: number }>(x: T) => x.n; return f({ n: a }) + f<{ n: number; m: number }>({ n: 1, m: 2 }); }',
      3,
    );
    check(
      'keyof',
      '(a: i32) => { const get = <T, K extends keyof T>(o: T, k: K): T[K] => o[k]; const p: Point = { x: a, y: 9 }; return Number(get(p, "x")) + Number(get(p, "y")); }',
      3,
    );
    check('overloads', '(a: i32) => over2(a) + over2(a, 2)', 3);
    check(
      'defaults that use earlier parameters',
      '(a: i32) => { const f = (x: number, y = x * 2, z = x + y) => x + y + z; return f(a) + f(a, 1) + f(a, 1, 1); }',
      3,
    );
    check(
      'defaults are computed when needed',
      '(a: i32) => { let c = 0; const d = () => { c++; return 5; }; const f = (x = d()) => x; return f(a) + f() + f(undefined) + c * 100; }',
      3,
    );
    check('constant typed arrays under an index of run time', '(a: u32) => new Uint16Array([1, 300, 5])[a % 3]', 1, 2);
    check(
      'u64 compared with i64',
      '(a: u64, b: i64) => (a > b ? 1 : 0) + (a === b ? 2 : 0) + (a <= b ? 4 : 0)',
      [1n, -1n],
      [5n, 5n],
      [0xffffffffffffffffn, -1n],
    );
    check(
      'bigints shifted by any count',
      '(a: u64, b: u64) => (a << (b & 127n)) + (a >> (b & 127n))',
      [1n, 3n],
      [5n, 0n],
    );
    check(
      'compound assignments',
      '(a: i32) => { let x = a; x += 3; x -= 1; x *= 5; x %= 97; x &= 63; x |= 64; x ^= 5; x <<= 2; x >>= 1; x >>>= 1; return x; }',
      3,
      77,
    );
    check(
      'a closure that changes an object',
      '(a: i32) => { const p: Point = { x: a, y: 0 }; const bump = () => { p.x += 2; p.y++; }; bump(); bump(); return p.x * 10 + p.y; }',
      3,
    );
    check(
      'a switch over a string enum',
      '(a: i32) => { const s = a > 5 ? Str.One : Str.Two; switch (s) { case Str.One: return 1; case Str.Two: return 2; } }',
      3,
      8,
    );
    check(
      'a union of literals in an object',
      '(a: i32) => { const s: { mode: "in" | "out"; n: number } = { mode: "in", n: a }; if (a > 5) s.mode = "out"; return s.mode === "out" ? 1 : s.mode === "in" ? 2 : 3; }',
      3,
      8,
    );
    check(
      'literals of several returns',
      '(a: i32) => { const f = (x: number): Str => { if (x > 5) return Str.One; return Str.Two; }; return f(a) === Str.One ? 1 : 0; }',
      3,
      8,
    );
    check(
      'a constant object chosen at run time',
      '(a: i32) => { const c = a > 5 ? OPTS2.fast : OPTS2.slow; return c.n * 10 + c.m; }',
      3,
      8,
    );
    check(
      'a new object assigned',
      '(a: i32) => { let o = { n: 1, m: a }; if (a > 5) o = { n: a, m: 3 }; return o.n * 10 + o.m; }',
      3,
      8,
    );
    check('values of &&', '(a: i32) => ((a > 3 && a) || 7) + Number(a > 3 && 5)', 3, 8);
    check(
      'an object behind &&',
      '(a: i32) => { const p: Point = { x: a, y: 2 }; const q = a > 3 && p; return q ? q.x : -1; }',
      3,
      8,
    );
    check(
      'a new object chosen at run time',
      '(a: i32) => { const c = a > 5 ? { n: 1, m: a } : { n: a, m: 2 }; return c.n * 10 + c.m; }',
      3,
      8,
    );
  });
}
