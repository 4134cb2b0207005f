/**
 * What the language has in odd combinations, at every level. What is found out here is what the compiler makes of them;
 * older verifiers, which know less of loops and of memory under an index, are asked by the suites that are about these.
 */
import { describeTwoWorlds, everyLevel } from '../support/two-worlds.js';
const prelude = `
interface P { x: i32; y: i32 }
interface Row { id: u16; flags: u8; name: CharArray<12>; pos: P; vals: FixedArray<u16, 4>; big: u64 }
enum Color { Red, Green = 5, Blue }
const enum Mode { A = 'a', B = 'bb' }
const TABLE = [3, 1, 4, 1, 5, 9, 2, 6];
const CFG = { ports: [80, 443], nested: { deep: [1n, 2n], name: 'web' } } as const;
const SCALE: fixed = 1.5;
function clamp<T extends number>(v: T, lo: number, hi: number): number { return Math.max(lo, Math.min(hi, v)); }
function apply<A, B>(v: A, f: (a: A) => B): B { return f(v); }
function sum(...xs: number[]): number { let s = 0; for (const x of xs) s += x; return s; }
function opt(a: number, b = a * 2, { c = 3, d: { e = 4 } = {} }: { c?: number; d?: { e?: number } } = {}): number { return a + b * 10 + c * 100 + e * 1000; }
function mid(r: Row): number { return r.vals[1] + r.vals[2]; }
const curry = (f: (a: number, b: number) => number) => (a: number, b: number) => f(b, a);
`;
for (const [level, options] of Object.entries(everyLevel)) {
  describeTwoWorlds(`combinations${level}`, { ...options, prelude, since: '6.12' }, (testFunction) => {
    testFunction(
      'labels',
      '(a: u32) => { let n = 0; outer: for (let i = 0; i < 8; i++) { for (let j = 0; j < 8; j++) { if (j === (a & 7)) continue outer; if (i * j > 20) break outer; n += i ^ j; } } return n; }',
    )
      .with(3)
      .with(7)
      .with(0);
    testFunction(
      'switch fallthrough strings',
      "(a: u32) => { const r: Row = { id: 1, flags: 0, name: a > 2 ? 'hello' : 'bye', pos: { x: 1, y: 2 }, vals: [1, 2, 3, 4], big: 5n }; let n = 0; switch (r.name) { case 'hello': n += 1; case 'x': n += 10; break; case 'bye': n += 100; default: n += 1000; } return n; }",
    )
      .with(1)
      .with(3);
    testFunction(
      'generics and closures',
      '(a: i32) => apply(apply(a, (x) => ({ v: x * 2, w: x })), ({ v, w }) => v - w)',
    )
      .with(-5)
      .with(7);
    testFunction(
      'defaults',
      '(a: i32) => opt(a) + opt(a, 1) + opt(a, 2, { c: 7 }) + opt(1, 1, { d: {} }) + opt(1, 1, { d: { e: a } })',
    )
      .with(4)
      .with(-2);
    testFunction(
      'rest and spread',
      '(a: i32) => { const pair = [a, a + 1] as const; return sum(...pair, ...TABLE.slice(2, 4), 7) + Math.max(...pair, 3); }',
    )
      .with(4)
      .with(-9);
    testFunction(
      'enums',
      '(a: u32) => { const c: Color = a === 1 ? Color.Green : Color.Blue; return c * 10 + (Mode.B.length as number) + Color[5]!.length; }',
    )
      .with(1)
      .with(2);
    testFunction(
      'nested ternaries nullish',
      '(a: u32) => { const o: { v: u32 } | undefined = a > 3 ? { v: a } : undefined; return (o?.v ?? 9) + (o ? 1 : 2) * 100 + (o?.v === undefined ? 1000 : 0); }',
    )
      .with(1)
      .with(5);
    testFunction('div mod signed', '(a: i32, b: i32) => Math.trunc(a / b) * 1000 + a % b')
      .with(-7, 2)
      .with(7, -2)
      .with(-2147483648, -1)
      .with(5, 3)
      .ends(1, 0);
    testFunction('floor div', '(a: i32, b: i32) => Math.floor(a / b)').with(-7, 2).with(7, -2).with(-8, 2);
    testFunction('shifts', '(a: u32, b: u32) => (a << b) ^ (a >>> (b + 1)) ^ (-a >> 3)')
      .with(1, 31)
      .with(0xffffffff, 33)
      .with(77, 4);
    testFunction('bigint mix', '(a: u64, b: i64) => (a >> 3n) + u64(b < 0n ? -b : b) * 7n')
      .with(100n, -3n)
      .with(5n, 4n);
    testFunction('u64 compare i64', '(a: u64, b: i64) => (a > b ? 1 : 0) + (a === b ? 10 : 0) + (b >= a ? 100 : 0)')
      .with(0xffffffffffffffffn, -1n)
      .with(3n, 3n)
      .with(0n, 5n);
    testFunction(
      'array methods',
      '(a: u32) => { const l: FixedArray<u32, 5> = [a, 2, a + 1, 4, a * 3]; let s = 0; l.forEach((v, i) => { s += v * i; }); return s + (l.includes(4) ? 1 : 0) * 1000 + l.indexOf(a + 1) * 10000 + (l.some((v) => v > 10) ? 1 : 0) * 100000 + l.reduce((x, y) => x ^ y, 0) + (l.find((v) => v > 3) ?? 0); }',
    )
      .with(1)
      .with(9);
    testFunction(
      'nested array struct',
      '(a: u32) => { const r: Row = { id: a, flags: 300 & 0xff, name: "n", pos: { x: -1, y: 1 }, vals: [a, a + 1, a + 2, a + 3], big: 1n }; const { pos: { x, ...others }, vals: [first, , third] } = r; r.vals[a & 3] += 100; return mid(r) + x + others.y + first * 10 + third; }',
    )
      .with(1)
      .with(2);
    testFunction(
      'do while with comma',
      '(a: u32) => { let i = 0, n = 0; do { n = (n ^ i) | 0, i++; } while (i < 10 && n < a); return n * 100 + i; }',
    )
      .with(5)
      .with(100);
    testFunction(
      'compound logical',
      '(a: u32) => { let x: number | undefined; let y = 0; x ??= a; y ||= x; y &&= y + 1; return y * 10 + x; }',
    )
      .with(0)
      .with(4);
    testFunction(
      'unsigned mask',
      '(a: u32) => ((a & 0xff000000) >>> 0) === 0xc0000000 ? 1 : (a & 0xff000000) === (0xc0000000 | 0) ? 2 : 3',
    )
      .with(0xc0a80001)
      .with(1);
    testFunction('imul clz', '(a: i32, b: i32) => Math.imul(a, b) + Math.clz32(a) * 7 + Math.sign(b) + Math.abs(a)')
      .with(-3, 1000000007)
      .with(12345, -1)
      .with(0, 0);
    testFunction('pow', '(a: i32) => a ** 3 + 2 ** 10 + (-2) ** 3').with(-5).with(100);
    testFunction(
      'fixed',
      '(a: u32) => { const f: fixed = fixed(a) * SCALE; const g = f / 4; return Math.trunc(g * 1000) + (g > 1.2 ? 100000 : 0); }',
    )
      .gives(1500 + 100000, 4)
      .gives(375, 1);
    testFunction(
      'string compare ===',
      "(a: u32) => { const r: { name: CharArray<12> } = { name: a > 1 ? 'alpha' : 'al' }; const n: CharArray<12> = r.name; return (n.startsWith('al') ? 1 : 0) + (n === 'alpha' ? 10 : 0) + n.length * 100 + (n[1] === 'l' ? 1000 : 0); }",
    )
      .with(1)
      .with(2);
    testFunction(
      'const nested',
      '(a: u32) => CFG.ports[a & 1] + Number(CFG.nested.deep[1]) + CFG.nested.name.length + (CFG.ports.includes(a as 80) ? 1 : 0)',
    )
      .with(80)
      .with(443)
      .with(3);
    testFunction(
      'unrolled destructure',
      '(a: u32) => { let s = 0; for (const [i, v] of TABLE.entries()) if (v > (a & 7)) s += i * v; for (const { 0: k } of [[1, 2], [3, 4]]) s += k; return s; }',
    )
      .with(2)
      .with(5);
    testFunction(
      'throw in helper',
      '(a: u32) => { const check = (v: number): number => { if (v > 100) throw new Error("x"); return v + 1; }; return check(a) + check(a + 50); }',
    )
      .with(10)
      .ends(60)
      .ends(200);
    testFunction(
      'let objects',
      '(a: u32) => { let best: P = { x: 0, y: 0 }; for (let i = 0; i < 5; i++) { const p: P = { x: i * a, y: -i }; if (p.x % 7 > best.x % 7) best = p; } return best.x * 100 + best.y; }',
    )
      .with(3)
      .with(5);
    testFunction(
      'closures over loops',
      '(a: u32) => { let n = 0; const add = (k: number) => { n += k; return n; }; for (let i = 0; i < 4; i++) add(i * a); return add(1) + n; }',
    ).with(3);
    testFunction(
      'bool arithmetic',
      '(a: u32) => { const b: boolean = a > 3; const c = !b; return Number(b) * 2 + (c ? 1 : 0) + Number(b === c) + Number(Boolean(a)); }',
    )
      .with(3)
      .with(4)
      .with(0);
    testFunction(
      'i8 narrowing',
      '(a: i32) => { let x: i8 = a; x += 100; const y: u8 = x; let z: i16 = y * 300; z++; return x * 1000000 + y * 1000 + z; }',
    )
      .gives(-56 * 1000000 + 200 * 1000 + (60000 - 65536 + 1), 100)
      .gives(100 * 1000000 + 100 * 1000 + 30001, 0);
    testFunction(
      'while break value',
      '(a: u32) => { let lo = 0, hi = 1000; while (lo < hi) { const m = (lo + hi) >> 1; if (m * m < a) lo = m + 1; else hi = m; } return lo; }',
    )
      .with(0)
      .with(10)
      .with(999999);
    testFunction(
      'nested functions',
      '(a: u32) => { function f(x: number): number { function g(y: number): number { return x + y * a; } return g(2) + g(3); } return f(1) + f(f(2)); }',
    ).with(3);
    testFunction('curry', '(a: i32, b: i32) => curry((x, y) => x * 10 - y)(a, b)').with(3, 4);
    testFunction(
      'optional chain arrays',
      '(a: u32) => { const l: FixedArray<P, 3> | undefined = a > 2 ? [{ x: 1, y: a }, { x: 2, y: 2 }, { x: 3, y: 3 }] : undefined; return l?.[1]?.x ?? l?.length ?? -1; }',
    )
      .with(1)
      .with(5);
    testFunction('asUintN', '(a: u64) => BigInt.asUintN(16, a * 3n) + BigInt.asIntN(8, a)').with(0xffn).with(70000n);
    testFunction('mod bigints', '(a: i64, b: i64) => a / b * 1000n + a % b').with(-7n, 2n).with(7n, -3n).ends(1n, 0n);
    testFunction(
      'comma and void',
      '(a: u32) => { let n = a; const v = (n++, n *= 2, n); return v + (void 0 === undefined ? 1 : 0); }',
    ).with(4);
    testFunction('template static', '(a: u32) => `${CFG.nested.name}-${CFG.ports[0]}`.length + a').with(4);
    testFunction(
      'satisfies as !',
      '(a: u32) => { const o = { k: a, m: { z: 3 } } satisfies { k: number; m: { z: number } }; return o.m!.z + (o.k as number); }',
    ).with(4);
    testFunction(
      'struct copies',
      '(a: u32) => { const p: P = { x: a, y: 1 }; const q: P = { ...p, y: 5 }; const list: FixedArray<P, 2> = [p, q]; list[0].x += 1; return p.x * 1000 + list[0].x * 100 + q.y * 10 + list[1].y; }',
    ).gives(3 * 1000 + 4 * 100 + 50 + 5, 3);
    testFunction(
      'text in loops',
      "(a: u32) => { const n: CharArray<8> = a > 1 ? 'abc' : 'zz'; let h = 5381; for (let i = 0; i < n.length; i++) h = (Math.imul(h, 33) ^ n.charCodeAt(i)) >>> 0; let c = 0; for (const ch of n) if (ch !== 'b') c++; return h + c; }",
    )
      .with(1)
      .with(2);
    testFunction(
      'switch bigint true',
      '(a: u64) => { switch (true) { case a > 10n: return 1; case a === 3n: return 2; default: return 3; } }',
    )
      .with(3n)
      .with(11n)
      .with(4n);
    testFunction(
      'swap let tuple',
      '(a: u32, b: u32) => { let x = a, y = b; [x, y] = [y % 7, x + y]; ({ x, y } = { x: y, y: x }); return x * 1000 + y; }',
    ).with(3, 9);
    testFunction(
      'early return in loop closures',
      '(a: u32) => { const find = (p: (v: number) => boolean): number => { for (const v of TABLE) if (p(v)) return v; return -1; }; return find((v) => v > a) * 100 + find((v) => v === a); }',
    )
      .with(4)
      .with(9);
    testFunction('clamp', '(a: i32) => clamp(a, -5, 5) + clamp(a as i32, 0, 1)').with(-100).with(3).with(100);
    testFunction(
      'negative modulo index',
      '(a: i32) => { const l: FixedArray<u8, 4> = [1, 2, 3, 4]; return l[a] * 10; }',
    )
      .with(3)
      .ends(4)
      .ends(-1);

    testFunction(
      'chains',
      '(a: u32) => { const o: { p: P; l: FixedArray<P, 2> } | undefined = a > 2 ? { p: { x: 7, y: a }, l: [{ x: 1, y: 2 }, { x: 3, y: 4 }] } : undefined; const i = a & 1; return (o?.p.x ?? 100) + (o?.l[1]!.y ?? 200) + (o?.l[i]!.x ?? 400) + (o?.l.length ?? 800); }',
    )
      .with(1)
      .with(4)
      .with(5);
    testFunction(
      'chains of texts',
      "(a: u32) => { const o: { n: CharArray<8> } | undefined = a > 2 ? { n: 'hello' } : undefined; return (o?.n.length ?? 100) + (o?.n.startsWith('he') ? 1 : 2) * 1000 + (o?.n[1] === 'e' ? 1 : 2) * 10000; }",
    )
      .with(1)
      .with(4);
    testFunction(
      'switch on negative constants',
      '(a: u64) => { switch (a) { case 3n: return 1; case 18446744073709551615n: return 2; default: return 3; } }',
    )
      .with(3n)
      .with(0xffffffffffffffffn)
      .with(1n);
    testFunction(
      'equal to a negative constant',
      '(a: u64, b: u64) => (a === -1n ? 1 : 0) + (a - b === -1n ? 10 : 0) + (-5n < a ? 100 : 0)',
    )
      .gives(100, 0xffffffffffffffffn, 0n)
      .gives(100, 3n, 4n);
    testFunction(
      'tuples',
      '(a: i32) => { const t: [u8, i32, boolean] = [200, a, a > 0]; const [x, y, z] = t; const f = (p: number, q: number, r: boolean) => p + q + (r ? 1000 : 0); return f(...t) + x + y + (z ? 1 : 0) + t.length; }',
    )
      .with(4)
      .with(-4);
    testFunction(
      'tuples gone through',
      '(a: i32) => { const t: [u8, i32, u16] = [200, a, 5]; let s = 0; for (const v of t) s = s * 3 + v; const [, ...rest] = t; return s + rest.length * 1000 + t[1]; }',
    )
      .with(4)
      .with(-4);
    testFunction(
      'u64 literal boundaries',
      '(a: u64) => (a <= -1n ? 1 : 0) + (a >= 0n ? 10 : 0) + (a > 0xffffffffffffffffn - 1n ? 100 : 0)',
    )
      .with(0n)
      .with(0xffffffffffffffffn);
  });
}
