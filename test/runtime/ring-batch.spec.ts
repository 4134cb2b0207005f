/** Reading many records at once. */
import { describe, expect, it } from 'vitest';
import { eventDecoder, type EventDecoder } from '../../runtime/events/decoder.js';
import { createBatchReader } from '../../runtime/events/ring-batch.js';
import { integer, type Layout } from '../../runtime/maps/layout.js';
import { BUSY, DISCARD, hex, RING_SIZE, RingMemory, struct } from '../support/ring-memory.js';

/** All that is there, by a reader of its own. */
function readOnce(ring: RingMemory, decode: EventDecoder<unknown>, from: number, most = Infinity): unknown[] {
  const reader = createBatchReader(decode, ring.headers, ring.view, RING_SIZE - 1);
  const events: unknown[] = ['before'];
  const to = reader.find(from, ring.position, most);
  reader.decode(from, to, events);
  expect(reader.reached()).toBe(to);
  return events.slice(1);
}

const u64 = integer('u64', 8, false);
const i64 = integer('i64', 8, true);
const u32 = integer('u32', 4, false);
const pair = struct(16, { id: [0, u64], count: [8, u32], rest: [12, u32] });

describe('reading many records of a ring', () => {
  it('gives small, large and negative 64-bit values', () => {
    const ring = new RingMemory();
    const values = [
      ['0000000000000000', 0n],
      ['ff00000000000000', 255n],
      ['0001000000000000', 256n],
      ['0000000001000000', 0x100000000n],
      ['0700000001000000', 0x100000007n],
      ['ffffffffffffffff', 0xffffffffffffffffn],
    ] as const;
    for (const [bytes] of values) ring.push(hex(bytes + bytes));
    const both = struct(16, { first: [0, u64], second: [8, i64] });
    const expected = values.map(([, value]) => ({ first: value, second: BigInt.asIntN(64, value) }));
    expect(readOnce(ring, eventDecoder(both), 0)).toEqual(expected);
  });

  it('gives 32-bit values with the highest bit set after others without', () => {
    const ring = new RingMemory();
    ring.push(hex('0100000000000000 05000000 ffffff7f'));
    ring.push(hex('0200000000000000 00000080 ffffffff'));
    expect(readOnce(ring, eventDecoder(pair), 0)).toEqual([
      { id: 1n, count: 5, rest: 0x7fffffff },
      { id: 2n, count: 0x80000000, rest: 0xffffffff },
    ]);
  });

  it('reads structs in structs, and fields that are not aligned', () => {
    const ring = new RingMemory();
    const packed = struct(32, { tag: [0, u32], inner: [4, pair], odd: [21, u32], last: [25, integer('u8', 1, false)] });
    ring.push(hex('01000000 0302000000000000 04000000 05000000 00 06070809 0a 000000000000'));
    expect(readOnce(ring, eventDecoder(packed), 0)).toEqual([
      { tag: 1, inner: { id: 0x203n, count: 4, rest: 5 }, odd: 0x09080706, last: 10 },
    ]);
  });

  it('goes over records of other lengths, over those that were discarded, and around the end', () => {
    const start = RING_SIZE - 40;
    const ring = new RingMemory(start);
    const long = hex('0100000000000000 02000000 03000000');
    ring.push(long);
    ring.push(long, DISCARD);
    ring.push(hex('0900000000000000'));
    ring.push(long);
    ring.push(hex(`0400000000000000 05000000 06000000 ${'77'.repeat(9)}`));
    ring.push(long);
    const usual = { id: 1n, count: 2, rest: 3 };
    // What a program did not write reads as zero.
    const others = [
      { id: 9n, count: 0, rest: 0 },
      { id: 4n, count: 5, rest: 6 },
    ];
    expect(readOnce(ring, eventDecoder(pair), start)).toEqual([usual, others[0], usual, others[1], usual]);
  });

  it('stops at a record that is still being written, and at the number asked for', () => {
    const ring = new RingMemory();
    for (let index = 0; index < 5; index++) ring.push(hex(`0${index}00000000000000`), index === 3 ? BUSY : 0);
    expect(readOnce(ring, eventDecoder(u64), 0)).toEqual([0n, 1n, 2n]);
    expect(readOnce(ring, eventDecoder(u64), 0, 2)).toEqual([0n, 1n]);
  });

  it('says up to where it came when a decoder throws, and keeps what was decoded', () => {
    const ring = new RingMemory();
    for (let index = 0; index < 4; index++) ring.push(hex(`0${index}00000000000000`));
    const decode: EventDecoder<number> = (view, offset) => {
      if (view.getUint8(offset) === 2) throw new RangeError('two');
      return view.getUint8(offset);
    };
    const reader = createBatchReader(decode, ring.headers, ring.view, RING_SIZE - 1);
    const events: unknown[] = [];
    const to = reader.find(0, ring.position, 10);
    expect(() => reader.decode(0, to, events)).toThrow('two');
    expect(events).toEqual([0, 1]);
    expect(reader.reached()).toBe(48);
  });
});

/**
 * A reader looks at the first records and decodes later ones in fewer steps. What it supposes of their values must not show in
 * the values that it gives.
 */
describe('records after the first hundreds', () => {
  const inner = struct(8, { port: [0, u32], mark: [4, u32] });
  const name: Layout = { kind: 'string', size: 16 };
  const event = struct(72, {
    time: [0, u64],
    id: [8, u64],
    change: [16, i64],
    pid: [24, u32],
    flags: [28, u32],
    address: [32, integer('be32', 4, false, 'number', false)],
    inner: [36, inner],
    comm: [48, name],
    order: [64, integer('be64', 8, false, 'bigint', false)],
  });

  interface Inner {
    readonly port: number;
    readonly mark: number;
  }
  interface Event {
    readonly time: bigint;
    readonly id: bigint;
    readonly change: bigint;
    readonly pid: number;
    readonly flags: number;
    readonly address: number;
    readonly inner: Inner;
    readonly comm: string;
    readonly order: bigint;
  }

  function bytesOf(value: Event): Uint8Array {
    const view = new DataView(new ArrayBuffer(72));
    view.setBigUint64(0, value.time, true);
    view.setBigUint64(8, value.id, true);
    view.setBigInt64(16, value.change, true);
    view.setUint32(24, value.pid, true);
    view.setUint32(28, value.flags, true);
    view.setUint32(32, value.address, false);
    view.setUint32(36, value.inner.port, true);
    view.setUint32(40, value.inner.mark, true);
    Buffer.from(value.comm).copy(new Uint8Array(view.buffer), 48);
    view.setBigUint64(64, value.order, false);
    return new Uint8Array(view.buffer);
  }

  /** Pushes them and reads them by one reader, as many at a time as the ring holds. */
  function readAll(events: readonly Event[]): unknown[] {
    const ring = new RingMemory();
    const reader = createBatchReader(eventDecoder(event), ring.headers, ring.view, RING_SIZE - 1);
    const read: unknown[] = [];
    let from = 0;
    for (const [index, value] of events.entries()) {
      if (index % 97 === 5) ring.push(hex('ff'.repeat(72)), DISCARD);
      ring.push(bytesOf(value));
      if (index % 40 !== 39 && index !== events.length - 1) continue;
      while (from !== ring.position) {
        const to = reader.find(from, ring.position, 32);
        reader.decode(from, to, read);
        from = to;
      }
    }
    return read;
  }

  const usual: Event = {
    time: 1n,
    id: 0xffff888000000000n,
    change: -1n,
    pid: 7,
    flags: 0x80000001,
    address: 0x7f000001,
    inner: { port: 80, mark: 0xffffffff },
    comm: 'bash',
    order: 5n,
  };

  it('gives values that were always the same, and then change in one half or the other, once or for long', () => {
    const events = Array.from({ length: 3000 }, (_, index): Event => {
      const time = BigInt(index);
      if (index < 600 || index % 50 !== 0) return { ...usual, time };
      const which = (index / 50) % 9;
      const {
        id,
        inner: { port, mark },
      } = usual;
      return [
        { ...usual, time, id: id + 1n },
        { ...usual, time, id: id ^ (1n << 63n) },
        { ...usual, time, id: 0n, order: 0n },
        { ...usual, time, change: -1n - (1n << 40n) },
        { ...usual, time, pid: 0xffffffff },
        { ...usual, time, flags: 1, address: 0xffffffff },
        { ...usual, time, inner: { port: 0x80000000, mark } },
        { ...usual, time, inner: { port, mark: 3 }, comm: 'basx' },
        { ...usual, time, comm: 'sixteen letters!', order: 1n << 63n },
      ][which]!;
    });
    expect(readAll(events)).toEqual(events);
  });

  it('gives values that stop to repeat, and 32-bit values that become large', () => {
    const events = Array.from({ length: 6000 }, (_, index): Event => {
      if (index < 1000) return usual;
      const wide = BigInt(index) * 0x9e3779b97f4a7c15n;
      const id = BigInt.asUintN(64, wide);
      return {
        ...usual,
        id,
        change: BigInt.asIntN(64, -wide),
        pid: Number(id >> 32n),
        comm: `task ${index % 3}`,
        order: id,
      };
    });
    expect(readAll(events)).toEqual(events);
  });

  it('gives objects of their own, with plain properties', () => {
    const [first, second] = readAll(Array.from({ length: 600 }, () => usual)).slice(-2) as [
      Record<string, any>,
      object,
    ];
    expect(Object.keys(first)).toEqual(Object.keys(usual));
    first['inner'].port = 1;
    first['id'] = 2n;
    expect({ ...second }).toEqual(usual);
    expect(JSON.parse(JSON.stringify(second))).toEqual({
      ...usual,
      time: '1',
      id: '18446612682070032384',
      change: '-1',
      order: '5',
    });
  });
});
