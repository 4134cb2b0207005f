/** Reading many records at once, from memory that is laid out by hand as the kernel lays out a ring (kernel/bpf/ringbuf.c). */
import { describe, expect, it } from 'vitest';
import { eventDecoder, type EventDecoder } from '../../runtime/events/decoder.js';
import { createBatchReader } from '../../runtime/events/ring-batch.js';
import { integer, type IntegerLayout, type StructLayout } from '../../runtime/maps/layout.js';

const SIZE = 4096;
const BUSY = 0x80000000;
const DISCARD = 0x40000000;

/** A ring whose data pages lie twice in a row. */
class Ring {
  readonly view = new DataView(new ArrayBuffer(2 * SIZE));
  position: number;

  constructor(start = 0) {
    this.position = start;
  }

  /** Writes a record, with bits of its header set. */
  push(data: Uint8Array, bits = 0): void {
    const start = this.position % SIZE;
    this.#both(start, (at) => this.view.setUint32(at, (data.length | bits) >>> 0, true));
    data.forEach((byte, index) => this.#both(start + 8 + index, (at) => this.view.setUint8(at, byte)));
    this.position += 8 + Math.ceil(data.length / 8) * 8;
  }

  #both(at: number, store: (at: number) => void): void {
    store(at);
    store(at < SIZE ? at + SIZE : at - SIZE);
  }

  read(decode: EventDecoder<unknown>, from: number, most = Infinity): unknown[] {
    const reader = createBatchReader(decode, new Int32Array(this.view.buffer), this.view, SIZE - 1);
    const events: unknown[] = ['before'];
    const to = reader.find(from, this.position, most);
    reader.decode(from, to, events);
    expect(reader.reached()).toBe(to);
    return events.slice(1);
  }
}

function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
}

function struct(size: number, fields: Record<string, readonly [number, IntegerLayout | StructLayout]>): StructLayout {
  const list = Object.entries(fields).map(([name, [offset, layout]]) => ({ name, offset, layout }));
  return { kind: 'struct', name: 'event', size, fields: list };
}

const u64 = integer('u64', 8, false);
const i64 = integer('i64', 8, true);
const u32 = integer('u32', 4, false);
const pair = struct(16, { id: [0, u64], count: [8, u32], rest: [12, u32] });

describe('reading many records of a ring', () => {
  it('gives small, large and negative 64-bit values', () => {
    const ring = new Ring();
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
    expect(ring.read(eventDecoder(both), 0)).toEqual(expected);
  });

  it('gives 32-bit values with the highest bit set after others without', () => {
    const ring = new Ring();
    ring.push(hex('0100000000000000 05000000 ffffff7f'));
    ring.push(hex('0200000000000000 00000080 ffffffff'));
    expect(ring.read(eventDecoder(pair), 0)).toEqual([
      { id: 1n, count: 5, rest: 0x7fffffff },
      { id: 2n, count: 0x80000000, rest: 0xffffffff },
    ]);
  });

  it('reads structs in structs, and fields that are not aligned', () => {
    const ring = new Ring();
    const packed = struct(32, { tag: [0, u32], inner: [4, pair], odd: [21, u32], last: [25, integer('u8', 1, false)] });
    ring.push(hex('01000000 0302000000000000 04000000 05000000 00 06070809 0a 000000000000'));
    expect(ring.read(eventDecoder(packed), 0)).toEqual([
      { tag: 1, inner: { id: 0x203n, count: 4, rest: 5 }, odd: 0x09080706, last: 10 },
    ]);
  });

  it('goes over records of other lengths, over those that were discarded, and around the end', () => {
    const start = SIZE - 40;
    const ring = new Ring(start);
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
    expect(ring.read(eventDecoder(pair), start)).toEqual([usual, others[0], usual, others[1], usual]);
  });

  it('stops at a record that is still being written, and at the number asked for', () => {
    const ring = new Ring();
    for (let index = 0; index < 5; index++) ring.push(hex(`0${index}00000000000000`), index === 3 ? BUSY : 0);
    expect(ring.read(eventDecoder(u64), 0)).toEqual([0n, 1n, 2n]);
    expect(ring.read(eventDecoder(u64), 0, 2)).toEqual([0n, 1n]);
  });

  it('says up to where it came when a decoder throws, and keeps what was decoded', () => {
    const ring = new Ring();
    for (let index = 0; index < 4; index++) ring.push(hex(`0${index}00000000000000`));
    const decode: EventDecoder<number> = (view, offset) => {
      if (view.getUint8(offset) === 2) throw new RangeError('two');
      return view.getUint8(offset);
    };
    const reader = createBatchReader(decode, new Int32Array(ring.view.buffer), ring.view, SIZE - 1);
    const events: unknown[] = [];
    const to = reader.find(0, ring.position, 10);
    expect(() => reader.decode(0, to, events)).toThrow('two');
    expect(events).toEqual([0, 1]);
    expect(reader.reached()).toBe(48);
  });
});
