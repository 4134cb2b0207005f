import { describe, expect, it } from 'vitest';
import { evaluate, project, value, valueOf } from './harness.js';

describe('what depends on constants alone is computed at build', () => {
  it.each([
    ['42', 42],
    ['0xff_ff', 65535],
    ['123n', 123n],
    ['0x10n', 16n],
    ['-5', -5],
    ['~0', -1],
    ['!0', true],
    ["'text'", 'text'],
    ['`plain`', 'plain'],
    ['true', true],
    ['null', null],
    ['undefined', undefined],
    ['(1 + 2) * 3', 9],
    ['2 ** 10', 1024],
    ['7 % 4 - 1 / 2', 2.5],
    ['1 << 4 | 3', 19],
    ['-1 >>> 28', 15],
    ['10n ** 20n', 100000000000000000000n],
    ['1 < 2 ? "yes" : "no"', 'yes'],
    ['null ?? 7', 7],
    ['0 || 5', 5],
    ['Math.max(3, 9)', 9],
    ['Number("12")', 12],
    ['BigInt(7)', 7n],
    ['[1, 2, 3].length', 3],
    ['({ a: { b: 4 } }).a.b', 4],
    ['"abc".length', 3],
    ['"abc".charCodeAt(1)', 98],
    ['[3, 1, 2].sort()[0]', 1],
    ['new Date(0).getTime()', 0],
    ['JSON.parse("[1]")[0]', 1],
    ['typeof 1', 'number'],
    ['(() => { let n = 0; for (let i = 1; i <= 4; i++) n += i; return n; })()', 10],
    ['(() => { try { throw new Error("x"); } catch { return 8; } })()', 8],
  ])('%s', async (expression, expected) => {
    expect(await value('', expression)).toEqual(expected);
  });

  it.each<[string, string, string, unknown]>([
    ['a constant', 'const a = 3;', 'a + 1', 4],
    ['a chain of constants', 'const a = 3; const b = a * 2; const c = `n${b}`;', 'c', 'n6'],
    ['a let that nothing assigns', 'let a = 3;', 'a', 3],
    ['a declaration that stands later', 'const b = () => a; const a = 6;', 'b()', 6],
    ['an object property', 'const o = { a: { b: [1, 2] } };', 'o.a.b[1]', 2],
    ['a computed key', "const k = 'x'; const o = { [k]: 5 };", 'o.x', 5],
    ['a getter', 'const o = { get a() { return 9; } };', 'o.a', 9],
    ['shorthand', 'const a = 1; const o = { a };', '({ a, o }).o.a', 1],
    ['spread', 'const a = [1, 2]; const b = [...a, 3];', '[0, ...b].length', 4],
    ['object spread', 'const a = { x: 1, y: 2 };', '({ ...a, y: 3 }).y', 3],
    ['array destructuring', 'const [a, , b = 7] = [1, 2];', 'a + b', 8],
    ['object destructuring', 'const { a: { b }, ...rest } = { a: { b: 2 }, c: 3, d: 4 };', 'b + rest.c + rest.d', 9],
    [
      'a function',
      'function f(a: number, b = 2, ...c: number[]): number { return a + b + c.length; }',
      'f(1, 2, 3, 4)',
      5,
    ],
    ['an arrow function', 'const twice = (a: number): number => a * 2;', '[1, 2].map(twice)[1]', 4],
    ['a closure', 'const add = (a: number) => (b: number) => a + b; const three = add(3);', 'three(4)', 7],
    ['recursion', 'function f(n: number): number { return n < 2 ? 1 : n * f(n - 1); }', 'f(5)', 120],
    ['recursion of a constant', 'const f = (n: number): number => (n < 2 ? 1 : n * f(n - 1));', 'f(5)', 120],
    [
      'mutual recursion',
      'function even(n: number): boolean { return n === 0 || odd(n - 1); } function odd(n: number): boolean { return n !== 0 && even(n - 1); }',
      'even(10)',
      true,
    ],
    ['generics', 'function id<T extends number>(a: T): T { return a as T; }', 'id<number>(3)', 3],
    [
      'overloads',
      'function f(a: string): string; function f(a: number): number; function f(a: any): any { return a; }',
      'f(6)',
      6,
    ],
    ['satisfies and !', 'const a = { b: 1 } satisfies { b: number }; const c: number | undefined = 2;', 'a.b + c!', 3],
    ['as const', "const a = ['x', 'y'] as const;", 'a[1]', 'y'],
    ['an annotated destructuring', 'const { a }: { a: number } = { a: 4 };', 'a', 4],
    ['an enum', 'enum E { A, B = 5, C }', 'E.C', 6],
    ['a reverse mapping', 'enum E { A, B = 5, C }', 'E[5]', 'B'],
    ['a string enum', "enum E { A = 'x' }", 'E.A', 'x'],
    ['a computed enum', "enum E { A = 'abc'.length, B = A * 2 }", 'E.B', 6],
    ['a merged enum', 'enum E { A = 1 } enum E { B = 2 }', 'E.A + E.B', 3],
    ['a const enum', 'const enum E { A = 3 }', 'E.A', 3],
    ['an ambient const enum', 'declare const enum E { A = 3, B }', 'E.B', 4],
    ['a namespace', 'namespace N { export const a = 2; export function f() { return a; } }', 'N.f()', 2],
    ['a class constant', 'class C { static readonly A = 2; static readonly B = 4; }', 'C.B', 4],
    [
      'a class constant in a larger expression',
      'class C { static readonly A = [1, 2]; }',
      'C.A.map((x: number) => x + 1)[1]',
      3,
    ],
    ['a static method', 'class C { static twice(a: number): number { return a * 2; } }', 'C.twice(4)', 8],
    ['a class constant beside BPF code', 'class C { static readonly A = 2; static m() { return bpf.x(); } }', 'C.A', 2],
    [
      'an instance',
      'class P { constructor(private readonly a: number) {} get b(): number { return this.a; } }',
      'new P(3).b',
      3,
    ],
    [
      'fields',
      'class P { a: number = 1; #b?: number = 2; declare c: number; sum(): number { return this.a + this.#b!; } }',
      'new P().sum()',
      3,
    ],
    [
      'inheritance',
      'abstract class A<T> { abstract f(): number; g() { return this.f(); } } class B extends A<number> implements Object { override f() { return 6; } }',
      'new B().g()',
      6,
    ],
    [
      'shadowing',
      'const a = 1; const f = (a: number) => { const b = a; { const a = 10; return a + b; } };',
      'f(5) + a',
      16,
    ],
    [
      'a local type',
      'function f() { type T = number; interface I { a: T } const i: I = { a: 1 }; return i.a; }',
      'f()',
      1,
    ],
    ['a generator', 'function* f() { yield 1; yield 2; }', '[...f()].length', 2],
    ['a tagged template', 'const tag = (s: any, ...v: number[]) => v.length + s.length;', 'tag`a${1}b${2}c`', 5],
    ['a multi-line return type', 'const f = (\n a: number,\n):\n number => a;', 'f(2)', 2],
  ])('%s', async (_, declarations, expression, expected) => {
    expect(await value(declarations, expression)).toEqual(expected);
  });

  it('knows constants inside program functions', async () => {
    const { evaluate } = await project(
      'function program(ctx: any) { const a = [1, 2]; const { b } = { b: 3 }; const f = (n: number) => n + b; return f(a[1]); }',
    );
    expect(valueOf(evaluate())).toBe(5);
  });

  it('fills constants by the statements at the top level of their module', async () => {
    const declarations = 'const T: number[] = []; for (let i = 0; i < 3; i++) T.push(i * i); T[0] = 7;';
    expect(await value(declarations, 'T')).toEqual([7, 1, 4]);
  });

  it('does not run what the value does not depend on', async () => {
    const declarations = 'const a = 1; throw new Error("not needed"); const b = a; const c = (() => { throw 1; })();';
    expect(await value(declarations, 'b')).toBe(1);
  });

  it('lets a slice print', async () => {
    expect(await value('const a = (() => { console.log("x"); return 2; })();', 'a')).toBe(2);
  });

  it.each([
    ['function f(a: u8): number { return a; }', 'f(300)', 44],
    ['const f = (a: u8): number => a + 1;', 'f(-1)', 256],
    ['function f(a: number): u16 { if (a) return a + 65536; return a; }', 'f(7)', 7],
    ['const f = (a: number): i8 => a;', 'f(200)', -56],
    ['function f() { let a: u8 = 255; a++; return a; }', 'f()', 0],
    ['function f() { let a: u8 = 250; a += 10; const b: u64 = 5n; return a + Number(b); }', 'f()', 9],
    ['function f() { let a: u32 = 1; a = -1; return a; }', 'f()', 4294967295],
    ['const f = (a: u64): u64 => a - 1n;', 'f(0n)', 18446744073709551615n],
    ['function f(a?: u8) { return a; }', 'f()', undefined],
    ['function f(a: W) { return a; }', 'f(257)', 1],
  ])('keeps the low bits of annotated integers: %s', async (declarations, expression, expected) => {
    const imports = "import { u8, u16, u32, u64, i8, u8 as W } from 'tsbpf';";
    expect(await value(imports + declarations, expression)).toBe(expected);
  });

  it('gives names values by --define', async () => {
    expect(await value('declare const MODE: string;', 'MODE', {}, { defines: { MODE: 'x' } })).toBe('x');
    expect(await value('', 'MISSING', {}, { defines: { MISSING: 4 } })).toBe(4);
    expect(await value('const limit = Number(process.argv[2]);', 'limit + 1', {}, { defines: { limit: 4 } })).toBe(5);
    expect(await value('', 'process.env.MODE', {}, { defines: { 'process.env.MODE': 'x' } })).toBe('x');
    const local = 'const f = () => { const limit = 2; return limit; };';
    expect(await value(local, 'f()', {}, { defines: { limit: 4 } })).toBe(2);
  });
});

describe('what is not static is left to lowering', () => {
  it.each([
    ['ctx', ''],
    ['ctx.len + 1', ''],
    ['parameter', ''],
    ['bpf.ktimeGetNs()', ''],
    ['closes.get(1)', 'const closes = new Map();'],
    ['[1, 2].map((x) => x + parameter)', ''],
    ['this', ''],
    ['f(1)', 'function f(a: number) { return a + bpf.x(); }'],
    ['f(1)', 'function f(a: number) { return g(a); } function g(a: number): number { return a ? f(a) : bpf.x(); }'],
    ['console.log("x")', ''],
    ['f(1)', 'function f(a: number) { console.log("x"); return a; }'],
    ['T.push(1)', 'const T: number[] = [];'],
    ['(T.a = 1)', 'const T = { a: 2 };'],
    ['f()', 'const T = { a: 2 }; function f() { T.a++; return 1; }'],
    ['unknownAtBuild', ''],
    ['notDeclaredAnywhere', ''],
  ])('%s with %s', async (expression, declarations) => {
    expect((await evaluate(declarations, expression)).kind).toBe('notStatic');
  });

  it('does not take a local array that is written for a constant', async () => {
    const written = await project('function program(ctx: any) { const a = [0, 0]; a[0] = ctx.len; return a[0]; }');
    expect(written.evaluate().kind).toBe('notStatic');
    const through = await project(
      'function program(ctx: any) { const a = { b: { c: 0 } }; const d = a.b; d.c = 1; return a.b.c; }',
    );
    expect(through.evaluate().kind).toBe('notStatic');
    const passed = await project(
      'function fill(x: number[]) { x[0] = 1; } function program(ctx: any) { const a = [0]; fill(a); return a[0]; }',
    );
    expect(passed.evaluate().kind).toBe('notStatic');
  });

  it('points at the part that is not static', async () => {
    const evaluation = await evaluate('', '1 + parameter.len');
    expect(evaluation.kind === 'notStatic' && evaluation.node.getText()).toBe('parameter');
  });
});
