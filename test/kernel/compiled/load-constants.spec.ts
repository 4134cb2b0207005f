/** Structs, arrays and texts that only the running program knows: read at load, never taken for the zeros of the object. */
import { expect, it } from 'vitest';
import { testRun } from '../../../runtime/test-run.js';
import { describeKernel } from '../../support/kernel.js';
import { runModule } from '../support/module.js';

const TEXT = `
interface Wanted { port: be16; on: boolean; inner: { limit: u32 } }
const now = Date.now() > 0 ? 1 : 0;
const name: CharArray<8> = now > 0 ? 'hello' : 'other';
const list: FixedArray<u16, 3> = [now, now * 2, now * 200];
const wanted: Wanted = { port: now * 8080, on: now === 1, inner: { limit: now * 7 } };

export const isHello = xdp(() => name === 'hello' ? name.length : 0);
export const sum = xdp((ctx) => { let total = 0; for (const x of list) total += x; return total + list[ctx.packet.byteLength & 1]; });
export const fields = xdp(() => wanted.port + (wanted.on ? 1 : 0) + wanted.inner.limit * 100000);
`;

describeKernel('constants known at load', {}, () => {
  it('have their values', async () => {
    const module = await runModule(TEXT);
    const run = (name: string) => testRun(module[name], { packet: new Uint8Array(65) }).value;
    expect([run('isHello'), run('sum'), run('fields')]).toEqual([5, 1 + 2 + 200 + 2, 8081 + 700000]);
  }, 240_000);
});
