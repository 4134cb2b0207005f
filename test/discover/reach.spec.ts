import { expect, test } from 'vitest';
import { find } from '../open/sources.js';

/** Names of the reached functions, those of expressions being the names of their constants. */
function reached(sources: string | Record<string, string>): string[] {
  const { discovery } = find(sources);
  return [...discovery.functions]
    .map((node) => {
      const holder = node.parent as { name?: { getText(): string } };
      return node.name?.getText() ?? holder.name?.getText() ?? '(anonymous)';
    })
    .sort();
}

const header = "import { xdp } from 'tsbpf';\n";

test.each([
  [
    'a called function',
    '@xdp function f() { return a(); } function a() { return 1; } function b() { return 1; }',
    ['a', 'f'],
  ],
  [
    'a chain',
    '@xdp function f() { return a(); } function a() { return b(); } function b() { return 1; }',
    ['a', 'b', 'f'],
  ],
  ['an arrow function', '@xdp function f() { return a(); } const a = () => 1;', ['a', 'f']],
  ['another name', '@xdp function f() { return b(); } const a = () => 1; const b = a;', ['a', 'f']],
  [
    'a static method',
    '@xdp function f() { return A.a(); } class A { static a() { return 1; } static b() {} }',
    ['a', 'f'],
  ],
  [
    'a function in an object',
    '@xdp function f() { return o.a(); } const o = { a, b: 1 }; function a() { return 1; }',
    ['a', 'f'],
  ],
  [
    'a function handed on',
    '@xdp function f() { return [1].map(a)[0]!; } function a(x: number) { return x; }',
    ['a', 'f'],
  ],
  ['recursion', '@xdp function f() { return a(); } function a(): number { return a(); }', ['a', 'f']],
  [
    'an overload',
    '@xdp function f() { return a(1); } function a(x: number): number; function a(x: any) { return x; }',
    ['a', 'f'],
  ],
])('reaches %s', (_, source, expected) => {
  expect(reached(header + source)).toEqual(expected);
});

test('reaches functions of other files, through re-exports and defaults', () => {
  expect(
    reached({
      'app.ts': `${header} import third, { first } from './all.js'; @xdp function f() { return first() + third(); }`,
      'all.ts': "export { one as first } from './one'; export { default } from './three.ts';",
      'one.ts': 'export function one() { return 1; }',
      'three.ts': 'export default function three() { return 3; }',
    }),
  ).toEqual(['f', 'one', 'three']);
});

test('does not reach what only types or user space name', () => {
  expect(
    reached(`${header} function a() { return 1; } function main() { a(); } main();
      @xdp function f() { let x: ReturnType<typeof a> = 1; return x; }`),
  ).toEqual(['f']);
});

test('does not follow what computes a constant', () => {
  expect(
    reached(`${header} function compute() { return 5; } const limit = compute();
      @xdp function f() { return limit; }`),
  ).toEqual(['f']);
});
