import { expect, test } from 'vitest';
import { SourceMap } from 'node:module';
import { transform } from '../../compiler/transform/index.js';
import { compiled } from './compilation.js';

/** A user-space half that ran: its exports, and what it asked of `tsbpf`. */
interface Ran {
  readonly exports: Record<string, any>;
  readonly description: { object: string; url: string; maps: Record<string, () => unknown> } | undefined;
}

/** Runs a transformed module with stand-ins for `tsbpf`, which record what they are given. */
async function run(
  sources: string | Readonly<Record<string, string>>,
  constants: Readonly<Record<string, readonly string[]>> = {},
): Promise<Ran> {
  const { code } = transform(compiled(sources, constants));
  const key = `tsbpf_test_${Math.random().toString(36).slice(2)}`;
  const world: { description?: Ran['description']; [name: string]: unknown } = {};
  (globalThis as any)[key] = world;
  const stand = `const world = globalThis[${JSON.stringify(key)}];`;
  const url = (text: string) => `data:text/javascript,${encodeURIComponent(text).replaceAll("'", '%27')}`;
  const module = url(`${stand} export function createModule(description) {
    world.description = description;
    return { program: (name, options) => ({ program: name, ...options }), map: (name) => ({ map: name }), shared: (name) => ({ shared: name }) };
  }`);
  const runtime = url(`${stand}
    class Holder { constructor(...given) { this.given = given; } }
    export class HashMap extends Holder {} export class ArrayMap extends Holder {} export class StackTraceMap extends Holder {}
    export class SocketFilter extends Holder {} export class IngressFilter extends Holder {}
    export const attach = (handle) => handle;
    export const shared = (...given) => ({ given }); shared.perCpu = (...given) => ({ perCpu: given });`);
  const maps = url(
    "export const __tsbpf_import = 1; export const lent = 'lent'; export { lent as __tsbpf_seen, lent as limit };",
  );
  const linked = code
    .replaceAll(/from (['"])tsbpf\/module\1/g, `from '${module}'`)
    .replaceAll(/from (['"])tsbpf\1/g, `from '${runtime}'`)
    .replaceAll(/from (['"])\.[^'"]*\1/g, `from '${maps}'`)
    .replace(/\/\/# sourceMappingURL.*\n?$/, '');
  const exports = (await import(/* @vite-ignore */ url(linked))) as Record<string, any>;
  delete (globalThis as any)[key];
  return { exports, description: world.description };
}

const header = `import { kprobe, xdp, attach, HashMap, ArrayMap, StackTraceMap, SocketFilter, IngressFilter, shared } from 'tsbpf';
`;
const handle = (name: string) => expect.objectContaining({ program: name });

test('a decorated function is a handle, known before its place', async () => {
  const { exports, description } = await run(`${header}
    export const link = attach(onClose);
    @kprobe('sys_close')
    function onClose(ctx: unknown): number { return 0; }
  `);
  expect(exports.link).toEqual(handle('onClose'));
  expect(Buffer.from(description!.object, 'base64')).toEqual(Buffer.from([1, 2, 3]));
});

test.each([
  ["@kprobe('x') export function f() { return 0; }", 'f', 'f'],
  ["export @kprobe('x') function f() { return 0; }", 'f', 'f'],
  ["@kprobe('x') export default function f() { return 0; }", 'default', 'f'],
  ["@kprobe('x') export default function () { return 0; }", 'default', 'kprobe_x'],
  ["export const f = kprobe('x', () => 0);", 'f', 'f'],
  ["export const f = kprobe('x', () => 0, { name: 'g' });", 'f', 'g'],
  ["class A { @kprobe('x') static f() { return 0; } } export const f = A.f;", 'f', 'f'],
  [
    "class A { @kprobe('x') private static async = 1; @kprobe('x') static f() { return 0; } } export const f = A.f;".replace(
      "@kprobe('x') private static async = 1; ",
      '',
    ),
    'f',
    'f',
  ],
  ["export const f = (() => { return g; @kprobe('x') function g() { return 0; } })();", 'f', 'g'],
  [
    "export function f2() { if (true) { const a = g; @kprobe('x') function g() { return 0; } return a; } } export const f = f2();",
    'f',
    'g',
  ],
])('%s', async (source, exported, name) => {
  const { exports } = await run(header + source);
  expect(exports[exported]).toEqual(handle(name));
});

test('a class gets the handle in place of the function, and keeps its options', async () => {
  const { exports } = await run(`${header}
    export const match = (skb: { len: number }) => skb.len;
    export const filter = new SocketFilter(match, { defaultResult: 1 });
    export const drop = new IngressFilter(
      () => 1,
    );`);
  expect(exports.filter.given).toEqual([handle('match'), { defaultResult: 1 }]);
  expect(exports.drop.given).toEqual([handle('drop')]);
  expect(exports.match({ len: 5 })).toBe(5);
});

test('maps and shared data get their definitions', async () => {
  const { exports, description } = await run(`${header}
    export const closes = new HashMap<string, number>({ maxEntries: 4 });
    export const stacks = new StackTraceMap();
    export const more = new StackTraceMap;
    export const state = shared<{ a: number }>({ a: 1 });
    export const each = shared.perCpu<{ a: number }>({ a: 2 },);
    export class A { static counts = new ArrayMap<number>({ maxEntries: 1 }); }
  `);
  expect(exports.closes.given).toEqual([{ maxEntries: 4 }, { map: 'closes' }]);
  expect(exports.stacks.given).toEqual([undefined, { map: 'stacks' }]);
  expect(exports.more.given).toEqual([undefined, { map: 'more' }]);
  expect(exports.state.given).toEqual([{ a: 1 }, { shared: 'state' }]);
  expect(exports.each.perCpu).toEqual([{ a: 2 }, { shared: 'each' }]);
  expect(exports.A.counts.given).toEqual([{ maxEntries: 1 }, { map: 'counts' }]);
  const { maps } = description!;
  expect(Object.keys(maps).sort()).toEqual(['closes', 'counts', 'each', 'more', 'stacks', 'state']);
  expect(maps['closes']!()).toBe(exports.closes);
  expect(maps['counts']!()).toBe(exports.A.counts);
});

test('a module lends its maps to others', async () => {
  const { exports } = await run(
    `${header} const closes = new HashMap<string, number>({}); class A { static m = new HashMap<string, number>({}); }`,
  );
  expect(exports.__tsbpf_closes.given).toEqual([{}, { map: 'closes' }]);
  expect(exports.__tsbpf_A.m.given).toEqual([{}, { map: 'm' }]);
});

test('maps and constants of other files are imported, though the file does not name them', async () => {
  const { description, exports } = await run({
    'app.ts': `${header} import { helper } from './maps.js'; @xdp export function f() { return helper(); }`,
    'maps.ts': `${header} const seen = new HashMap<string, number>({}); export function helper() { return seen ? 1 : 0; }`,
  });
  expect(description!.maps['seen']!()).toBe('lent');
  expect(exports['f']).toEqual(handle('f'));
});

test('constants are read where the program stands, when the handle asks', async () => {
  const { exports } = await run(
    `${header}
      @kprobe('x') export function f() { return limit; }
      export const early = f;
      const limit = 7;
      export function make(port: number) {
        const limit = 8;
        return new SocketFilter(match);
        function match() { return port + limit; }
      }`,
    { f: ['limit'], match: ['port', 'limit'] },
  );
  expect(exports.f.constants()).toEqual({ limit: 7 });
  expect(exports.make(80).given[0].constants()).toEqual({ port: 80, limit: 8 });
});

test('an imported constant is read from its own module', async () => {
  const { exports } = await run(
    {
      'app.ts': `${header} import { limit as cap } from './limits.js'; @xdp export function f() { return cap; } void cap;`,
      'limits.ts': 'export const limit = Number(process.argv[2]);',
    },
    { f: ['cap'] },
  );
  expect(exports.f.constants()).toEqual({ cap: 'lent' });
});

test('types, enums, using and unused imports of decorators go', async () => {
  const { exports } = await run(`import { xdp } from 'tsbpf';
    enum Color { Red, Green }
    export const closed: string[] = [];
    @xdp function f(): number { return 0; }
    export function main() { using a = { [Symbol.dispose]() { closed.push('a'); } }; void a; return Color[1] as string; }
    export const result = main(); void f;`);
  expect(exports.result).toBe('Green');
  expect(exports.closed).toEqual(['a']);
});

test('a file that has nothing of ours is only stripped', async () => {
  const { exports, description } = await run('export const a: number = 5;');
  expect(exports.a).toBe(5);
  expect(description).toBeUndefined();
  expect(transform(compiled('export const a: number = 5;')).code).not.toContain('__tsbpf');
});

test('a shebang stays first', () => {
  const { code } = transform(compiled(`#!/usr/bin/env tsbpf\n${header}@xdp function f() { return 0; }\nvoid f;`));
  expect(code.startsWith('#!/usr/bin/env tsbpf\n')).toBe(true);
  expect(code).toContain('createModule');
});

test('the source map points at the lines of the TypeScript file', () => {
  const source = `${header}
// a comment
@kprobe('sys_close')
function onClose(ctx: unknown): number {
  const a = 1;

  return a;
}
const filter = new SocketFilter((skb: { len: number }) => {
  return skb.len;
});
throw new Error(String(onClose) + filter);
`;
  const { code, map } = transform(compiled(source));
  expect(map.sources).toEqual(['file:///project/app.ts']);
  expect(map.sourcesContent).toEqual([source]);
  const generated = code.split('\n').findIndex((line) => line.includes('throw new Error'));
  const found = new SourceMap(map as never).findEntry(generated, code.split('\n')[generated]!.indexOf('throw'));
  const wanted = source.split('\n').findIndex((line) => line.includes('throw new Error'));
  expect((found as { originalLine: number }).originalLine).toBe(wanted);
});
