import path from 'node:path';
import { expect, test } from 'vitest';
import { memoryHost } from '../../compiler/host.js';
import { compile } from '../../compiler/index.js';
import { codes, find, names, pointed } from '../open/sources.js';

const one = (text: string) => find(text).discovery.programs[0]!;

test('a decorated function is a program named like the function', () => {
  const { discovery, diagnostics } = find(`
    import { kprobe } from 'tsbpf';
    @kprobe('sys_close')
    function onClose(): number { return 0; }
  `);
  expect(codes(diagnostics)).toEqual([]);
  const [program] = discovery.programs;
  expect(program).toMatchObject({ kind: 'kprobe', form: 'decorator', name: 'onClose', options: undefined });
  expect(program!.targets.map((target) => target.getText())).toEqual(["'sys_close'"]);
  expect(program!.function.getText()).toContain('function onClose');
});

test.each([
  ['@socketFilter', 'socketFilter', 0],
  ["@kretprobe('x')", 'kretprobe', 1],
  ["@uprobe('/usr/bin/bash', 'readline')", 'uprobe', 2],
  ["@uretprobe('/usr/bin/bash', 'readline')", 'uretprobe', 2],
  ["@tracepoint('syscalls:sys_enter_openat')", 'tracepoint', 1],
  ["@rawTracepoint('sched_switch')", 'rawTracepoint', 1],
  ["@tc('ingress')", 'tc', 1],
  ['@tcAction', 'tcAction', 0],
  ['@xdp', 'xdp', 0],
  ['@xdp()', 'xdp', 0],
])('%s makes a %s', (decorator, kind, targets) => {
  const program = one(`import * as all from 'tsbpf';
    import { socketFilter, kretprobe, uprobe, uretprobe, tracepoint, rawTracepoint, tc, tcAction, xdp } from 'tsbpf';
    ${decorator} function f() { return 0; }`);
  expect(program.kind).toBe(kind);
  expect(program.targets).toHaveLength(targets);
});

test.each([
  ["@tc('ingress', { defaultResult: 2 })", '{ defaultResult: 2 }'],
  ['@xdp({ minimumPacketSize: 34 })', '{ minimumPacketSize: 34 }'],
])('options come last in %s', (decorator, options) => {
  const program = one(`import { tc, xdp } from 'tsbpf'; ${decorator} function f() { return 0; }`);
  expect(program.options!.getText()).toBe(options);
});

test.each([
  ["import { kprobe as probe } from 'tsbpf'; @probe('x') function f() { return 0; }"],
  ["import * as t from 'tsbpf'; @t.kprobe('x') function f() { return 0; }"],
  ["import { kprobe } from 'tsbpf'; export @kprobe('x') function f() { return 0; }"],
  ["import { kprobe } from 'tsbpf'; @kprobe('x') export function f() { return 0; }"],
  ["import { kprobe } from 'tsbpf'; @kprobe('x') export default function f() { return 0; }"],
  ["import { kprobe } from 'tsbpf'; function main() { if (true) { @kprobe('x') function f() { return 0; } } }"],
  ["import { kprobe } from 'tsbpf'; class Probes { @kprobe('x') static f() { return 0; } }"],
  ["import { kprobe } from 'tsbpf'; export const f = kprobe('x', () => 0);"],
  ["import * as t from 'tsbpf'; const f = t.kprobe('x', function () { return 0; });"],
  ["import { kprobe } from 'tsbpf'; class Probes { static f = kprobe('x', () => 0); }"],
  ["import { kprobe } from 'tsbpf'; const probes = { f: kprobe('x', () => 0) };"],
  ["import { kprobe, attach } from 'tsbpf'; function f() { return 0; } attach(kprobe('x', f));"],
  ["import { kprobe } from 'tsbpf'; const p = kprobe('x', () => 0, { name: 'f' });"],
  ["import { kprobe } from 'tsbpf'; @kprobe('x', { name: 'f' }) function g() { return 0; }"],
])('is a kprobe named f: %s', (source) => {
  const { discovery, diagnostics } = find(source);
  expect(codes(diagnostics)).toEqual([]);
  expect(discovery.programs).toHaveLength(1);
  expect(discovery.programs[0]).toMatchObject({ kind: 'kprobe', name: 'f' });
});

test('a re-exported decorator is ours', () => {
  const { discovery } = find({
    'app.ts': "import { kprobe } from './ours.js'; @kprobe('x') function f() { return 0; }",
    'ours.ts': "export { kprobe } from 'tsbpf';",
  });
  expect(names(discovery.programs)).toEqual(['f']);
});

test('the same name from another module is not ours', () => {
  const { discovery, diagnostics } = find(
    "import { kprobe } from 'other'; class A { @kprobe('x') static f() { return 0; } } kprobe('x', () => 0);",
  );
  expect(discovery.programs).toEqual([]);
  expect(codes(diagnostics)).toEqual([]);
});

test('a local function of the same name is not ours', () => {
  const { discovery } = find(
    "import { xdp } from 'tsbpf'; void xdp; function f() { const kprobe = (...a: any[]) => a; kprobe('x', () => 0); }",
  );
  expect(discovery.programs).toEqual([]);
});

test.each([
  ['SocketFilter', 'socketFilter'],
  ['IngressFilter', 'ingressFilter'],
  ['EgressFilter', 'egressFilter'],
])('new %s makes a program of a named function', (name, kind) => {
  const program = one(`import { ${name} } from 'tsbpf'; const match = () => 1; const x = new ${name}(match);`);
  expect(program).toMatchObject({ kind, form: 'class', name: 'match', targets: [] });
  expect(program.site.getText()).toBe(`new ${name}(match)`);
});

test('a function written in the class creation takes the name of the constant', () => {
  expect(one("import { SocketFilter } from 'tsbpf'; const drop = new SocketFilter(() => 0);").name).toBe('drop');
});

test('a class given a program makes no second one', () => {
  const { discovery, diagnostics } = find(`
    import { SocketFilter, socketFilter } from 'tsbpf';
    @socketFilter function a() { return 0; }
    const b = socketFilter(() => 0);
    new SocketFilter(a); new SocketFilter(b); new SocketFilter(socketFilter(() => 1));
  `);
  expect(codes(diagnostics)).toEqual([]);
  expect(discovery.programs.map(({ form, name }) => [form, name])).toEqual([
    ['decorator', 'a'],
    ['call', 'b'],
    ['call', 'socketFilter'],
  ]);
});

test('a class leaves a value alone that is a program only at run time', () => {
  const { discovery, diagnostics } = find(`
    import { SocketFilter } from 'tsbpf';
    export function wrap(program: { fd: number }) { return new SocketFilter(program); }
  `);
  expect(discovery.programs).toEqual([]);
  expect(codes(diagnostics)).toEqual([]);
});

test('a class takes functions of other files and static methods', () => {
  const { discovery } = find({
    'app.ts': `import { SocketFilter } from 'tsbpf'; import { match as m } from './match';
      class Filters { static drop() { return 0; } }
      new SocketFilter(m); new SocketFilter(Filters.drop);`,
    'match.ts': 'export const match = () => 1;',
  });
  expect(names(discovery.programs)).toEqual(['match', 'drop']);
});

test('names are unique and C identifiers', () => {
  const { discovery } = find(`
    import { kprobe, HashMap, attach } from 'tsbpf';
    const count = new HashMap<number, number>({ maxEntries: 1 });
    { @kprobe('a') function count() { return 0; } }
    { @kprobe('b') function count() { return 0; } }
    const $x = kprobe('c', () => 0);
    attach(kprobe('sys_close', () => 0));
    attach(kprobe('tcp.cold', () => 0));
    void count;
  `);
  expect(names(discovery.maps.values())).toEqual(['count']);
  expect(names(discovery.programs)).toEqual(['count_2', 'count_3', '_x', 'kprobe_sys_close', 'kprobe_tcp_cold']);
});

test('a name option is kept though an earlier function has it', () => {
  const { discovery } = find(
    "import { xdp } from 'tsbpf'; @xdp function f() { return 1; } xdp(() => 2, { name: 'f' });",
  );
  expect(names(discovery.programs)).toEqual(['f_2', 'f']);
});

test.each([
  ['TSBPF1100', '@krobe', "@krobe('x') function f() { return 0; }", 'krobe'],
  ['TSBPF1123', 'not imported', "@uprobe('x', 'y') function f() { return 0; }", 'uprobe'],
  ['TSBPF1101', 'class', '@xdp class A {}', '@xdp'],
  ['TSBPF1101', 'const', '@xdp const f = () => 0;', '@xdp'],
  ['TSBPF1101', 'property', 'class A { @xdp static f = () => 0; }', '@xdp'],
  ['TSBPF1102', 'method', 'class A { @xdp f() { return 0; } }', '@xdp'],
  ['TSBPF1103', 'missing symbol', '@kprobe function f() { return 0; }', '@kprobe'],
  ['TSBPF1103', 'empty call', '@kprobe() function f() { return 0; }', '@kprobe()'],
  ['TSBPF1103', 'too many', "@kprobe('a', {}, 1) function f() { return 0; }", "@kprobe('a', {}, 1)"],
  ['TSBPF1103', 'call without function', "kprobe('a');", 'kprobe'],
  ['TSBPF1103', 'class without function', 'new SocketFilter();', 'new SocketFilter()'],
  ['TSBPF1104', 'parameter', "function g(f: () => number) { kprobe('a', f); }", 'f'],
  ['TSBPF1104', 'let', "let f = () => 0; kprobe('a', f); f = () => 1;", 'f'],
  ['TSBPF1104', 'class of a parameter', 'function g(f: () => number) { new SocketFilter(f); }', 'f'],
  ['TSBPF1105', 'declared', '@xdp declare function f(): number;', '@xdp'],
  ['TSBPF1106', 'async', '@xdp async function f() { return 0; }', '@xdp'],
  ['TSBPF1106', 'generator', '@xdp function* f() { yield 0; }', '@xdp'],
  ['TSBPF1107', 'two decorators', '@xdp @socketFilter function f() { return 0; }', '@socketFilter'],
  ['TSBPF1107', 'decorator and call', "@xdp function f() { return 0; } kprobe('a', f);", 'f'],
  ['TSBPF1108', 'same option', "xdp(() => 0, { name: 'a' }); xdp(() => 1, { name: 'a' });", "'a'"],
  ['TSBPF1109', 'bad option', "xdp(() => 0, { name: 'a-b' });", "'a-b'"],
  ['TSBPF1117', 'nested', '@xdp function f() { xdp(() => 0); return 0; }', 'xdp(() => 0)'],
  ['TSBPF1120', 'spread', "const a = ['x']; kprobe(...a, () => 0);", '...a'],
])('%s: %s', (code, _, source, place) => {
  const { diagnostics } = find(`import { kprobe, xdp, socketFilter, SocketFilter } from 'tsbpf';\n${source}`);
  expect(codes(diagnostics)).toEqual([code]);
  expect(pointed(diagnostics[0]!)).toBe(place);
  expect(diagnostics[0]!.hint).toBeTruthy();
});

test('an unknown decorator names the near one', () => {
  const { diagnostics } = find("import { xdp } from 'tsbpf'; void xdp; @krobe('x') function f() { return 0; }");
  expect(diagnostics[0]!.hint).toContain("'@kprobe'");
});

test.each([
  ["@kprobe('x') function f(skb: SkBuff) { return 0; }", 'TSBPF1119', 'skb: SkBuff'],
  ['@xdp function f(ctx: PtRegs) { return 0; }', 'TSBPF1119', 'ctx: PtRegs'],
  ['@socketFilter function f(n: string) { return 0; }', 'TSBPF1119', 'n: string'],
  ['@xdp function f(ctx: XdpContext, n: number) { return 0; }', 'TSBPF1121', 'n: number'],
  ["@tracepoint('a:b') function f(ctx: { pid: number }, n: number) { return 0; }", 'TSBPF1121', 'n: number'],
])('%s does not fit', (source, code, place) => {
  const { diagnostics } = find(`import { kprobe, xdp, socketFilter, tracepoint } from 'tsbpf';
    import type { SkBuff, PtRegs, XdpContext } from 'tsbpf';\n${source}`);
  expect(codes(diagnostics)).toEqual([code]);
  expect(pointed(diagnostics[0]!)).toBe(place);
});

test.each([
  "@kprobe('x') function f(ctx: PtRegs, fd: number) { return 0; }",
  '@xdp function f(ctx: XdpContext) { return 0; }',
  '@xdp function f(ctx: any) { return 0; }',
  "@tc('egress') function f(skb: { readonly len: number }) { return 0; }",
  "@tracepoint('a:b') function f(ctx: { pid: number }) { return 0; }",
  "@rawTracepoint('a') function f(ctx: RawArgs) { return 0; }",
  "@rawTracepoint('a') function f(ctx: RawArgs<2>) { return 0; }",
])('%s fits', (source) => {
  const { diagnostics } = find(`import { kprobe, rawTracepoint, xdp, tc, tracepoint } from 'tsbpf';
    import type { PtRegs, RawArgs, XdpContext } from 'tsbpf';\n${source}`);
  expect(codes(diagnostics)).toEqual([]);
});

test('a name that tsbpf does not export is reported with near names', () => {
  const { diagnostics } = find(
    "import { HashMapp, type SkBuf } from 'tsbpf'; export const m = new HashMapp<number, number>({});",
  );
  expect(codes(diagnostics)).toEqual(['TSBPF1118', 'TSBPF1118']);
  expect(diagnostics.map(({ hint }) => hint)).toEqual([
    expect.stringContaining("'HashMap'"),
    expect.stringContaining("'SkBuff'"),
  ]);
});

test('programs, maps and load-time constants are never called like a section, which LLVM would refuse', async () => {
  const file = path.resolve('names.program.ts');
  const text = `import * as t from 'tsbpf';
    import type { u32 } from 'tsbpf';
    const license = new t.HashMap<u32, u32>({ maxEntries: 1 });
    const socket = Number(process.argv[2]);
    const action = new t.HashMap<u32, u32>({ maxEntries: 1 });
    export const tc = t.socketFilter(() => (license.has(1) && action.has(1) ? socket : 0));
    export const xdp = t.xdp(() => 2);`;
  const compilation = await compile(file, {}, memoryHost({ [file]: text }, path.dirname(file)));
  expect(compilation.object()).toBeDefined();
  expect(compilation.diagnostics).toEqual([]);
  expect(compilation.programs.map(({ name }) => name)).toEqual(['tc', 'xdp_2']);
  expect(compilation.programs[0]!.maps.map(({ name }) => name)).toEqual(['license_2', 'action']);
  expect(compilation.programs[0]!.constants.map(({ name }) => name)).toEqual(['socket_2']);
});
