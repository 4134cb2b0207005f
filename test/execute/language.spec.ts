/** The language as a reader of its description meets it: every construct in a small function, with values at the edges. */
import { describeTwoWorlds } from '../support/two-worlds.js';
// Many of these index arrays on the stack, which verifiers before 5.12 refuse; one load in a guest of 5.10 took minutes.
describeTwoWorlds(
  'the language',
  {
    since: '5.12',
    prelude: `
interface P { a: u8; b: i16; c: u32; d: i64; e: boolean; f: be16; g: be64; h: Bits<3>; i: Bits<7>; j: Bits<5, i32> }
enum Color { red, green = 5, blue }
const enum Small { x = 'x', y = 3 }
const TABLE = [3, 1, 4, 1, 5] as const;
const OBJ = { a: { b: [10, 20, 30] } };
function add(a: number, b = 10, ...rest: number[]): number { return a + b + rest.length; }
function narrow(x: u8): u16 { return x * 300; }
function sum6(a: u32, b: u32, c: u32, d: u32, e: u32, f: u32): u32 { return a + b + c + d + e + f; }
function id<T>(x: T): T { return x; }
function apply(f: (x: number) => number, x: number): number { return f(f(x)); }
`,
  },
  (t) => {
    const all = [0, 1, 2, 5, 7, 127, 128, 255, 256, 65535, 65536, 0x7fffffff, 0x80000000, 0xffffffff];
    const sig = [0, 1, -1, 5, -5, 127, -128, 32767, -32768, 0x7fffffff, -0x80000000];
    const un = (name: string, f: string, vals: number[] = all) => {
      let x = t(name, f);
      for (const v of vals) x = x.with(v);
    };
    un(
      'enum switch',
      '(a: u32) => { switch (a % 8) { case Color.red: return 1; case Color.green: return 2; case Color.blue: return 3; default: return 4; } }',
    );
    un(
      'switch fall',
      '(a: u32) => { let r = 0; switch (a & 7) { case 1: r += 1; case 2: r += 2; break; case 3: { r = 9; break; } default: r = 5; case 4: r += 100; } return r; }',
    );
    un(
      'switch default middle',
      '(a: u32) => { let r = 0; switch (a) { case 1: r = 1; break; default: r = 7; case 5: r += 3; break; case 7: r = 70; } return r; }',
    );
    un(
      'switch true',
      '(a: u32) => { switch (true) { case a > 100: return 1; case a > 10: return 2; default: return 3; } }',
    );
    un(
      'switch signed',
      '(a: i32) => { switch (a) { case -1: return 1; case 5: return 2; case -0x80000000: return 3; default: return a; } }',
      sig,
    );
    un('table', '(a: u32) => TABLE[a % 5]');
    un('obj', '(a: u32) => OBJ.a.b[1] + a');
    un('defaults', '(a: u32) => add(a) + add(a, 1) + add(a, 2, 3, 4)');
    un('six', '(a: u32) => sum6(a, a, a, a, a, a) % 1000', [1, 2, 100000]);
    un('generic', '(a: u32) => id(a) + id<number>(2)');
    un(
      'closure',
      '(a: u32) => { let k = 3; const f = (x: number) => { k++; return x + k; }; return apply(f, a) * 10 + k; }',
    );
    un('nested ternary', '(a: i32) => a < 0 ? a < -100 ? 1 : 2 : a > 100 ? 3 : 4', sig);
    un('comma', '(a: i32) => { let b = 0; return (b = a, b++, b) + b; }', sig);
    un('logical', '(a: i32) => (a && 5) + (a || 7) + (!a ? 1 : 2) + Number(!!a)', sig);
    un(
      'logical assign',
      '(a: i32) => { let x = a; x ||= 9; let y = a; y &&= 4; let z: number | undefined = a > 3 ? a : undefined; z ??= 77; return x * 10000 + y * 1000 + z; }',
      sig,
    );
    un('bitops', '(a: i32) => ((a & 0xff00ff) | (a ^ 0x5555)) + (~a) + (a << 3) + (a >> 2) + (a >>> 1)', sig);
    un('bitopsu', '(a: u32) => ((a & 0xff00ff00) | (a ^ 0x55550000)) + (~a) + (a << 3) + (a >> 2) + (a >>> 1)');
    un('shift mod', '(a: u32) => (1 << a) + (0x80000000 >>> a) + (-5 >> a)');
    un('mix cmp', '(a: i32) => (a >>> 0) > 5 && a < 3 ? 1 : (a | 0) === a ? 2 : 3', sig);
    un(
      'math',
      '(a: i32) => Math.max(a, -3) * 3 + Math.min(a, 7) + Math.abs(a) + Math.sign(a) * 4 + Math.clz32(a) + Math.imul(a, 77)',
      sig,
    );
    un('trunc div', '(a: i32) => Math.trunc(a / 7) + Math.floor(a / 7) * 3 + (a / 7 | 0) + ((a / 3) >>> 0)', sig);
    un('mod', '(a: i32) => a % 7 + (a % -3) * 100', sig);
    un('pow', '(a: i32) => (a % 100) ** 2 + 2 ** 10', sig);
    un(
      'bool',
      '(a: i32) => { const b: boolean = a > 0; const c = a === 5; return (b === c ? 1 : 0) + (b !== c ? 2 : 0) + (b && !c ? 4 : 0) + Number(b) * 8 + (b ? 1 : 0) * 16; }',
      sig,
    );
    un('boolcmp', '(a: i32) => { const b = a > 0; return (b < true ? 1 : 0) + +b; }', sig);
    un(
      'labels',
      '(a: u32) => { let n = 0; outer: for (let i = 0; i < 5; i++) { for (let j = 0; j < 5; j++) { if (j === (a & 3)) continue outer; if (i === 3) break outer; n += i * j + 1; } } return n; }',
    );
    un('dowhile', '(a: u32) => { let i = 0, s = 0; do { s += i; if (s > a) break; i++; } while (i < 20); return s; }');
    un(
      'while cont',
      '(a: u32) => { let i = 0, s = 0; while (i < 30) { i++; if (i % 3 === 0) continue; if (i > (a & 31)) break; s += i; } return s; }',
    );
    un(
      'for two vars',
      '(a: u32) => { let s = 0; for (let i = 0, j = 10; i < j; i++, j--) s += i * j + (a & 1); return s; }',
    );
    un(
      'for let capture',
      '(a: u32) => { let s = 0; for (const x of [1, 2, 3]) { const f = () => x * (a & 3); s += f(); } return s; }',
    );
    un(
      'for of entries',
      '(a: u32) => { let s = 0; for (const [k, v] of Object.entries({ a: 1, b: 2 })) s += v * k.length + (a & 1); return s; }',
    );
    un(
      'struct ops',
      '(a: i32) => { const p: P = { a: 1, b: -1, c: 2, d: 3n, e: true, f: 4, g: 5n, h: 1, i: 2, j: -3 }; p.h = a & 7; p.i += 5; p.j = -1; p.c++; ++p.b; p.d *= -2n; p.e = !p.e; p.f <<= 2; p.g = p.g * 3n; return p.a + p.b * 2 + p.c * 3 + Number(p.d) * 5 + (p.e ? 7 : 0) + p.f * 11 + Number(p.g) * 13 + p.h * 1000 + p.i * 10000 + p.j * 100000; }',
      sig,
    );
    un('shadow', '(a: u32) => { let x = a; { let x = 5; x++; } for (let x = 0; x < 3; x++) { } return x; }');
    un('unicode idents', '(größe: u32) => { const π = 3; return größe * π; }');
    un('string const', "(a: u32) => ['ab', 'cde'][0].length + `x${'yy'}`.length + 'abc'.charCodeAt(1) + a");
    un(
      'optional chain const',
      '(a: u32) => { const o: { x?: { y: number } } = { x: { y: 4 } }; return (o.x?.y ?? 3) + a; }',
    );
    un('void ret', '(a: u32) => { const f = (x: number) => { if (x > 5) return 1; return 2; }; return f(a); }');
    un(
      'early ret in loop',
      '(a: u32) => { const f = (x: number) => { for (let i = 0; i < 10; i++) { if (i === x) return i * 2; } return -1; }; return f(a) + f(3); }',
    );
    un(
      'arr methods',
      '(a: u32) => { const l: FixedArray<u32, 4> = [a, 2, 3, 4]; return l.indexOf(3) * 10 + (l.includes(a) ? 1 : 0) + l.reduce((x, y) => x + y, 0); }',
    );
    un('swap', '(a: u32, b: u32) => { let x = a, y = 7; [x, y] = [y, x]; return x * 3 + y; }'.replace(', b: u32', ''));
    un('tuple', '(a: u32) => { const l: [u32, u32] = [a, 3]; const [x, y] = l; return x + y; }');
    un(
      'char',
      "(a: u32) => { const c: CharArray<8> = 'hello'; return c.length + (c === 'hello' ? 10 : 0) + (c.startsWith('he') ? 100 : 0) + (a & 1); }",
    );
    un(
      'bytes',
      '(a: u32) => { const c: Bytes<4> = new Uint8Array([1, 2, 3, 4]); c[a & 3] = a & 255; return c[0] + c[1] * 3 + c[3] * 5 + c.length; }',
    );
    un(
      'equal',
      '(a: u32) => { const c: Bytes<2> = new Uint8Array([1, 2]); const d: Bytes<2> = new Uint8Array([1, 2]); d[1] = a & 3; return equal(c, d) ? 1 : 0; }',
    );
    un('numeric sep', '(a: u32) => a + 1_000 + 0b11 + 0o17 + 0xff + 1e3');
    un('neg zero', '(a: i32) => -a * 0 + a', sig);
    un('assign value', '(a: i32) => { let x = 0, y = 0; x = y = a; return x + y; }', sig);
    un(
      'pre/post in index',
      '(a: u32) => { const l: FixedArray<u32, 4> = [1, 2, 3, 4]; let i = 0; l[i++] += a & 7; l[i++] *= 2; l[++i] -= 1; return l[0] * 1000 + l[1] * 100 + l[2] * 10 + l[3] + i; }',
    );
    un('table by let', '(a: u32) => { let i = a % 5; if (i > 2) i -= 1; return TABLE[i] ?? 9; }');
    un(
      'table by quotient',
      '(a: u8) => { const i = Math.trunc(a / 60); return TABLE[i]; }',
      [0, 1, 2, 5, 7, 127, 128, 255],
    );
    un('table by min', '(a: u32) => TABLE[Math.min(a, 4)]');
    un(
      'table by clz',
      '(a: u32) => { const l: FixedArray<u8, 33> = [1, 2, 3] as never; l[Math.clz32(a)] = 5; return l[0] + l[1] * 7; }',
    );
    un(
      'stores by remainders',
      '(a: u32) => { const l: FixedArray<u32, 7> = [1, 2, 3, 4, 5, 6, 7]; l[(a * 31 + 7) % 7] += 5; l[(a >>> 3) % 7] = 9; return l.reduce((x, y) => x * 3 + y, 0); }',
    );
    un('clamp', '(a: i32) => a < -10 ? -10 : a > 10 ? 10 : a', sig);
    un('not', '(a: i32) => !(a > 3 && a < 100) || a === 50 ? 1 : 0', sig);
  },
);
describeTwoWorlds('bigints of the language', {}, (t) => {
  const us = [0n, 1n, 5n, 0xffn, 0xffffffffn, 0x100000000n, 0x7fffffffffffffffn];
  const is = [0n, 1n, -1n, 5n, -5n, 0x7fffffffn, -0x80000000n, 0x100000000n, -0x100000001n];
  const un = (name: string, f: string, vals: bigint[]) => {
    let x = t(name, f);
    for (const v of vals) x = x.with(v);
  };
  un('big arith', '(a: bigint) => (a % 1000n) * 3n - 7n + (a / 7n)', is);
  un('big bits', '(a: bigint) => (a & 0xffn) | (a ^ 5n) | (a >> 3n)', is);
  un('big cmp', '(a: bigint) => a > 3n ? 1 : a < -2n ? 2 : a === 0n ? 3 : 4', is);
  un('big cmp number', '(a: bigint) => a > 3 ? 1 : a < -2 ? 2 : 4', is);
  un('big neg', '(a: bigint) => -a + ~a', is);
  un('big ops', '(a: bigint) => { let x = a; x += 3n; x <<= 2n; x >>= 1n; x **= 1n; x++; --x; return x; }', is);
  un('big asuintn', '(a: bigint) => Number(BigInt.asUintN(32, a)) + Number(BigInt.asIntN(16, a))', is);
  un('number of', '(a: bigint) => Number(a & 0xffffn) * 2 + Number(a > 0n)', is);
  un('bool', '(a: bigint) => (a ? 1 : 0) + (!a ? 2 : 0) + Number(Boolean(a))', is);
  un('bigint of', '(a: bigint) => BigInt(Number(a & 0xffn) + 3) + a', is);
  un('u64', '(a: u64) => (a >> 3n) + (a % 7n) + (a / 3n)', us);
  un('u64 cmp', '(a: u64) => a > 0x7fffffffn ? 1 : a === 5n ? 2 : 3', us);
  un('big switch', '(a: bigint) => { switch (a) { case 1n: return 1; case -1n: return 2; default: return 3; } }', is);
});

// Verifiers before 6.12 refuse to read a part of 8 bytes that were stored as one and overwritten at a variable offset.
describeTwoWorlds('arrays of arrays', { since: '6.12' }, (t) => {
  t(
    'with indexes of run time',
    '(a: u32) => { const l: FixedArray<FixedArray<u16, 3>, 2> = [[1, 2, 3], [4, 5, 6]]; l[a & 1][a % 3] = a; let s = 0; for (const r of l) for (const c of r) s += c; return s; }',
  )
    .with(0)
    .with(1)
    .with(2)
    .with(5)
    .with(127);
});
