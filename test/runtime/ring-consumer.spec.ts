/** Records that callbacks get where they lie. */
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { eventDecoder, type EventDecoder } from '../../runtime/events/decoder.js';
import { RingConsumer } from '../../runtime/events/ring-consumer.js';
import { array, integer, type FieldLayout, type Layout, type StructLayout } from '../../runtime/maps/layout.js';
import { codecOf } from '../../runtime/maps/codec.js';
import { DISCARD, hex, RING_SIZE, RingMemory, struct } from '../support/ring-memory.js';

const u8 = integer('u8', 1, false);
const u16 = integer('u16', 2, false);
const u32 = integer('u32', 4, false);
const u64 = integer('u64', 8, false);
const pair = struct(16, { id: [0, u64], count: [8, u32], rest: [12, u32] });

interface Pair {
  readonly id: bigint;
  readonly count: number;
  readonly rest: number;
}

const over = { code: 'TSBPF2171' };

function consumerOf(ring: RingMemory, decode: EventDecoder<unknown>): RingConsumer {
  return new RingConsumer(decode, ring.headers, ring.view, RING_SIZE - 1, 'ring');
}

/** Calls back for all that is there, and gives what the callback did. */
function consume<R>(ring: RingMemory, layout: Layout | undefined, take: (event: any) => R, from = 0): R[] {
  const results: R[] = [];
  const count = consumerOf(ring, eventDecoder(layout)).consume(from, ring.position, (event) => {
    results.push(take(event));
  });
  expect(count).toBe(results.length);
  return results;
}

function thrownBy(act: () => unknown): unknown {
  try {
    return { returned: act() };
  } catch (error) {
    return error;
  }
}

describe('a record in place', () => {
  const inner = struct(8, { port: [0, u16], tags: [2, array(u8, 2)], mark: [4, u32] });
  const bits: FieldLayout[] = [
    { name: 'low', offset: 0, layout: u32, bits: { offset: 64 * 8, width: 3 } },
    { name: 'high', offset: 0, layout: integer('i32', 4, true), bits: { offset: 64 * 8 + 3, width: 13 } },
  ];
  const all: StructLayout = {
    ...struct(104, {
      wide: [0, u64],
      change: [8, integer('i64', 8, true)],
      small: [16, integer('i8', 1, true)],
      short: [18, integer('i16', 2, true)],
      order: [20, integer('be32', 4, false, 'number', false)],
      wideOrder: [24, integer('be64', 8, false, 'bigint', false)],
      flag: [32, integer('bool', 1, false, 'boolean')],
      name: [33, { kind: 'string', size: 7 }],
      ratio: [40, { kind: 'float', size: 8, littleEndian: true }],
      share: [48, integer('fixed', 8, true, 'fixed')],
      inner: [56, inner],
      odd: [69, u32],
      list: [76, array(u32, 2)],
      ends: [84, array(inner, 2)],
      bytes: [100, { kind: 'bytes', size: 3 }],
    }),
  };
  const type: StructLayout = { ...all, fields: [...all.fields, ...bits] };
  const bytes = Uint8Array.from({ length: 104 }, (_, index) => (index * 37 + 129) & 255);
  bytes.set(Buffer.from('caf\u00e9\0xx'), 33);

  it('has the values that decoding gives, whatever their types', () => {
    const ring = new RingMemory();
    ring.push(bytes);
    const expected = codecOf<Record<string, unknown>>(type).decodeBytes(bytes);
    const [values] = consume(ring, type, (event: Record<string, unknown>) =>
      type.fields.map(({ name }) => [name, structuredClone(event[name])]),
    );
    expect(Object.fromEntries(values!)).toEqual(expected);
    // Of some what the bytes say, so that decoding is not believed.
    expect(expected).toMatchObject({ name: 'caf\u00e9', small: -47, order: 0x658aafd4, bytes: hex('f51a3f') });
  });

  it('is copied by spread, structuredClone, JSON and console.log as a plain object is', () => {
    const ring = new RingMemory();
    ring.push(bytes);
    const plain = codecOf<Record<string, unknown>>(type).decodeBytes(bytes);
    consume(ring, type, (event: Record<string, object>) => {
      expect(Object.keys(event)).toEqual(type.fields.map(({ name }) => name));
      expect({ ...event, inner: { ...event['inner'] } }).toEqual(plain);
      expect(structuredClone(event)).toEqual(plain);
      expect(JSON.stringify(event)).toBe(JSON.stringify(plain));
      expect(inspect(event)).toBe(inspect({ ...plain, inner: { ...(plain['inner'] as object) } }));
    });
  });

  it('stays as it is when somebody writes to it', () => {
    const ring = new RingMemory();
    ring.push(hex('0100000000000000 02000000 03000000'));
    consume(ring, pair, (event: any) => {
      expect(() => (event.count = 5)).toThrow(TypeError);
      expect(() => (event.seen = true)).toThrow(TypeError);
      expect({ ...event }).toEqual({ id: 1n, count: 2, rest: 3 });
    });
  });

  it('may have fields of any name', () => {
    const names = ['__proto__', 'constructor', 'toJSON', 'a b', '"];throw 1;//'];
    const fields = names.map((name, index) => ({ name, offset: index, layout: u8 }));
    const ring = new RingMemory();
    ring.push(hex('0102030405'));
    const seen = consume(ring, { kind: 'struct', name: 'odd', size: 5, fields }, (event) =>
      names.map((name) => event[name]),
    );
    expect(seen).toEqual([[1, 2, 3, 4, 5]]);
  });

  it('can be read until the callback returns, and never after it', () => {
    const ring = new RingMemory();
    ring.push(bytes);
    ring.push(hex('01'));
    const kept = consume(ring, type, (event) => [event, event.inner] as const);
    for (const [event, part] of kept) {
      for (const { name } of type.fields) expect(thrownBy(() => event[name])).toMatchObject(over);
      expect(thrownBy(() => part.port)).toMatchObject(over);
      const uses: ((value: object) => unknown)[] = [
        JSON.stringify,
        inspect,
        structuredClone,
        (value) => ({ ...value }),
      ];
      for (const use of uses) expect(thrownBy(() => use(event))).toMatchObject(over);
    }
  });

  it('is over after a callback that throws', () => {
    const ring = new RingMemory();
    ring.push(hex('0100000000000000 02000000 03000000'));
    let kept: any;
    const consumer = consumerOf(ring, eventDecoder(pair));
    expect(() =>
      consumer.consume(0, ring.position, (event) => {
        kept = event;
        throw new RangeError('mine');
      }),
    ).toThrow('mine');
    expect(thrownBy(() => kept.id)).toMatchObject(over);
  });
});

describe('calling back for records', () => {
  it('gives what is no struct as its value', () => {
    const ring = new RingMemory();
    ring.push(hex('0700000001000000'));
    ring.push(hex('ffffffffffffffff'));
    ring.push(hex('0900'));
    expect(consume(ring, u64, (value) => value)).toEqual([0x100000007n, 0xffffffffffffffffn, 9n]);
    expect(consume(ring, undefined, (value) => value)).toEqual([
      hex('0700000001000000'),
      hex('ffffffffffffffff'),
      hex('0900'),
    ]);
  });

  it('gives what a decoder of one’s own makes', () => {
    const ring = new RingMemory();
    ring.push(hex('0102'));
    ring.push(hex('030405'));
    const seen: unknown[] = [];
    const decode: EventDecoder<unknown> = (view, offset, length) => [view.getUint8(offset), length];
    consumerOf(ring, decode).consume(0, ring.position, (event) => seen.push(event));
    expect(seen).toEqual([
      [1, 2],
      [3, 3],
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
    ring.push(hex('0a'));
    ring.push(long, DISCARD);
    const usual = { id: 1n, count: 2, rest: 3 };
    expect(consume(ring, pair, (event) => ({ ...event }), start)).toEqual([
      usual,
      // What a program did not write reads as zero.
      { id: 9n, count: 0, rest: 0 },
      usual,
      { id: 4n, count: 5, rest: 6 },
      { id: 10n, count: 0, rest: 0 },
    ]);
  });

  it.each([
    ['whole', '0300000000000000 00000000 00000000'],
    ['shorter than its type', '03'],
  ])('stops behind a record on which the callback throws, one that is %s', (_, third) => {
    const ring = new RingMemory();
    for (const text of ['0100000000000000 0000000000000000', '0200000000000000 0000000000000000', third])
      ring.push(hex(text));
    const behind = ring.position;
    ring.push(hex('0400000000000000 0000000000000000'));
    const consumer = consumerOf(ring, eventDecoder(pair));
    const seen: bigint[] = [];
    const callback = ({ id }: Pair) => {
      seen.push(id);
      if (id === 3n) throw new RangeError('three');
    };
    expect(() => consumer.consume(0, ring.position, callback)).toThrow('three');
    expect(consumer.reached).toBe(behind);
    expect(consumer.consume(behind, ring.position, callback)).toBe(1);
    expect(seen).toEqual([1n, 2n, 3n, 4n]);
  });

  it('stops behind the record in which it is told to, whose fields stay readable until it is ended', () => {
    const ring = new RingMemory();
    for (let index = 1; index < 6; index++) ring.push(hex(`0${index}00000000000000 0000000000000000`));
    const consumer = consumerOf(ring, eventDecoder(pair));
    const seen: bigint[] = [];
    const first = consumer.consume(0, ring.position, (event: Pair) => {
      if (event.id === 2n) consumer.stop();
      seen.push(event.id);
    });
    expect([first, consumer.reached]).toEqual([2, 48]);
    const second = consumer.consume(48, ring.position, (event: Pair) => {
      consumer.end();
      expect(thrownBy(() => event.id)).toMatchObject(over);
    });
    expect([second, consumer.reached]).toEqual([1, 72]);
    expect(seen).toEqual([1n, 2n]);
  });

  it('gives the same after the engine has made it fast, and records change', () => {
    const ring = new RingMemory();
    const consumer = consumerOf(ring, eventDecoder(pair));
    let sum = 0n;
    let expected = 0n;
    let from = 0;
    for (let index = 0; index < 60_000; index++) {
      const view = new DataView(new ArrayBuffer(16));
      const id = BigInt.asUintN(64, BigInt(index) * 0x9e3779b97f4a7c15n);
      view.setBigUint64(0, id, true);
      view.setUint32(8, index % 3 === 0 ? 0xffffffff : index, true);
      expected += id + BigInt(view.getUint32(8, true));
      ring.push(new Uint8Array(view.buffer));
      if (index % 50 !== 49) continue;
      consumer.consume(from, ring.position, (event: Pair) => {
        sum += event.id + BigInt(event.count);
      });
      from = ring.position;
    }
    expect(sum).toBe(expected);
  });
});
