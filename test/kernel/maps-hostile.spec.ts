/** Maps that are closed, full, frozen, changed meanwhile, or none at all: each says which, and what to do. */
import { closeSync, openSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { PerfQueue } from '../../runtime/events/perf-queue.js';
import { RingBuffer } from '../../runtime/events/ring-buffer.js';
import { TsbpfError } from '../../runtime/errors.js';
import { FilteredMap } from '../../runtime/maps/filtered.js';
import type { KeyedMap } from '../../runtime/maps/keyed.js';
import { BpfMap } from '../../runtime/maps/map.js';
import type { Queue } from '../../runtime/maps/queue.js';
import type { CreateOptions } from '../../runtime/maps/open.js';
import { Record } from '../../runtime/maps/record.js';
import { possibleCpus } from '../../runtime/native/libbpf.js';
import { describeKernel, kernelIsAtLeast } from '../support/kernel.js';
import { duplicateDescriptor } from './support/object.js';

import '../../runtime/index.js';

const u32 = new Record('I');
const u64 = new Record('Q');
const open: BpfMap[] = [];

function create<M extends BpfMap = KeyedMap<any, any>>(options: Partial<CreateOptions> = {}): M {
  const map = BpfMap.create<M>({ type: 'hash', name: 'subject', key: u32, value: u64, maxEntries: 1024, ...options });
  open.push(map);
  return map;
}

afterEach(() => {
  for (const map of open.splice(0)) map.close();
});

function failure(run: () => unknown): TsbpfError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(TsbpfError);
    return error as TsbpfError;
  }
  throw new Error('nothing was refused');
}

describeKernel('a map that is iterated over', {}, () => {
  it.each(['hash', 'lpmTrie'] as const)('says that it was closed meanwhile: %s', (type) => {
    const key =
      type === 'hash'
        ? u32
        : new Record([
            ['prefixlen', 'I'],
            ['address', 'I'],
          ]);
    const keyOf = (index: number) => (type === 'hash' ? index : { prefixlen: 32, address: index });
    const map = create({ type, key });
    for (let index = 0; index < 600; index++) map.set(keyOf(index), 1n);
    const iterator = map.entries();
    iterator.next();
    map.close();
    // Whoever gets the number next is not read in its place.
    using other = BpfMap.create({ type, key, value: u64, maxEntries: 10 });
    other.set(keyOf(1000), 9n);
    let count = 1;
    const error = failure(() => {
      for (let step = iterator.next(); !step.done; step = iterator.next()) {
        expect(step.value[1]).toBe(1n);
        count++;
      }
    });
    expect(error).toMatchObject({ code: 'TSBPF2011', subject: 'subject' });
    expect(count).toBeLessThan(600);
  });

  it.each(['hash', 'perCpuHash', 'lruHash', 'lpmTrie'] as const)(
    'gives each entry that stays once, whatever comes and goes: %s',
    (type) => {
      const key =
        type === 'lpmTrie'
          ? new Record([
              ['prefixlen', 'I'],
              ['address', 'I'],
            ])
          : u32;
      const keyOf = (index: number) => (type === 'lpmTrie' ? { prefixlen: 32, address: index } : index);
      const numberOf = (found: any): number => (type === 'lpmTrie' ? found.address : found);
      const value = type === 'perCpuHash' ? Array<bigint>(possibleCpus()).fill(1n) : 1n;
      const map = create({ type, key, maxEntries: 8192 });
      for (let index = 0; index < 900; index++) map.set(keyOf(index), value);
      const seen = new Map<number, number>();
      let added = 5000;
      for (const [found] of map) {
        const number = numberOf(found);
        seen.set(number, (seen.get(number) ?? 0) + 1);
        // Odd keys go, new ones come; even ones below 900 stay.
        if (number < 900) map.delete(keyOf(((number * 7) % 450) * 2 + 1));
        if (added < 5400) map.set(keyOf(added++), value);
      }
      for (let index = 0; index < 900; index += 2) expect([index, seen.get(index)]).toEqual([index, 1]);
      expect([...seen.values()].every((times) => times === 1)).toBe(true);
    },
  );

  it('may be cleared by somebody else', () => {
    const map = create();
    for (let index = 0; index < 600; index++) map.set(index, 1n);
    using other = BpfMap.open(map.fd, { key: u32, value: u64 });
    let count = 0;
    for (const _ of map) if (count++ === 5) other.clear();
    expect(count).toBeLessThanOrEqual(600);
    expect(map.size).toBe(0);
  });

  it('gives all entries also where they take several reads', () => {
    const map = create({ maxEntries: 20_000 });
    map.setBatch(Array.from({ length: 12_345 }, (_, index) => [index, BigInt(index) * 3n] as const));
    const found = [...map].sort(([a], [b]) => a - b);
    expect(found).toEqual(Array.from({ length: 12_345 }, (_, index) => [index, BigInt(index) * 3n]));
    expect([map.size, [...map.keys()].length, [...map.values()].length]).toEqual([12_345, 12_345, 12_345]);
  });

  // Older kernels refuse values of more than 4 MiB (KMALLOC_MAX_SIZE) in arrays: 5.10 does, 6.12 does not.
  it.skipIf(!kernelIsAtLeast('6.12'))('takes the memory of a few values where they are large', () => {
    // 256 of them are more than a typed array can hold.
    const size = 40 << 20;
    const map = create({ type: 'array', value: new Record(`${size}s`), maxEntries: 2 });
    map.set(1, 'the last');
    expect([...map]).toEqual([
      [0, ''],
      [1, 'the last'],
    ]);
  });

  it('gives all large values of a hash map, however they share its buckets', () => {
    const map = create({ value: new Record('65536s'), maxEntries: 300 });
    for (let index = 0; index < 300; index++) map.set(index, `value ${index}`);
    const found = [...map].sort(([a], [b]) => a - b);
    expect(found).toEqual(Array.from({ length: 300 }, (_, index) => [index, `value ${index}`]));
  });
});

describeKernel('an entry', {}, () => {
  it('whose key or value is out of range names the field', () => {
    const map = create({
      value: new Record([
        ['a', 'B'],
        ['inner', [['list', ['h', 'h']]]],
        ['name', '4s'],
      ]),
    });
    const good = { a: 1, inner: { list: [1, 2] }, name: 'abcd' };
    map.set(1, good);
    expect(failure(() => map.set(-1, good)).message).toBe(
      "a key of map 'subject': -1 does not fit u32 (0 to 4294967295).",
    );
    expect(failure(() => map.get(2 ** 32)).message).toContain("a key of map 'subject': 4294967296 does not fit u32");
    expect(failure(() => map.set(1, { ...good, a: 256 })).message).toContain(
      "a value of map 'subject'.a: 256 does not fit u8",
    );
    expect(failure(() => map.set(1, { ...good, inner: { list: [1, 40000] } })).message).toContain(
      "a value of map 'subject'.inner.list[1]: 40000 does not fit i16",
    );
    expect(failure(() => map.set(1, { ...good, inner: { list: [1] } })).message).toContain(
      '.inner.list: 1 element given',
    );
    expect(failure(() => map.set(1, { ...good, name: 'abcde' })).message).toContain('.name: "abcde" takes 5 bytes');
    expect(failure(() => map.set(1, { ...good, inner: undefined })).message).toContain('.inner: the field is missing');
    expect(map.get(1)).toEqual(good);
    expect([...map]).toHaveLength(1);
  });

  it('may have accessors that use the map itself', () => {
    const map = create({
      key: new Record([
        ['a', 'I'],
        ['b', 'I'],
      ]),
      value: new Record([['x', 'Q']]),
    });
    map.set({ a: 9, b: 9 }, { x: 99n });
    const other = () => map.get({ a: 9, b: 9 })!.x as bigint;
    const key = {
      a: 1,
      get b() {
        return Number(other());
      },
    };
    const value = {
      get x() {
        map.set({ a: 5, b: 5 }, { x: 55n });
        return 7n;
      },
    };
    map.set(key, value);
    const all = [...map].map(([{ a, b }, { x }]) => [a, b, x] as [number, number, bigint]).sort(([a], [b]) => a - b);
    expect(all).toEqual([
      [1, 99, 7n],
      [5, 5, 55n],
      [9, 9, 99n],
    ]);
  });

  it('past the end of an array is none, and cannot be written', () => {
    const map = create({ type: 'array', maxEntries: 2 });
    expect([map.get(2), map.has(2), map.has(1)]).toEqual([undefined, false, true]);
    expect(failure(() => map.set(2, 1n))).toMatchObject({ code: 'E2BIG', operation: 'write an entry of map' });
    expect(failure(() => map.delete(1))).toMatchObject({
      code: 'EINVAL',
      hint: 'Entries of an array cannot be deleted.',
    });
  });

  it('of a full map says how many there are, and which of a batch was the last', () => {
    const map = create({ maxEntries: 4, flags: 1 });
    map.setBatch([0, 1, 2, 3].map((key) => [key, 1n] as const));
    expect(failure(() => map.set(4, 1n))).toMatchObject({ code: 'E2BIG', subject: 'subject' });
    expect(
      failure(() =>
        map.setBatch([
          [0, 5n],
          [9, 5n],
          [1, 5n],
        ]),
      ).message,
    ).toMatch(/maxEntries is 4.* 1 of 3 entries were written/);
    expect([map.get(0), map.get(1)]).toEqual([5n, 1n]);
  });

  it('is written by one of three modes', () => {
    const map = create();
    expect(failure(() => map.set(1, 1n, 'exist'))).toMatchObject({ code: 'ENOENT' });
    map.set(1, 1n, 'noexist');
    expect(failure(() => map.set(1, 2n, { flags: 'noexist' }))).toMatchObject({ code: 'EEXIST' });
    map.set(1, 3n, { flags: 2 });
    expect(map.get(1)).toBe(3n);
  });

  it.each(['create', '', 'toString', 7])('is not written by the mode %j', (mode) => {
    const map = create();
    const write = () => map.set(1, 1n, { flags: mode } as never);
    if (typeof mode === 'number') expect(failure(write)).toMatchObject({ code: 'EINVAL' });
    else expect(failure(write)).toMatchObject({ code: 'TSBPF2029', hint: expect.stringContaining("'noexist'") });
  });
});

describeKernel('a write that finds no room', { since: '4.20' }, () => {
  it('is told by what the map is', () => {
    const array = create({ type: 'array', maxEntries: 4 });
    expect(failure(() => array.set(4, 1n))).toMatchObject({
      code: 'E2BIG',
      message: expect.stringContaining('no such key'),
      hint: 'Keys go from 0 to 3.',
    });
    const hash = create({ maxEntries: 1 }).set(1, 1n);
    expect(failure(() => hash.set(2, 1n))).toMatchObject({ code: 'E2BIG', hint: expect.stringContaining('LRU map') });
    const queue = BpfMap.create<Queue<bigint>>({ type: 'queue', value: u64, maxEntries: 1 });
    open.push(queue);
    queue.push(1n);
    expect(failure(() => queue.push(2n))).toMatchObject({ code: 'E2BIG', hint: expect.stringContaining("'exist'") });
    expect(queue.push(3n, 'exist').pop()).toBe(3n);
    const key = new Record([
      ['prefixlen', 'I'],
      ['address', 'I'],
    ]);
    const trie = create({ type: 'lpmTrie', key });
    expect(failure(() => trie.set({ prefixlen: 33, address: 1 }, 1n))).toMatchObject({
      code: 'EINVAL',
      hint: 'prefixlen goes from 0 to 32.',
    });
  });
});

describeKernel('a frozen map', { since: '5.2' }, () => {
  it('can be read, and not be written', () => {
    const map = create();
    map.set(1, 1n);
    map.freeze();
    expect(map.get(1)).toBe(1n);
    const hint = 'The map is frozen: only programs write it.';
    expect(failure(() => map.set(1, 2n))).toMatchObject({ code: 'EPERM', operation: 'write an entry of map', hint });
    expect(failure(() => map.delete(1))).toMatchObject({ code: 'EPERM', hint });
    expect([...map]).toEqual([[1, 1n]]);
  });
});

describeKernel('a map that is opened', {}, () => {
  it('is not at a path that is no pin', () => {
    const file = import.meta.filename;
    const refused = failure(() => BpfMap.open(file));
    expect(refused).toMatchObject({ code: 'TSBPF2191', operation: 'open pinned map', subject: file });
    expect(failure(() => BpfMap.open('/sys/fs/bpf/tsbpf-none'))).toMatchObject({ code: 'ENOENT' });
  });

  it('is not there under an id that no map has', () => {
    const refused = failure(() => BpfMap.fromId(2 ** 31 - 1));
    expect(refused).toMatchObject({ code: 'ENOENT', operation: 'open map' });
    expect(refused.message).toContain('no map with the id 2147483647');
  });

  it('does not take records of another size', () => {
    const map = create();
    const refused = failure(() => BpfMap.open(map.fd, { key: u32, value: u32 }));
    expect(refused).toMatchObject({ code: 'TSBPF2025', operation: 'open map' });
    expect(refused.message).toMatch(/values .* 4 bytes, the map's take 8/);
    expect(map.size).toBe(0);
  });
});

describeKernel('a descriptor', {}, () => {
  it('of what is no map is refused, and stays open', () => {
    const fd = openSync('/dev/null', 'r');
    expect(failure(() => BpfMap.open(fd))).toMatchObject({ code: 'TSBPF2035' });
    closeSync(fd);
    expect(failure(() => BpfMap.open(fd))).toMatchObject({ code: 'EBADF' });
    expect(failure(() => BpfMap.open(-1))).toMatchObject({ code: 'EBADF' });
    expect(failure(() => BpfMap.fromId(0xfffffff))).toMatchObject({ code: 'ENOENT' });
  });

  it('of another kind of map is no queue of events', () => {
    const map = create();
    const duplicate = () => duplicateDescriptor(map.fd, 'subject');
    expect(failure(() => RingBuffer.fromDescriptor(duplicate()).read())).toMatchObject({
      code: 'TSBPF2170',
      subject: 'subject',
    });
    expect(failure(() => PerfQueue.fromDescriptor(duplicate()))).toMatchObject({ code: 'TSBPF2170' });
    expect(map.size).toBe(0);
  });
});

describeKernel('a ring buffer', { since: '5.8' }, () => {
  it.each([0, 5, 4095, 12288, 2 ** 40, NaN])('of %s bytes is refused', (maxEntries) => {
    const options = { type: 'ringBuffer', name: 'ring', maxEntries } as const;
    const error = failure(() => BpfMap.create(options));
    expect(error.message).toMatch(/ring/);
    expect(['EINVAL', 'E2BIG', 'TSBPF2022', 'ENOMEM', 'UnsupportedFeature']).toContain(error.code);
  });

  it('has a type where it was made with one', () => {
    const value = new Record([
      ['id', 'I'],
      ['x', 'Q'],
    ]);
    using ring = BpfMap.create<RingBuffer<unknown>>({ type: 'ringBuffer', value, maxEntries: 4096 });
    expect(ring.read()).toBeUndefined();
    ring.close();
    expect(failure(() => ring.read({ batch: true }).length === 0 && ring.fd)).toMatchObject({ code: 'TSBPF2011' });
  });
});

describeKernel('a filtered map', {}, () => {
  const value = new Record([
    ['open', 'Q'],
    ['secret', 'I'],
    ['limit', 'I'],
  ]);
  const permissions = { open: 'rw', limit: 'r' } as const;
  const entry = { open: 1n, secret: 2, limit: 3 };
  const shown = { open: 1n, secret: undefined, limit: 3 };

  it('hides what may not be read on every way out', () => {
    const map = create({ value });
    for (const key of [1, 2]) map.set(key, entry);
    const filtered = new FilteredMap<number, any>(map, permissions, { canDelete: true });
    const each: unknown[] = [];
    filtered.forEach((item, key) => each.push([key, item]));
    const ways = [[...filtered], [...filtered.entries()], filtered.getBatch(), each];
    for (const way of ways)
      expect((way as [number, any][]).sort(([a], [b]) => a - b)).toEqual([
        [1, shown],
        [2, shown],
      ]);
    expect([...filtered.values()]).toEqual([shown, shown]);
    expect(filtered.getOrInsert(1, entry)).toEqual(shown);
    expect(filtered.take(1)).toEqual(shown);
    expect([map.has(1), filtered.take(1)]).toEqual([false, undefined]);
    expect(JSON.stringify([...filtered.values(), filtered.get(2)])).not.toContain('secret');
  });

  it('refuses what may not be written, created or deleted on every way in, and changes nothing then', () => {
    const map = create({ value });
    map.set(1, entry);
    const filtered = new FilteredMap<number, any>(map, permissions);
    const refused = [
      () => filtered.set(1, { secret: 9 }),
      () =>
        filtered.setBatch([
          [1, { open: 9n }],
          [1, { limit: 9 }],
        ]),
      () =>
        filtered.setBatch([
          [1, { open: 9n }],
          [2, { open: 9n }],
        ]),
      () => filtered.set(2, { open: 9n }),
      () => filtered.getOrInsert(2, { open: 9n }),
      () => filtered.delete(1),
      () => filtered.deleteBatch([1]),
      () => filtered.take(1),
      () => filtered.clear(),
    ];
    for (const run of refused) expect(failure(run)).toMatchObject({ code: 'TSBPF2034', subject: 'subject' });
    expect([...map]).toEqual([[1, entry]]);
    filtered.setBatch([[1, { open: 7n }]]);
    expect(map.get(1)).toEqual({ ...entry, open: 7n });
  });

  it('counts only where it may write', () => {
    const map = create();
    map.set(1, 1n);
    new FilteredMap<number, any>(map, 'rw').increment(1, 2n);
    expect(failure(() => new FilteredMap<number, any>(map, 'r').increment(1, 2n))).toMatchObject({ code: 'TSBPF2034' });
    expect(failure(() => new FilteredMap<number, any>(map, 'rw').increment(2, 2n))).toMatchObject({
      code: 'TSBPF2034',
    });
    expect([...map]).toEqual([[1, 3n]]);
  });

  it('has the same permissions on every CPU', () => {
    const map = create({ type: 'perCpuHash', value });
    map.set(1, Array(possibleCpus()).fill(entry));
    const filtered = new FilteredMap<number, any>(map as KeyedMap<any, any>, permissions);
    expect(filtered.get(1)).toEqual(Array(possibleCpus()).fill(shown));
    expect(failure(() => filtered.set(1, Array(possibleCpus()).fill({ secret: 1 })))).toMatchObject({
      code: 'TSBPF2034',
    });
    filtered.set(1, Array(possibleCpus()).fill({ open: 5n }));
    expect(map.get(1)).toEqual(Array(possibleCpus()).fill({ ...entry, open: 5n }));
  });
});
