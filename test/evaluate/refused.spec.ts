import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../compiler/diagnostics/index.js';
import { evaluate, project } from './harness.js';

async function refused(declarations: string, expression: string): Promise<Diagnostic> {
  const evaluation = await evaluate(declarations, expression);
  if (evaluation.kind !== 'failed') throw new Error(`expected a diagnostic, got ${evaluation.kind}`);
  return evaluation.diagnostic;
}

describe('what is neither known at build nor at load is refused', () => {
  it.each([
    'let count = 0; count = 1;',
    'let count = 0; function f() { count++; }',
    'var count = 0; for (count of [1]) {}',
    'let count = 0; [count] = [1];',
    'let count = 0; ({ a: count } = { a: 1 });',
    'export let count = 0; const f = () => (count += 1);',
  ])('%s', async (declarations) => {
    const diagnostic = await refused(declarations, 'count');
    expect(diagnostic.code).toBe(1200);
    expect(diagnostic.hint).toContain('map');
    expect(diagnostic.hint).toContain('shared(');
    expect(diagnostic.file!.text.slice(diagnostic.start, diagnostic.start! + diagnostic.length!)).toBe('count');
    expect((await evaluate(declarations, 'count + 1')).kind).toBe('notStatic');
  });

  it('refuses a captured variable', async () => {
    const { evaluate } = await project('function main() { let count = 0; count++; const program = () => count; }');
    expect(evaluate()).toMatchObject({ kind: 'failed', diagnostic: { code: 1200 } });
  });

  it('refuses a table that a function of user space changes, and says where', async () => {
    const diagnostic = await refused('const T = [1];\nfunction f() {\n  T.push(2);\n}', 'T');
    expect(diagnostic.code).toBe(1201);
    expect(diagnostic.messageText).toContain('main.ts:3');
  });

  it('lets functions of a slice keep a cache', async () => {
    const declarations =
      'const cache: any = {}; function f(n: number): number { return cache[n] ?? (cache[n] = n < 2 ? n : f(n - 1) + f(n - 2)); } const x = f(50);';
    expect(await evaluate(declarations, 'x')).toEqual({ kind: 'static', value: 12586269025 });
  });
});

describe('a slice that fails is a diagnostic where its value is needed', () => {
  it('says what was thrown and where', async () => {
    const text =
      'const a = 1;\nfunction check(x: number): number {\n  if (x < 5)\n    throw new RangeError(`${x} is too small`);\n  return x;\n}\nconst limit = check(a);';
    const diagnostic = await refused(text, 'limit * 2');
    expect(diagnostic.code).toBe(1202);
    expect(diagnostic.messageText).toContain('RangeError: 1 is too small');
    expect(diagnostic.messageText).toContain('main.ts:4');
    expect(diagnostic.file!.text.slice(diagnostic.start, diagnostic.start! + diagnostic.length!)).toBe('limit * 2');
  });

  it.each([
    ['(undefined as any).x', '', 'TypeError'],
    ['f()', 'const f = () => { throw "a text"; };', 'a text'],
    ['f()', 'const f = () => { throw null; };', 'null'],
    ['a', 'const a = (() => b)(); const b = a;', 'before it has a value'],
    ['1n / 0n', '', 'RangeError'],
  ])('%s with %s', async (expression, declarations, message) => {
    const diagnostic = await refused(declarations, expression);
    expect(diagnostic.code).toBe(1202);
    expect(diagnostic.messageText).toContain(message);
  });

  it('stops a loop that does not end, once', { timeout: 20000 }, async () => {
    const started = performance.now();
    const { evaluator, evaluate, file } = await project(
      'function f() { for (;;) {} } const limit = f(); const other = [limit]; const fine = 3; function program() { return limit; }',
    );
    expect(evaluate()).toMatchObject({ kind: 'failed', diagnostic: { code: 1203 } });
    expect(performance.now() - started).toBeLessThan(7000);
    const again = performance.now();
    expect(evaluate()).toMatchObject({ kind: 'failed', diagnostic: { code: 1203 } });
    const declarations = file('main.ts').statements.slice(2, 4) as unknown as {
      declarationList: { declarations: { initializer: never }[] };
    }[];
    const [other, fine] = declarations.map((one) => one.declarationList.declarations[0]!.initializer);
    expect(evaluator.evaluate(other as never)).toMatchObject({ kind: 'failed', diagnostic: { code: 1203 } });
    expect(evaluator.evaluate(fine as never)).toEqual({ kind: 'static', value: 3 });
    expect(performance.now() - again).toBeLessThan(1000);
  });

  it.each([
    ['const a = fetch("http://localhost");', 'network'],
    ['import net from "node:net"; const a = net.createServer();', 'network'],
    ['import { connect } from "node:tls"; const a = connect(1);', 'network'],
    [
      'import http from "node:http"; const a = (() => { try { return http.get("x"); } catch { return 1; } })();',
      'network',
    ],
    ['import { execSync } from "node:child_process"; const a = execSync("true");', 'process'],
    ['import { Worker } from "node:worker_threads"; const a = Worker("x");', 'thread'],
    ['import net from "node:net"; const f = net.connect; const a = f(1);', 'network'],
    ['const a = setTimeout(() => 1, 1);', 'timer'],
    ['import { writeFileSync } from "node:fs"; const a = writeFileSync("/tmp/tsbpf-never", "x");', 'changes files'],
    ['import fs from "node:fs"; const a = fs.rmSync("/tmp/tsbpf-never");', 'changes files'],
  ])('%s', async (declarations, reason) => {
    const diagnostic = await refused(declarations, 'a');
    expect(diagnostic.code).toBe(1204);
    expect(diagnostic.messageText).toContain(reason);
  });
});
