import { describe, expect, it } from 'vitest';
import { render } from '../../compiler/evaluate/index.js';
import { bind, project, valueOf } from './harness.js';

const isDefined = <T>(value: T | undefined): T => value!;

describe('names that lowering has bound', () => {
  it('gives one expression a value for each binding', async () => {
    const { evaluate, symbol } = await project('function program(i: number) { return [10, 20, 30][i] + i; }');
    expect(evaluate().kind).toBe('notStatic');
    expect(valueOf(evaluate(bind(new Map([[symbol('i'), 0]]))))).toBe(10);
    expect(valueOf(evaluate(bind(new Map([[symbol('i'), 2]]))))).toBe(32);
    expect(evaluate().kind).toBe('notStatic');
  });

  it('reaches through constants and closures inside the function', async () => {
    const { evaluate, symbol } = await project(
      'const base = 100; function program(i: number, k: any) { const a = base + i; const { b } = { b: a * 2 }; const f = (n: number) => n + b; return f(1); }',
    );
    expect(evaluate().kind).toBe('notStatic');
    expect(valueOf(evaluate(bind(new Map([[symbol('i'), 1]]))))).toBe(203);
    expect(valueOf(evaluate(bind(new Map([[symbol('i'), 5]]))))).toBe(211);
    expect(evaluate(bind(new Map([[symbol('k'), 1]]))).kind).toBe('notStatic');
  });

  it('runs slices with bound values', async () => {
    const { evaluate, symbol } = await project(
      'function program(x: any) { return x.list.map((n: number) => n * x.by)[1]; }',
    );
    expect(valueOf(evaluate(bind(new Map([[symbol('x'), { list: [1, 2], by: 4 }]]))))).toBe(8);
    expect(valueOf(evaluate(bind(new Map([[symbol('x'), { list: [1, 3], by: 4 }]]))))).toBe(12);
  });

  it('binds variables, and does not compute assignments to them', async () => {
    const read = await project('function program() { let i = 0; return i + 1; }');
    expect(read.evaluate().kind).toBe('notStatic');
    expect(valueOf(read.evaluate(bind(new Map([[read.symbol('i'), 4]]))))).toBe(5);
    const written = await project('function program() { let i = 0; return i++; }');
    expect(written.evaluate(bind(new Map([[written.symbol('i'), 4]]))).kind).toBe('notStatic');
  });

  it('leaves constants outside alone', async () => {
    const { evaluate, symbol } = await project(
      'const table = [1, 2]; function program(i: number) { return { table, i }; }',
    );
    const first = valueOf(evaluate(bind(new Map([[symbol('i'), 0]])))) as { table: unknown };
    const second = valueOf(evaluate(bind(new Map([[symbol('i'), 1]])))) as { table: unknown };
    expect(first.table).toBe(second.table);
  });
});

describe('every declaration is run once', () => {
  it('keeps the identity of values', async () => {
    const { evaluator, evaluate, file } = await project(
      'const counter = { n: 0 }; const next = () => ++counter.n; const a = { id: next() }; const b = a; const same = a === b && b.id === 1 && a.id === 1; function program() { return [a, b, same]; }',
    );
    const [a, b, same] = valueOf(evaluate()) as [object, object, boolean];
    expect(a).toBe(b);
    expect(same).toBe(true);
    expect(valueOf(evaluate())).toBe(valueOf(evaluate()));
    const initializer = isDefined(
      (file('main.ts').statements[2] as never as { declarationList: { declarations: { initializer: never }[] } })
        .declarationList.declarations[0],
    ).initializer;
    expect(valueOf(evaluator.evaluate(initializer))).toBe(a);
  });

  it('calls static functions', async () => {
    const { evaluator, evaluate, result } = await project(
      'const base = 2; const f = (x: number) => { if (x > 9) throw new Error("too big"); return x + base; }; function program() { return f; }',
    );
    const callee = valueOf(evaluate()) as (x: number) => number;
    expect(evaluator.call(callee, [3], result)).toEqual({ kind: 'static', value: 5 });
    expect(evaluator.call(callee, [10], result)).toMatchObject({ kind: 'failed', diagnostic: { code: 1202 } });
  });

  it('dismisses what is not static in microseconds', async () => {
    const { evaluate } = await project('function program(ctx: any) { return ctx.a + ctx.b * (ctx.c ? 1 : 2); }');
    evaluate(() => undefined);
    const started = performance.now();
    for (let i = 0; i < 10000; i++) evaluate(() => undefined);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('render', () => {
  it.each<[unknown, string]>([
    [42, '42'],
    [-0, '-0'],
    [NaN, 'NaN'],
    [5n, '5n'],
    [-5n, '-5n'],
    ["it's\n", "'it\\'s\\n'"],
    ['say "x"', `'say "x"'`],
    [true, 'true'],
    [undefined, 'undefined'],
    [null, 'null'],
    [[1, [2n, 'x']], "[1, [2n, 'x']]"],
    [{ a: 1, 'b-c': { d: [] } }, "{ a: 1, 'b-c': { d: [] } }"],
    [{}, '{}'],
    [new Uint8Array([1, 2]), 'new Uint8Array([1, 2])'],
    [new Map([['a', 1]]), "new Map([['a', 1]])"],
    [new Set([1]), 'new Set([1])'],
  ])('%s', (value, expected) => {
    expect(render(value)).toBe(expected);
  });

  it('ends at a circle', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(render(circle)).toBe('{ self: undefined /* circular */ }');
  });
});
