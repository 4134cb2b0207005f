/** Functions of the object beside its programs: the kernel takes them, shows their names, and knows their lines. */
import { expect, it } from 'vitest';
import { checkObject, formatObject } from '../../compiler/object/index.js';
import { loadObject, testRun } from '../../runtime/index.js';
import { describeKernel } from '../support/kernel.js';
import { compileText } from './support/module.js';

const rounds = Array.from({ length: 40 }, (_, i) => `  x = ((x ^ (x >>> ${(i % 13) + 1})) * ${i * 90 + 7}) >>> 0;`);
const prelude = `
interface Words { at: FixedArray<u64, 40> }
interface Entry { hits: u64; name: CharArray<16> }
const entries = new HashMap<u32, Entry>({ maxEntries: 16 });
const result = new ArrayMap<u64>({ maxEntries: 4 });
function scramble(seed: u32): u32 {
  let x = seed;
${rounds.join('\n')}
  return x;
}
function touch(entry: Entry | undefined, seed: u32): u64 {
  if (!entry) throw new Error('no entry');
  let x = seed;
${rounds.join('\n')}
  entry.hits += u64(x);
  return entry.hits;
}
`;

async function load(body: string) {
  const text = `${prelude}@xdp function program(ctx: XdpContext): number {\n${body}\n}\n`;
  const object = (await compileText(text)).object()!;
  return { object, loaded: loadObject(object) };
}

/** What `scramble` gives, and `touch` adds. */
function scrambled(seed: number): bigint {
  let x = BigInt(seed);
  for (let i = 0; i < 40; i++) x = BigInt.asUintN(32, (x ^ (x >> BigInt((i % 13) + 1))) * BigInt(i * 90 + 7));
  return x;
}

const run = ({ loaded }: Awaited<ReturnType<typeof load>>) =>
  testRun(loaded.programs.program!, { packet: new Uint8Array(64) }).value;

describeKernel('functions of the object', {}, () => {
  it('are called, and dumped with their lines', async () => {
    const made = await load(`
      const length = ctx.packet.byteLength;
      result.set(0, u64(scramble(length)));
      result.set(1, u64(scramble(length + 1)));
      return 1;`);
    using _loaded = made.loaded;
    const spec = checkObject(made.object);
    expect(spec.functions.map(({ name }) => name)).toEqual(['scramble']);
    expect(formatObject(made.object)).toMatch(/function scramble \(section \.text, [0-9]+ instructions\)\n; .*:\d+ /);
    expect(formatObject(made.object).match(/call .* <scramble>/g)).toHaveLength(2);
    expect(run(made)).toBe(1);
    const [first, second] = [...made.loaded.maps.result!.values()];
    expect([first, second]).toEqual([scrambled(64), scrambled(65)]);
  });

  it('take entries of maps, and end the program where they throw', async () => {
    const made = await load(`
      const seed = ctx.packet.byteLength;
      entries.set(7, { hits: 41n, name: 'seven' });
      result.set(0, touch(entries.get(7), seed));
      result.set(1, touch(entries.get(8), seed));
      result.set(2, 5n);
      return 1;`);
    using _loaded = made.loaded;
    expect(checkObject(made.object).functions.map(({ name }) => name)).toEqual(['touch']);
    expect(run(made)).toBe(2);
    expect([...made.loaded.maps.result!.values()]).toEqual([41n + scrambled(64), 0n, 0n, 0n]);
  });
});

describeKernel('functions of the object that need much stack', { since: '5.17' }, () => {
  it('have their variables moved to maps, where they fit alone and not together', async () => {
    const made = await load(`
      const first: Words = { at: [] as never };
      first.at[ctx.packet.getUint8(0) & 31] = 5n;
      let total: u64 = 0n;
      bpf.loop(4, (i) => {
        const second: Words = { at: [] as never };
        second.at[(i + ctx.packet.getUint8(1)) & 31] = 7n;
        for (const word of second.at) total += word;
      });
      for (const word of first.at) total += word;
      result.set(0, total);
      return 1;`);
    using _loaded = made.loaded;
    expect(checkObject(made.object).maps.some(({ name }) => name.endsWith('_scratch'))).toBe(true);
    expect(run(made)).toBe(1);
    expect([...made.loaded.maps.result!.values()]).toEqual([33n, 0n, 0n, 0n]);
  });
});
