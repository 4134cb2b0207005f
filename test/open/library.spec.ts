import { expect, test } from 'vitest';
import { ts } from '@ts-morph/bootstrap';
import { libraryFile } from '../../compiler/open/library/index.js';
import { open } from './sources.js';

test('the library itself has no errors', () => {
  const { program } = open('export {};');
  const source = program.getSourceFile(libraryFile)!;
  expect(program.getSyntacticDiagnostics(source)).toEqual([]);
  expect(program.getGlobalDiagnostics()).toEqual([]);
  const options: ts.CompilerOptions = { ...program.getCompilerOptions(), skipLibCheck: false };
  const strict = ts.createProgram([libraryFile], options, {
    ...ts.createCompilerHost(options),
    getSourceFile: (name) => (name === libraryFile ? source : undefined),
  });
  expect(
    strict.getSemanticDiagnostics(strict.getSourceFile(libraryFile)).map(({ messageText }) => messageText),
  ).toEqual([]);
});

test.each([
  'for (const x of [1, 2, 3]) x.toFixed();',
  'for (const [i, x] of [1, 2].entries()) i + x;',
  "for (const c of 'abc') c.charCodeAt(0);",
  'for (const [k, v] of new Map<string, number>()) k.length + v;',
  'const [a, ...rest] = [1, 2, 3]; rest.push(a);',
  'const n: number = Number(10n >> 2n) + Math.max(1, 2) + Math.clz32(5);',
  'const b: bigint = BigInt.asUintN(64, -1n) * BigInt(5);',
  "const t: string = `${1} ${'a'.padStart(3)}`.trim().split(',').map(Number).join('-');",
  'const { x = 3, ...others } = { y: 2 } as { x?: number; y: number }; others.y + x;',
  'class A { static #n = 1; static get() { return A.#n; } } A.get();',
  "const o = Object.fromEntries(Object.entries({ a: 1 }).map(([k, v]) => [k, v + 1])); o['a']!.toFixed();",
  'enum Color { Red, Green } const c: Color = Color.Red; Color[c]!.length;',
  'const bytes = new Uint8Array(4); bytes[0] = 5; new DataView(bytes.buffer).getUint16(0);',
  'async function f() { const x: number = await Promise.resolve(1); for await (const y of g()) y + x; } async function* g() { yield 1; } f();',
  'using d = { [Symbol.dispose]() {} }; void d;',
  "process.argv[2]; Buffer.from('x'); setTimeout(() => {}, 5); console.error(new Error('x').message);",
  "const m = /a(b)/.exec('ab'); m?.[1]?.length; 'a'.replace(/a/g, (x) => x);",
  'function tag(parts: TemplateStringsArray, ...values: number[]) { return parts.raw.length + values.length; } tag`a${1}`;',
  "import.meta.url.length; const p: Record<string, Partial<{ a: number }>> = {}; p['x']?.a;",
  'const s = new Set([1]); s.has(1); [...s].sort((a, b) => a - b).toSorted().at(-1)?.toFixed();',
  'function* counts() { yield 1; } for (const x of counts()) x.toFixed();',
  'new Date().getFullYear() + Date.now(); JSON.parse(JSON.stringify({})).a;',
  'const sum = [1n, 2n].reduce((a, b) => a + b, 0n); sum.toString(16);',
  'const pair = [1, "a"] as const; const first: 1 = pair[0]; first;',
])('accepts %s', (source) => {
  const opened = open(`export {};\n${source}`);
  expect(opened.diagnostics).toEqual([]);
  const found = opened.program.getSemanticDiagnostics(opened.entry);
  expect(found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
});

test.each([
  [2365, 'const x = 1n + 1;'],
  [2322, "const x: number = 'a';"],
  [2339, '[1].nope();'],
  [2345, "Math.max('a');"],
  [2304, 'nope();'],
  [18048, 'const x: number | undefined = Math.random() > 1 ? 1 : undefined; function f(y?: number) { return y + 1; }'],
  [2532, 'new Map<number, { a: number }>().get(1).a;'],
  [2588, 'const x = 1; x = 2;'],
])('TS%d for %s', (code, source) => {
  const opened = open(`export {};\n${source}`);
  expect(opened.program.getSemanticDiagnostics(opened.entry).map((diagnostic) => diagnostic.code)).toContain(code);
});
