import { describe, expect, it } from 'vitest';
import { evaluate, project } from './harness.js';

describe('a constant that only the running program can know is known at load', () => {
  it.each([
    ['process.argv', 'const limit = Number(process.argv[2]);'],
    ['process.env', "const limit = process.env.LIMIT ?? '10';"],
    ['process.pid', 'const limit = process.pid;'],
    ['an import of process', "import { argv } from 'node:process'; const limit = Number(argv[2]);"],
    ['the default import of process', "import process from 'node:process'; const limit = process.pid;"],
    ['Date.now', 'const limit = Date.now();'],
    ['new Date', 'const limit = new Date().getTime();'],
    ['performance', 'const limit = performance.now();'],
    ['hrtime', 'const limit = process.hrtime.bigint();'],
    ['Math.random', 'const limit = Math.random();'],
    ['crypto', "import { randomInt } from 'node:crypto'; const limit = randomInt(5);"],
    ['crypto by its module', "import crypto from 'node:crypto'; const limit = crypto.randomBytes(1)[0];"],
    ['the global crypto', 'const limit = crypto.getRandomValues(new Uint8Array(1))[0];'],
    ['uptime', "import os from 'node:os'; const limit = os.uptime();"],
    ['what is awaited', 'const limit = await Promise.resolve(1);'],
    ['another such constant', 'const a = process.argv[2]; const limit = Number(a) + 1;'],
    ['such a constant in a function', 'function f() { return process.argv.length; } const limit = f() * 2;'],
    ['destructuring', 'const { limit } = { limit: process.argv.length };'],
    ['what a function finds out', 'const { random } = Math; const limit = ((m: any) => m.random())(Math);'],
    ['a let that changes', 'let a = 1; a = 2; const limit = a;'],
    ['what tsbpf gives at run time', "import { RawSocket } from 'tsbpf'; const limit = RawSocket.open().fd;"],
    ['a program function', 'const limit = closes.size; const closes = new Map();'],
    ['a filled table', 'const limit: number[] = []; limit.push(process.argv.length);'],
    ['a loop variable', 'for (const limit of [1, 2]) f(limit); function f(x: number) {} const unused = 0;'],
  ])('%s', async (what, declarations) => {
    if (what === 'a loop variable') {
      const text = 'for (const limit of [1, 2]) { const program = () => limit; }';
      expect((await project(text)).evaluate()).toMatchObject({ kind: 'load', name: 'limit' });
      return;
    }
    const evaluation = await evaluate(declarations, 'limit');
    expect(evaluation).toMatchObject({ kind: 'load', name: 'limit' });
    expect((await evaluate(declarations, 'limit + 1')).kind).toBe('notStatic');
  });

  it('includes what a program function captures of user-space code', async () => {
    const parameter = await project('function main(limit: number) { const program = () => limit; }');
    expect(parameter.evaluate()).toMatchObject({ kind: 'load', name: 'limit', symbol: parameter.symbol('limit') });
    const destructured = await project(
      'function main({ limit }: any) { return () => { const program = () => limit; }; }',
    );
    expect(destructured.evaluate()).toMatchObject({ kind: 'load', name: 'limit' });
    const constant = await project('function main(a: number) { const limit = a * 2; const program = () => limit; }');
    expect(constant.evaluate()).toMatchObject({ kind: 'load', name: 'limit' });
    const fixed = await project('function main(a: number) { const limit = 2 * 3; const program = () => limit; }');
    expect(fixed.evaluate()).toEqual({ kind: 'static', value: 6 });
  });

  it('names the constant of another file', async () => {
    const files = { 'a.ts': 'export const limit = Number(process.argv[2]);' };
    const { evaluate, file, checker } = await project({
      ...files,
      'main.ts': "import { limit as most } from './a.js'; function program() { return most; }",
    });
    const own = checker.getExportsOfModule(checker.getSymbolAtLocation(file('a.ts'))!)[0];
    expect(evaluate()).toMatchObject({ kind: 'load', name: 'most', symbol: own });
  });

  it('leaves functions to lowering', async () => {
    const declarations =
      'const limit = Number(process.argv[2]); const f = (x: number) => x > limit; function g() { return limit; }';
    expect((await evaluate(declarations, 'f')).kind).toBe('notStatic');
    expect((await evaluate(declarations, 'g')).kind).toBe('notStatic');
  });

  it.each([
    ['process.platform', process.platform],
    ['new Date(5).getTime()', 5],
    ['Date.UTC(1970, 0, 2)', 86400000],
    ['Math.floor(2.5)', 2],
  ])('%s is the same at build', async (expression, expected) => {
    expect(await evaluate('', expression)).toEqual({ kind: 'static', value: expected });
  });
});
