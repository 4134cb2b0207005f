/** Functions of both halves: what user space calls agrees with the kernel about annotated integers. */
import { SourceMap } from 'node:module';
import { expect, test } from 'vitest';
import * as types from '../../runtime/types.js';
import { transform } from '../../compiler/transform/index.js';
import { functionsElsewhere } from '../../compiler/transform/annotated.js';
import { compiled } from './compilation.js';

const imports = `import { socketFilter } from 'tsbpf';
import type { be16, fixed, i8, i32, u8, u16, u32, u64, SkBuff } from 'tsbpf';
`;
const program = (call: string) => `@socketFilter function keep(skb: SkBuff): number { return Number(${call}); }`;

/** The transformed function `f`, which a program reaches. */
function shared(source: string, call = 'f(skb.len)'): (...given: any[]) => any {
  const { code } = transform(compiled(`${imports}${source}\n${program(call)}`));
  return load(code);
}

function load(code: string): (...given: any[]) => any {
  const imported = /import \{ ([^}]*) \} from 'tsbpf';/.exec(code);
  const names = imported ? imported[1]!.replaceAll(' as ', ': ') : '';
  const body = code.replaceAll(/^import .*?(const __tsbpf = .*? \}\) \}\); |$)/gms, '');
  const own = body.slice(body.search(/(export )?(const|function|enum) (?!__tsbpf|keep)/)).replaceAll('export ', '');
  return new Function('types', `const { ${names} } = types; ${own.replace(/\/\/# source.*/, '')}\nreturn f;`)(types);
}

test.each<[string, unknown[], unknown]>([
  ['function f(x: u8) { return x; }', [300], 44],
  ['function f(x: i8) { return x; }', [200], -56],
  ['function f(x: u16) { return x; }', [-1], 0xffff],
  ['function f(x: u64) { return x; }', [-1n], 2n ** 64n - 1n],
  ['function f(x: be16) { return x; }', [0x1_0050], 0x50],
  ['function f(x: fixed) { return x; }', [1.123456789], 1.12345],
  ['function f(x: number): u8 { return x * 2; }', [200], 144],
  ['const f = (x: number): u8 => x * 2;', [200], 144],
  ['const f = (x: u8): i8 => x;', [511], -1],
  ['const f = function (x: number): u32 { if (x > 5) return x * 2 ** 31; return -x; };', [6], 0],
  ['function f(x: number) { const low: u8 = x; return low; }', [300], 44],
  ['function f(x: number) { let low: u8 = 0; low = x; return low; }', [300], 44],
  ['function f(x: number) { let low: u8 = 0; return (low = x) + low; }', [300], 88],
  ['function f(x: number) { let low: u8 = 0; low += x; low -= 1; return low; }', [256], 255],
  ['function f(x: number) { let low: u8 = x; low++; return low; }', [255], 0],
  ['function f(x: number) { let low: u8 = x; const before = low++; return before - low; }', [255], 255],
  ['function f(x: number): u8 { let wide: u16 = x; return wide++; }', [0xffff], 255],
  [
    'function f(x: number) { let low: u8 = 0; for (low = 250; low > x; low++) if (low === 255) x++; return x; }',
    [4],
    5,
  ],
  [
    'function f(x: number) { let low: u8 = 0, high: u8 = 0; [low, high] = [x, x >> 8]; return [low, high]; }',
    [0x1234],
    [0x34, 0x12],
  ],
  ['function f(x: u8) { x += 250; return x; }', [10], 4],
  ['function f(x?: u8) { return x === undefined ? -1 : x; }', [], -1],
  ['function f(x: u8 = 7) { return x; }', [], 7],
  ['type Port = u16; function f(x: Port) { return x; }', [65536 + 80], 80],
  ['function f(x: number) { const inner = (y: u8): number => y; return inner(x); }', [300], 44],
  ['function f(x: number) { return x + 0.5; }', [300], 300.5],
  ['function f(x: boolean) { return x; }', [true], true],
])('%s (%#)', (source, given, expected) => {
  expect(shared(source)(...given)).toEqual(expected);
});

test('a statement without a semicolon before it stays a statement', () => {
  const f = shared('function f(x: number) {\n  let low: u8 = x\n  low += 1\n  low++\n  return low\n}');
  expect(f(254)).toBe(0);
});

test('functions that no program reaches mean what TypeScript says', () => {
  expect(shared('function f(x: u8) { return x; }', 'skb.len')(300)).toBe(300);
});

test('a type of the same name is not ours', () => {
  const { code } = transform(
    compiled(`import { socketFilter } from 'tsbpf'; import type { SkBuff } from 'tsbpf';
      type u8 = number; function f(x: u8) { return x; }\n${program('f(skb.len)')}`),
  );
  expect(code).not.toContain('__tsbpf_u8');
});

test('a function of another file is found there', () => {
  const lib = `${imports}export const one = 1;\nexport function f(x: u8) { return x; }\nexport function g(x: u8) { return x; }\n`;
  const app = `import { f } from './lib.js';\n${imports}${program('f(skb.len)')}`;
  const elsewhere = functionsElsewhere(compiled({ 'app.ts': app, 'lib.ts': lib }).discovery!);
  expect(elsewhere).toEqual({ '/project/lib.ts': [lib.indexOf('export function f')] });
  const { code } = transform(compiled(lib), elsewhere['/project/lib.ts']);
  expect(load(code)(300)).toBe(44);
  expect(code).toMatch(/function g\(x\) \{ return x; \}/);
});

test('lines stay where they were', () => {
  const source = `${imports}function f(x: u8): u8 {
  let low: u16 = x;
  low++;
  throw new Error(String(low));
}
${program('f(skb.len)')}`;
  const { code, map } = transform(compiled(source));
  const lines = code.split('\n');
  const generated = lines.findIndex((line) => line.includes('throw new Error'));
  const found = new SourceMap(map as never).findEntry(generated, lines[generated]!.indexOf('throw'));
  expect((found as { originalLine: number }).originalLine).toBe(
    source.slice(0, source.indexOf('throw')).split('\n').length - 1,
  );
});
