/** Maps, shared data and functions that a class or a namespace holds. */
import { beforeAll, expect, it } from 'vitest';
import { testRun } from '../../../runtime/test-run.js';
import { describeKernel } from '../../support/kernel.js';
import { runModule, type Exports } from '../support/module.js';

const TEXT = `
export class App {
  static readonly table = new HashMap<u32, u32>({ maxEntries: 4 });
  static readonly state = shared<{ runs: u64 }>({ runs: 10n });
  static readonly limit = 5;
  @xdp static store(ctx: XdpContext): number {
    App.table.set(1, App.limit);
    App.table[2] += 3;
    App.state.runs += 1n;
    return App.twice(App.table.get(1) ?? 0);
  }
  static twice(x: number): number { return x * 2; }
}
namespace Sums {
  export const start = 4;
  export function add(x: number): number { return x + start; }
}
export const sum = xdp((ctx) => Sums.add(ctx.packet.byteLength) + Number(App.state.runs));
`;

const STAR = `
import * as all from 'tsbpf';
const seen = new all.HashMap<u32, u32>({ maxEntries: 1 });
export const swapped = all.xdp((ctx) => {
  seen.set(1, all.u8(-1));
  return all.bpf.ktimeGetNs() > 0n ? all.htons(ctx.packet.byteLength) + (seen.get(1) ?? 0) : all.XDP.PASS;
});
`;

describeKernel('members of classes and namespaces', {}, () => {
  let module: Exports;
  beforeAll(async () => {
    module = await runModule(TEXT);
  }, 240_000);

  it('are found in tsbpf as a whole', async () => {
    const { value } = testRun((await runModule(STAR))['swapped'], { packet: new Uint8Array(64) });
    expect(value).toBe(0x4000 + 0xff);
  });

  it('are what they are outside of them', () => {
    const packet = new Uint8Array(64);
    expect(testRun(module['App'].store, { packet }).value).toBe(10);
    expect([...module['App'].table].sort()).toEqual([
      [1, 5],
      [2, 3],
    ]);
    expect(module['App'].state.runs).toBe(11n);
    expect(testRun(module['sum'], { packet }).value).toBe(64 + 4 + 11);
  });
});
