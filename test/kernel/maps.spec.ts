/** Every kind of map on the running kernel, from user space. */
import { mkdtempSync, rmdirSync, existsSync, unlinkSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  ArrayMap,
  ArrayOfMaps,
  BloomFilter,
  BpfMap,
  DevMap,
  FilteredMap,
  HashMap,
  KeyedMap,
  LpmTrie,
  LruHashMap,
  LruPerCpuHashMap,
  PerCpuArray,
  PerCpuHashMap,
  Queue,
  Record,
  Stack,
} from '../../runtime/index.js';
import { possibleCpus } from '../../runtime/native/libbpf.js';
import type { CreateOptions } from '../../runtime/maps/open.js';
import { describeKernel } from '../support/kernel.js';

const u32 = new Record('I');
const u64 = new Record('Q');
const open: BpfMap[] = [];

function create<M extends BpfMap = KeyedMap<any, any>>(options: Partial<CreateOptions>): M {
  const map = BpfMap.create<M>({ type: 'hash', key: u32, value: u64, maxEntries: 64, ...options });
  open.push(map);
  return map;
}

function sorted(map: Iterable<[number, unknown]>): [number, unknown][] {
  return [...map].sort(([a], [b]) => a - b);
}

afterEach(() => {
  for (const map of open.splice(0)) map.close();
});

describeKernel('hash maps', {}, () => {
  it.each([
    ['hash', HashMap],
    ['lruHash', LruHashMap],
  ] as const)('%s has the interface of an ES Map', (type, mapClass) => {
    const map = create<HashMap<number, bigint>>({ type });
    expect(map).toBeInstanceOf(mapClass);
    expect(map.get(1)).toBeUndefined();
    expect(map.set(1, 10n)).toBe(map);
    expect(map.get(1)).toBe(10n);
    expect([map.has(1), map.has(2)]).toEqual([true, false]);
    expect([map.delete(1), map.delete(1)]).toEqual([true, false]);
    expect(map.getOrInsert(5, 7n)).toBe(7n);
    expect(map.getOrInsert(5, 8n)).toBe(7n);
    expect(map.take(5)).toBe(7n);
    expect(map.take(5)).toBeUndefined();
    map.set(2, 20n).set(3, 30n);
    expect(map.size).toBe(2);
    expect(sorted(map.entries())).toEqual([
      [2, 20n],
      [3, 30n],
    ]);
    expect([...map.keys()].sort()).toEqual([2, 3]);
    expect([...map.values()].sort()).toEqual([20n, 30n]);
    const seen: unknown[] = [];
    map.forEach((value, key) => void seen.push([key, value]));
    expect(seen).toHaveLength(2);
    map.clear();
    expect([map.size, [...map]]).toEqual([0, []]);
  });

  it('counts with number properties from zero', () => {
    const map = create<HashMap<number, bigint>>({});
    expect(map[7]).toBe(0n);
    expect(map.has(7)).toBe(false);
    map[7] += 1n;
    map[7] += 1n;
    map.increment(7, 3n);
    map.increment(8, 1n);
    expect(map.get(7)).toBe(5n);
    expect(map[8]).toBe(1n);
  });

  it('refuses number properties where keys or values are none', () => {
    const struct = create({
      value: new Record([
        ['a', 'I'],
        ['b', 'I'],
      ]),
    });
    expect(() => struct[1]).toThrow(expect.objectContaining({ code: 'TSBPF2014' }));
    const text = create({ key: new Record('8s') });
    expect(() => text[1]).toThrow(expect.objectContaining({ code: 'TSBPF2014' }));
  });

  it('iterates over a key of zeros like over any other', () => {
    const map = create({});
    for (const key of [0, 1, 2]) map.set(key, BigInt(key));
    expect(sorted(map)).toEqual([
      [0, 0n],
      [1, 1n],
      [2, 2n],
    ]);
  });

  it('loses nothing and repeats nothing while it is emptied during iteration', () => {
    const map = create({ maxEntries: 3000 });
    map.setBatch(Array.from({ length: 2000 }, (_, key) => [key, 1n] as const));
    const keys: number[] = [];
    for (const [key] of map) {
      keys.push(key);
      map.delete(key);
    }
    expect(keys.sort((a, b) => a - b)).toEqual(Array.from({ length: 2000 }, (_, key) => key));
    expect(map.size).toBe(0);
  });

  it('has three ways to write', () => {
    const map = create({});
    expect(() => map.set(1, 1n, 'exist')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    map.set(1, 1n, 'noexist');
    expect(() => map.set(1, 2n, { flags: 'noexist' })).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    expect(map.set(1, 3n, 'exist').get(1)).toBe(3n);
  });

  it('says that it is full, and of how many it is', () => {
    const map = create({ maxEntries: 2 });
    map.set(1, 1n).set(2, 1n);
    expect(() => map.set(3, 1n)).toThrow('has no room for the entry: its maxEntries is 2.');
    expect(() =>
      map.setBatch([
        [1, 5n],
        [3, 1n],
      ]),
    ).toThrow('1 of 2 entries were written');
    expect(map.get(1)).toBe(5n);
  });

  it('writes, reads and deletes batches', () => {
    const map = create({ maxEntries: 10_000 });
    map.setBatch(Array.from({ length: 10_000 }, (_, key) => [key, BigInt(key * 2)] as const));
    expect(map.size).toBe(10_000);
    expect(sorted(map.getBatch())[9_999]).toEqual([9_999, 19_998n]);
    expect(map.deleteBatch([1, 3, 77_777, 5])).toBe(3);
    expect(map.size).toBe(9_997);
    expect(map.has(5)).toBe(false);
  });

  it('refuses values that do not fit, and everything after it was closed', () => {
    const map = create({ name: 'closed' });
    expect(() => map.set(2 ** 32, 1n)).toThrow("a key of map 'closed': 4294967296 does not fit u32");
    expect(() => map.set(1, -1n)).toThrow("a value of map 'closed': -1n does not fit u64");
    map.close();
    map.close();
    expect(map.closed).toBe(true);
    expect(() => map.get(1)).toThrow("Map 'closed' is closed.");
  });
});

describeKernel('arrays', {}, () => {
  it('have all their entries from the start', () => {
    const map = create<ArrayMap<bigint>>({ type: 'array', maxEntries: 3 });
    expect(map).toBeInstanceOf(ArrayMap);
    expect(sorted(map)).toEqual([
      [0, 0n],
      [1, 0n],
      [2, 0n],
    ]);
    map.set(2, 9n);
    expect([map.get(2), map.get(3), map.size]).toEqual([9n, undefined, 3]);
    expect(() => map.set(3, 1n)).toThrow(expect.objectContaining({ code: 'E2BIG' }));
    expect(() => map.delete(1)).toThrow('Entries of an array cannot be deleted.');
    map.clear();
    expect(map.get(2)).toBe(0n);
  });
});

describeKernel('per-CPU maps', {}, () => {
  const cpus = possibleCpus();
  const each = Array.from({ length: cpus }, (_, cpu) => BigInt(cpu + 1));
  const total = BigInt((cpus * (cpus + 1)) / 2);

  it.each([
    ['perCpuHash', PerCpuHashMap],
    ['lruPerCpuHash', LruPerCpuHashMap],
    ['perCpuArray', PerCpuArray],
  ] as const)('%s has a value for each CPU, and a sum', (type, mapClass) => {
    const map = create<PerCpuHashMap<number, bigint>>({ type, maxEntries: 8 });
    expect(map).toBeInstanceOf(mapClass);
    map.set(3, each);
    expect(map.get(3)).toEqual(each);
    expect(map.sum(3)).toBe(total);
    expect(map[3]).toBe(total);
    expect([...map].find(([key]) => key === 3)).toEqual([3, each]);
    expect(() => map.set(3, 1n)).toThrow(`give an array of ${cpus} values`);
    expect(() => map.increment(3, 1n)).toThrow(expect.objectContaining({ code: 'TSBPF2016' }));
  });

  it('keeps values of 4 bytes apart', () => {
    const map = create<PerCpuArray<number>>({ type: 'perCpuArray', value: u32 });
    map.set(0, each.map(Number));
    expect(map.get(0)).toEqual(each.map(Number));
    expect(map.sum(0)).toBe(Number(total));
    expect(map.sum(1)).toBe(0);
  });
});

describeKernel('other maps', {}, () => {
  it('finds the longest prefix', () => {
    const key = new Record([
      ['prefixlen', 'I'],
      ['address', ['B', 'B', 'B', 'B']],
    ]);
    type Key = { prefixlen: number; address: number[] };
    const map = create<LpmTrie<Key, bigint>>({ type: 'lpmTrie', key });
    expect(map).toBeInstanceOf(LpmTrie);
    map.set({ prefixlen: 8, address: [10, 0, 0, 0] }, 8n).set({ prefixlen: 16, address: [10, 1, 0, 0] }, 16n);
    expect(map.get({ prefixlen: 32, address: [10, 1, 2, 3] })).toBe(16n);
    expect(map.get({ prefixlen: 32, address: [10, 2, 2, 3] })).toBe(8n);
    expect(map.get({ prefixlen: 32, address: [11, 0, 0, 1] })).toBeUndefined();
    const prefixes: number[] = [];
    for (const entry of map.keys()) {
      prefixes.push(entry.prefixlen);
      map.delete(entry);
    }
    expect(prefixes.sort()).toEqual([16, 8]);
  });

  it('queues come out in order, stacks in reverse', () => {
    const queue = create<Queue<bigint>>({ type: 'queue', key: 0, maxEntries: 2 });
    const stack = create<Stack<bigint>>({ type: 'stack', key: 0, maxEntries: 2 });
    for (const map of [queue, stack]) map.push(1n).push(2n);
    expect([queue.peek(), queue.pop(), queue.pop(), queue.pop(), queue.peek()]).toEqual([
      1n,
      1n,
      2n,
      undefined,
      undefined,
    ]);
    expect([stack.peek(), stack.pop(), stack.pop(), stack.pop()]).toEqual([2n, 2n, 1n, undefined]);
    queue.push(1n).push(2n);
    expect(() => queue.push(3n)).toThrow(expect.objectContaining({ code: 'E2BIG' }));
    expect(queue.push(3n, 'exist').pop()).toBe(2n);
  });

  it('writes and deletes entry by entry where the kernel has no batches', () => {
    // Maps of network interfaces have none. 1 is loopback's index in every network namespace.
    const map = create<DevMap>({ type: 'devMap', value: u32, maxEntries: 4 });
    map.setBatch([
      [0, 1],
      [2, 1],
    ]);
    expect(map.getBatch()).toEqual([
      [0, 1],
      [2, 1],
    ]);
    expect(() =>
      map.setBatch([
        [1, 1],
        [9, 1],
      ]),
    ).toThrow('1 of 2 entries were written');
    expect(map.size).toBe(3);
    expect(map.deleteBatch([0, 1])).toBe(2);
    expect([...map.keys()]).toEqual([2]);
  });

  it('opens the maps inside a map of maps', () => {
    // A map of maps takes its template by descriptor, which only an object can give: see module.spec.ts.
    expect(() => create<ArrayOfMaps<HashMap<number, bigint>>>({ type: 'arrayOfMaps', value: u32 })).toThrow(
      expect.objectContaining({ operation: 'create map' }),
    );
  });

  it('refuses types that do not exist', () => {
    expect(() => create({ type: 'hahs' as 'hash' })).toThrow("There is no map type 'hahs'. Known are: hash, array");
    expect(() => create({ maxEntries: 0, name: 'none' })).toThrow(
      "Cannot create map 'none': invalid argument (EINVAL).",
    );
  });
});

describeKernel('Bloom filters', { since: '5.16' }, () => {
  it('know what was added', () => {
    const filter = create<BloomFilter<bigint>>({ type: 'bloomFilter', key: 0, maxEntries: 100 });
    expect(filter.add(5n).has(5n)).toBe(true);
    expect(filter.has(6n)).toBe(false);
  });
});

describeKernel('filtered maps', {}, () => {
  it('show and change what they are allowed to', () => {
    const value = new Record([
      ['data', ['I', 'I', 'I']],
      [
        'nested',
        [
          ['a', 'I'],
          ['b', 'I'],
        ],
      ],
    ]);
    const map = create({ value });
    map.set(1, { data: [1, 2, 3], nested: { a: 4, b: 5 } });
    const filtered = new FilteredMap<number, any>(map, { data: ['-', 'r', 'rw'], nested: { a: 'w' } });
    expect(filtered.get(1)).toEqual({ data: [undefined, 2, 3], nested: { a: undefined, b: undefined } });
    expect([...filtered]).toEqual([[1, filtered.get(1)]]);
    expect(JSON.stringify(filtered.get(1))).toBe('{"data":[null,2,3],"nested":{}}');
    filtered.set(1, { data: [undefined, undefined, 30], nested: { a: 40 } });
    expect(map.get(1)).toEqual({ data: [1, 2, 30], nested: { a: 40, b: 5 } });
    expect(() => filtered.set(1, { data: [undefined, 9, 9] })).toThrow('value.data[1] may not be written');
    expect(() => filtered.set(1, { nested: { b: 9 } })).toThrow('value.nested.b may not be written');
    expect(map.get(1)).toEqual({ data: [1, 2, 30], nested: { a: 40, b: 5 } });
    expect(() => filtered.set(2, {})).toThrow('value may not be written');
    expect(() => filtered.set(2, { nested: { a: 1 } })).toThrow('entries may not be created');
    expect(() => filtered.delete(1)).toThrow('entries may not be deleted');
    expect(new FilteredMap(map, '-', { canDelete: true }).delete(1)).toBe(true);
  });

  it('give values that are JSON, as the map’s own are', () => {
    const map = create({
      value: new Record([
        ['seen', 'Q'],
        ['limit', 'Q'],
      ]),
    });
    map.set(1, { seen: 2n ** 60n, limit: 3n });
    const filtered = new FilteredMap<number, any>(map, { seen: 'r' });
    expect(JSON.stringify(filtered.get(1))).toBe('{"seen":"1152921504606846976"}');
    expect(filtered.get(1)).toStrictEqual(Object.assign(map.get(1), { limit: undefined }));
  });
});

describeKernel('pinned maps', {}, () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-pins-'));
    expect(spawnSync('mount', ['-t', 'bpf', 'bpf', folder]).status).toBe(0);
  });

  afterAll(() => {
    spawnSync('umount', [folder]);
    rmdirSync(folder);
  });

  it('outlive the handle, and open by their path or number', () => {
    const pin = path.join(folder, 'counts');
    const map = create({ pin, name: 'counts' });
    map.set(1, 11n);
    expect(existsSync(pin)).toBe(true);
    const { id } = map;
    map.close();
    const again = BpfMap.open(pin, { key: u32, value: u64 });
    open.push(again);
    expect(again.get(1)).toBe(11n);
    expect(again.id).toBe(id);
    const byId = BpfMap.fromId(id, { key: u32, value: u64 });
    open.push(byId);
    expect(byId.get(1)).toBe(11n);
    expect(() => BpfMap.open(pin, { key: u64 })).toThrow('takes 8 bytes');
    // Without records and without BTF entries are bytes.
    const raw = BpfMap.open(pin);
    open.push(raw);
    expect(raw.get(Uint8Array.of(1, 0, 0, 0))).toEqual(Uint8Array.of(11, 0, 0, 0, 0, 0, 0, 0));
    unlinkSync(pin);
    expect(() => BpfMap.open(pin)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });

  it('are unpinned by their map', () => {
    const pin = path.join(folder, 'other');
    const map = create({});
    map.pin(pin);
    expect(() => create({}).pin(pin)).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    map.unpin(pin);
    expect(existsSync(pin)).toBe(false);
    expect(() => map.unpin(pin)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(() => map.unpin()).toThrow('has no pin path');
  });

  it('say where pins belong', () => {
    expect(() => create({}).pin('/tmp/tsbpf-no-bpffs')).toThrow('mount -t bpf');
  });
});

describe('BpfMap without a definition', () => {
  it('says how to run the file', () => {
    expect(() => new HashMap<number, bigint>({ maxEntries: 1 })).toThrow('tsbpf run FILE');
  });
});
