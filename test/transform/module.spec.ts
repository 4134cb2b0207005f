import { expect, test } from 'vitest';
import { emitModule } from '../../compiler/transform/module.js';
import { compiled } from './compilation.js';

const header = `import { xdp, HashMap, StackTraceMap, shared } from 'tsbpf';
interface Key { pid: number; name: string }
interface Entry { count: bigint; on: boolean; inner: { a?: number; pair: [number, string] }; list: number[] }
`;

test('exports programs, maps and shared data', () => {
  const { code, declarations } = emitModule(
    compiled(`${header}
      const closes = new HashMap<Key, Entry>({ maxEntries: 4, pin: '/sys/fs/bpf/x' });
      const stacks = new StackTraceMap({ maxEntries: closes ? 1 : 2 });
      const state = shared<{ packets: bigint }>({ packets: 5n });
      @xdp function count() { return 0; }
    `),
  );
  expect(code).toContain("object: 'AQID'");
  expect(code).toMatch(
    /export const closes = new __HashMap\(\(\{ maxEntries: 4, pin: '\/sys\/fs\/bpf\/x' \}\), __module\.map\('closes'\)\);/,
  );
  expect(code).toContain("export const stacks = new __StackTraceMap({}, __module.map('stacks'));");
  expect(code).toContain("export const state = __shared(({ packets: 5n }), __module.shared('state'));");
  expect(code).toContain("export const count = __module.program('count', { constants: () => ({}) });");
  expect(declarations.split('\n')).toEqual([
    "import { HashMap, Program, StackTraceMap } from 'tsbpf';",
    '',
    'export declare const closes: HashMap<{ pid: number; name: string }, { count: bigint; on: boolean; inner: { a?: number | undefined; pair: [number, string] }; list: Array<number> }>;',
    'export declare const stacks: StackTraceMap;',
    'export declare const state: { packets: bigint };',
    'export declare const count: Program;',
    '',
  ]);
});

test('constants of load time are set by a function', () => {
  const { code, declarations } = emitModule(
    compiled(`${header} const limit = Number(process.argv[2]); @xdp function count() { return limit; }`, {
      count: ['limit'],
    }),
  );
  expect(code).toContain('{ constants: () => ({ limit: __constants.limit }) }');
  expect(declarations).toContain('setConstants(values: { readonly limit?: number | bigint | boolean }): void;');
});
