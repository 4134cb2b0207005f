/**
 * What XDP programs keep and count: numbers of every kind, bit fields, byte orders, fixed point, global variables, each
 * CPU's own, dictionaries with flags, and all that found again by pins.
 */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openMaps, pinMaps } from '../../../runtime/maps/pin.js';
import { testRun } from '../../../runtime/test-run.js';
import { describeKernel } from '../../support/kernel.js';
import { runModule, type Exports } from '../support/module.js';

const TEXT = `
interface Numbers { a: i8; b: u16; c: i32; d: u64; e: be32; low: Bits<3, u8>; high: Bits<5, u8> }
const numbers = new ArrayMap<Numbers>({ maxEntries: 2 });
const counts = new HashMap<u32, u64>({ maxEntries: 2 });
const recent = new LruHashMap<u32, u64>({ maxEntries: 4 });
const state = shared<{ packets: u64; negative: i32; ratio: fixed; limit: u32 }>({ packets: 0n, negative: -5, ratio: 1.5, limit: 3 });
const own = shared.perCpu<{ bytes: u64 }>({ bytes: 0n });

const half = (value: fixed): fixed => value / 2;

const keep = xdp((ctx) => {
  state.packets += 1n;
  state.negative -= 7;
  own.bytes += BigInt(ctx.packet.byteLength);
  const entry = numbers.get(0);
  if (!entry) return XDP.ABORTED;
  entry.a = -1;
  entry.b += 0xffff;
  entry.c = entry.a * 100000;
  entry.d = 0x123456789abcdef0n;
  entry.e = 0x01020304;
  entry.low = ctx.packet.getUint8(0);
  entry.high = ctx.packet.getUint8(0);
  state.ratio = half(state.ratio) + fixed(ctx.packet.getUint8(1)) / 3;
  if (state.packets > BigInt(state.limit)) return XDP.DROP;
  return Math.trunc(state.ratio) & 1 ? XDP.TX : XDP.PASS;
}, { minimumPacketSize: 20, defaultResult: XDP.ABORTED });

/** Whether the second of two writes came through, by the flags that each has. */
const flags = xdp((ctx) => {
  const key = ctx.packet.getUint8(0);
  counts.set(key, 1n, 'noexist');
  counts.set(key, 2n, 'noexist');
  const first = counts.get(key) === 1n ? 1 : 0;
  counts.set(key, 3n, 'exist');
  const second = counts.get(key) === 3n ? 2 : 0;
  counts.delete(key);
  counts.set(key, 4n, 'exist');
  const third = counts.has(key) ? 0 : 4;
  recent.set(key, 5n);
  return first + second + third;
});
export { numbers, counts, recent, state, own, keep, flags };
`;

describeKernel('the state of XDP programs', { since: '5.9' }, () => {
  let module: Exports;
  beforeAll(async () => {
    module = await runModule(TEXT);
  }, 240_000);
  afterAll(() => {
    for (const item of Object.values(module ?? {})) item.close?.();
  });

  const packetOf = (...first: number[]) => Uint8Array.from({ length: 60 }, (_, index) => first[index] ?? 0);

  it('is kept in global variables, each CPU’s own, and structs of numbers', () => {
    // 1.5 / 2 + 10 / 3, then the half of that and 1 / 3; results of fixed point are cut at five decimals.
    expect(testRun(module.keep, { packet: packetOf(0xfd, 10) }).value).toBe(2);
    expect(module.state.ratio).toBeCloseTo(4.08333, 5);
    expect(testRun(module.keep, { packet: packetOf(0xfd, 1) }).value).toBe(2);
    expect(module.state.ratio).toBeCloseTo(2.37499, 5);
    expect(testRun(module.keep, { packet: packetOf(0xfd, 3) }).value).toBe(2);
    expect(testRun(module.keep, { packet: packetOf(0xfd, 3) }).value).toBe(1);
    expect([module.state.packets, module.state.negative]).toEqual([4n, -33]);
    expect(module.numbers.get(0)).toEqual({
      ...{ a: -1, b: 0xfffc, c: -100000, d: 0x123456789abcdef0n, e: 0x01020304 },
      ...{ low: 5, high: 0x1d },
    });
    module.state.limit = 100;
    expect(testRun(module.keep, { packet: packetOf(0, 3) }).value).toBe(2);
    expect(testRun(module.keep, { packet: packetOf().slice(0, 19) }).value).toBe(0);
  });

  it('is written with flags', () => {
    expect(testRun(module.flags, { packet: packetOf(9) }).value).toBe(7);
    expect(module.recent.get(9)).toBe(5n);
    expect(() => module.counts.set(1, 1n, 'exist')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    module.counts.set(1, 1n, 'noexist');
    expect(() => module.counts.set(1, 2n, 'noexist')).toThrow(expect.objectContaining({ code: 'EEXIST' }));
  });

  it('is found again by its pins', () => {
    const folder = `/sys/fs/bpf/tsbpf-state-${process.pid}`;
    try {
      pinMaps({ numbers: module.numbers, counts: module.counts }, folder);
      using opened = openMaps(folder);
      opened.maps['counts']!.set(77, 78n);
      expect(module.counts.get(77)).toBe(78n);
      expect(opened.maps['numbers']!.get(0)).toEqual(module.numbers.get(0));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
