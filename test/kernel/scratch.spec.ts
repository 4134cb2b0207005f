/** What does not fit in the stack is in a map that the compiler makes: of each function its own, callbacks included. */
import { expect, it } from 'vitest';
import { loadObject, testRun } from '../../runtime/index.js';
import { describeKernel } from '../support/kernel.js';
import { compileText } from './support/module.js';

const prelude = `
interface Words { at: FixedArray<u64, 100> }
const result = new ArrayMap<u64>({ maxEntries: 4 });
const copies = new HashMap<u32, Words>({ maxEntries: 4 });
`;

async function load(text: string) {
  return loadObject((await compileText(`${prelude}${text}`)).object()!);
}

function results(object: Awaited<ReturnType<typeof load>>, name: string) {
  const { value } = testRun(object.programs[name]!, { packet: new Uint8Array(64) });
  return { value, results: [...object.maps.result!.values()] };
}

describeKernel('variables that do not fit in the stack', {}, () => {
  it('have a map of the name of each program', async () => {
    using object = await load(`
@xdp function first(ctx: XdpContext): number {
  const all: Words = { at: [] as never };
  all.at[ctx.packet.getUint8(0) + 1] = 7n;
  copies.set(1, all);
  return 1;
}
@xdp function second(ctx: XdpContext): number {
  const all: Words = { at: [] as never };
  all.at[ctx.packet.getUint8(0) + 2] = 8n;
  copies.set(2, all);
  return 1;
}
`);
    expect(Object.keys(object.maps).filter((name) => name.endsWith('_scratch'))).toEqual([
      'first_scratch',
      'second_scratch',
    ]);
    results(object, 'first');
    results(object, 'second');
    const words = (index: number, value: bigint) => Array.from({ length: 100 }, (_, i) => (i === index ? value : 0n));
    expect(object.maps.copies!.get(1)).toEqual({ at: words(1, 7n) });
    expect(object.maps.copies!.get(2)).toEqual({ at: words(2, 8n) });
  });
});

describeKernel('variables of callbacks that do not fit in the stack', { since: '5.17' }, () => {
  it('begin anew at each call', async () => {
    using object = await load(`
@xdp function program(ctx: XdpContext): number {
  const offset = ctx.packet.getUint8(0);
  let total: u64 = 0n;
  bpf.loop(10, (i) => {
    const all: Words = { at: [] as never };
    all.at[(i + offset) % 100] += 3n;
    for (const word of all.at) total += word;
  });
  result.set(0, total);
  return 1;
}
`);
    expect(results(object, 'program')).toEqual({ value: 1, results: [30n, 0n, 0n, 0n] });
  });
});
