/** Maps of maps: programs look inner maps up, user space makes them and puts them in. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BpfMap } from '../../../runtime/maps/map.js';
import { testRun } from '../../../runtime/test-run.js';
import { describeKernel } from '../../support/kernel.js';
import { readMapInfo } from '../../../runtime/maps/info.js';
import { runModule, type Exports } from '../support/module.js';

const TEXT = `
interface Stats { packets: u64; bytes: u32 }

const users = new HashOfMaps<u32, HashMap<u32, u64>>({ maxEntries: 8, inner: { maxEntries: 4 } });
const tables = new ArrayOfMaps<ArrayMap<Stats>>({ maxEntries: 3, inner: { maxEntries: 2 } });
const queues = new ArrayOfMaps<Queue<u32>>({ maxEntries: 2, inner: { maxEntries: 4 } });

/** The first word says which user, the second which counter. */
@xdp({ minimumPacketSize: 14 })
function count(ctx: XdpContext): number {
  const counters = users.get(ctx.packet.getUint32(0));
  if (!counters) return users.has(ctx.packet.getUint32(0)) ? 98 : 99;
  const key = ctx.packet.getUint32(4);
  counters[key] += 1n;
  counters.increment(key, 2n);
  if (counters.has(1000)) counters.delete(1000);
  const seen = counters.get(key);
  if (seen === undefined) return 97;
  counters.set(77, seen * 2n);
  return Number(seen);
}

@xdp({ minimumPacketSize: 14 })
function measure(ctx: XdpContext): number {
  const stats = tables.get(ctx.packet.getUint32(0))?.get(1);
  if (!stats) return 99;
  stats.packets += 1n;
  stats.bytes += ctx.packet.byteLength;
  return Number(stats.packets);
}

/** The inner map goes through a function, and a variable that changes. */
@xdp({ minimumPacketSize: 14 })
function either(ctx: XdpContext): number {
  let chosen = users.get(1);
  if (!chosen) chosen = users.get(2);
  if (!chosen) return 99;
  return read(chosen, ctx.packet.getUint32(0));
}
function read(map: HashMap<u32, u64>, key: number): number {
  return Number(map.get(key) ?? 55n);
}

@xdp({ minimumPacketSize: 14 })
function enqueue(ctx: XdpContext): number {
  const queue = queues.get(1);
  return queue?.push(ctx.packet.getUint32(0)) ? 1 : 0;
}

export { users, tables, queues, count, measure, either, enqueue };
`;

describeKernel('maps of maps', { since: '5.10' }, () => {
  let module: Exports;

  beforeAll(async () => {
    module = await runModule(TEXT);
  });
  afterAll(() => {
    for (const item of Object.values(module ?? {})) if (typeof item.close === 'function') item.close();
  });

  function run(name: string, first = 0, second = 0): number {
    const packet = Buffer.alloc(64);
    packet.writeUInt32BE(first, 0);
    packet.writeUInt32BE(second, 4);
    return testRun(module[name], { packet }).value;
  }

  it('gives a program undefined where no map is, and the map that user space put there', () => {
    const { users } = module;
    expect(run('count', 5)).toBe(99);
    using counters = users.create();
    expect(users.set(5, counters)).toBe(users);
    counters.set(1000, 1n);
    expect(run('count', 5, 7)).toBe(3);
    expect([...counters.entries()].sort()).toEqual([
      [7, 3n],
      [77, 6n],
    ]);
    expect(run('count', 6, 7)).toBe(99);
    expect(users.delete(5)).toBe(true);
    expect(run('count', 5, 7)).toBe(99);
    expect(users.delete(5)).toBe(false);
  });

  it('keeps structs in arrays apart, each in its own map', () => {
    const { tables } = module;
    for (const index of [0, 2]) {
      using table = tables.create();
      // Linux 5.15 to 6.1 ask for it; others would take the map without.
      expect(readMapInfo(table.fd, 'table').btfId).not.toBe(0);
      tables.set(index, table);
    }
    expect([run('measure', 0), run('measure', 0), run('measure', 2), run('measure', 1)]).toEqual([1, 2, 1, 99]);
    using first = tables.get(0);
    expect(first.get(1)).toEqual({ packets: 2n, bytes: 128 });
    expect(tables.get(1)).toBeUndefined();
    expect([...tables.keys()]).toEqual([0, 2]);
    expect(tables.size).toBe(2);
    for (const [index, table] of tables) {
      expect(table.get(1).packets).toBe(index === 0 ? 2n : 1n);
      table.close();
    }
    const inside: [number, bigint][] = [];
    const given: { closed: boolean }[] = [];
    tables.forEach((table: any, index: number) => {
      inside.push([index, table.get(1).packets]);
      given.push(table);
    });
    expect(inside).toEqual([
      [0, 2n],
      [2, 1n],
    ]);
    expect(given.map(({ closed }) => closed)).toEqual([true, true]);
    for (const table of tables.values()) table.close();
    tables.clear();
    expect(tables.size).toBe(0);
  });

  it('holds an inner map in a variable, and hands it to a function', () => {
    const { users } = module;
    expect(run('either', 3)).toBe(99);
    using second = users.create();
    second.set(3, 22n);
    users.set(2, second);
    expect(run('either', 3)).toBe(22);
    using first = users.create();
    first.set(3, 11n);
    users.set(1, first);
    expect([run('either', 3), run('either', 4)]).toEqual([11, 55]);
    expect([...users.keys()].sort()).toEqual([1, 2]);
    users.clear();
  });

  it('holds queues', () => {
    const { queues } = module;
    using queue = queues.create();
    queues.set(1, queue);
    expect([run('enqueue', 9), run('enqueue', 8)]).toEqual([1, 1]);
    expect([queue.pop(), queue.pop(), queue.pop()]).toEqual([9, 8, undefined]);
  });

  it('takes a map that was made apart, and says of one that does not fit what differs', () => {
    const { users } = module;
    using apart = BpfMap.create({ type: 'hash', name: 'apart', key: 4, value: 8, maxEntries: 100 });
    users.set(1, apart);
    using found = users.get(1);
    expect([found.id, found.maxEntries]).toEqual([apart.id, 100]);
    using wide = BpfMap.create({ type: 'hash', name: 'wide', key: 4, value: 16, maxEntries: 100 });
    expect(() => users.set(1, wide)).toThrow(
      expect.objectContaining({
        code: 'TSBPF2165',
        message: expect.stringMatching(/'wide' does not fit into 'users': its values have 16 bytes instead of 8/),
      }),
    );
    using array = BpfMap.create({ type: 'array', key: 4, value: 8, maxEntries: 4 });
    expect(() => users.set(1, array)).toThrow(/its type is array instead of hash/);
  });

  it('says of an opened one that it does not know what fits, and opens what is inside by its own type', () => {
    const { users } = module;
    using opened = BpfMap.open<any>(users.fd);
    expect(() => opened.create()).toThrow(expect.objectContaining({ code: 'TSBPF2166' }));
    using inner = opened.get(Uint8Array.of(1, 0, 0, 0));
    expect(inner.maxEntries).toBe(100);
  });
});
