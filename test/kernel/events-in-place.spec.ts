/** Events that callbacks get where they lie: `consume` and `poll` of ring buffers and perf queues. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PerfQueue } from '../../runtime/events/perf-queue.js';
import { RingBuffer } from '../../runtime/events/ring-buffer.js';
import { ArrayMap } from '../../runtime/maps/array.js';
import { loadObject, type LoadedObject } from '../../runtime/object.js';
import { describeKernel } from '../support/kernel.js';
import { compileC, run } from './support/object.js';

const SOURCE = `
struct place { __u32 line; __u32 column; };
struct event { __u64 number; struct place place; char name[12]; __u32 last; };
typedef struct event __tsbpf_event_ring;
typedef struct event __tsbpf_event_queue;
typedef __u64 __tsbpf_event_numbers;
__tsbpf_event_ring __tsbpf_event_ring_is;
__tsbpf_event_queue __tsbpf_event_queue_is;
__tsbpf_event_numbers __tsbpf_event_numbers_is;
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 65536); } ring SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 65536); } numbers SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); __uint(key_size, 4); __uint(value_size, 4); } queue SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 2); __type(key, __u32); __type(value, __u64); } counts SEC(".maps");
enum { PRODUCED, REFUSED };
static __always_inline __u64 next(__u32 key) {
  __u64 *count = bpf_map_lookup_elem(&counts, &key);
  __u64 before = count ? *count : 0;
  // Before Linux 5.12 there is no addition that gives what was there.
  if (count) __sync_fetch_and_add(count, 1);
  return before;
}
static __always_inline struct event make(void) {
  __u64 number = next(PRODUCED);
  return (struct event){ .number = number, .place = { number + 1, 2 }, .name = "tsbpf", .last = 0xffffffff };
}
SEC("tc") int push(struct __sk_buff *ctx) {
  struct event event = make();
  if (bpf_ringbuf_output(&ring, &event, sizeof event, 0)) next(REFUSED);
  return 0;
}
SEC("tc") int push_part(struct __sk_buff *ctx) {
  struct event event = make();
  if (bpf_ringbuf_output(&ring, &event, 12, 0)) next(REFUSED);
  return 0;
}
SEC("tc") int push_number(struct __sk_buff *ctx) {
  __u64 number = next(PRODUCED);
  if (bpf_ringbuf_output(&numbers, &number, sizeof number, 0)) next(REFUSED);
  return 0;
}
SEC("tc") int push_queue(struct __sk_buff *ctx) {
  struct event event = make();
  if (bpf_perf_event_output(ctx, &queue, BPF_F_CURRENT_CPU, &event, sizeof event)) next(REFUSED);
  return 0;
}`;

interface Event {
  readonly number: bigint;
  readonly place: { readonly line: number; readonly column: number };
  readonly name: string;
  readonly last: number;
}

/** 32 bytes and a header of 8: as many fit in 64 KiB, of which one byte stays free. */
const RECORD = 40;
const ROOM = Math.floor((65536 - 1) / RECORD);

const over = { code: 'TSBPF2171' };
const within = { code: 'TSBPF2172' };

function event(number: number): Event {
  return { number: BigInt(number), place: { line: number + 1, column: 2 }, name: 'tsbpf', last: 0xffffffff };
}

function thrownBy(act: () => unknown): unknown {
  try {
    return { returned: act() };
  } catch (error) {
    return error;
  }
}

function upTo(count: number, from = 0): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

const bytes = compileC(SOURCE);

interface Subject {
  readonly map: 'ring' | 'queue';
  readonly program: 'push' | 'push_queue';
}

const subjects: readonly (readonly [string, Subject, string])[] = [
  ['a ring buffer', { map: 'ring', program: 'push' }, '5.8'],
  ['a perf queue', { map: 'queue', program: 'push_queue' }, '5.8'],
];

describeKernel('events in place', { since: '5.8' }, () => {
  let object: LoadedObject;
  const counts = (key: number) => {
    const map = object.maps['counts'];
    return map instanceof ArrayMap ? (map.get(key) as bigint) : expect.unreachable();
  };
  const push = (program: string, times = 1) => run(object.programs[program]!, times);

  beforeEach(() => {
    object = loadObject(bytes);
  });
  afterEach(() => object.close());

  describe.each(subjects)('of %s', (_, { map, program }) => {
    const open = () => {
      const queue = object.maps[map] as unknown as RingBuffer<Event> | PerfQueue<Event>;
      expect(queue).toBeInstanceOf(map === 'ring' ? RingBuffer : PerfQueue);
      return queue;
    };
    const fill = (times: number) => push(program, times);

    it('are those that were pushed, in order, many times around', () => {
      const queue = open();
      expect(queue.consume(() => expect.unreachable())).toBe(0);
      let expected = 0;
      for (let round = 0; round < 30; round++) {
        fill(1000);
        const numbers: number[] = [];
        const count = queue.consume(({ number, place, name, last }) => {
          if (place.line !== Number(number) + 1 || place.column !== 2 || name !== 'tsbpf' || last !== 0xffffffff)
            expect.unreachable(`event ${number} is mixed up`);
          numbers.push(Number(number));
        });
        expect([count, numbers]).toEqual([1000, upTo(1000, expected)]);
        expected += 1000;
      }
      expect(counts(1)).toBe(0n);
    });

    it('are copied as plain objects', () => {
      const queue = open();
      fill(1);
      expect(queue.consume((value) => expect(structuredClone(value)).toEqual(event(0)))).toBe(1);
      fill(1);
      expect(queue.consume((value) => expect(JSON.parse(JSON.stringify(value))).toMatchObject({ number: '1' }))).toBe(
        1,
      );
    });

    it('are as many as the limit says, and the others come later', () => {
      const queue = open();
      fill(10);
      const seen: number[] = [];
      const take = ({ number }: Event) => void seen.push(Number(number));
      expect(queue.consume(take, { limit: 0 })).toBe(0);
      expect(queue.consume(take, { limit: 3 })).toBe(3);
      expect(queue.read()).toEqual(event(3));
      expect(queue.consume(take)).toBe(6);
      expect(seen).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9]);
      for (const limit of [-1, 1.5, NaN, '3', null] as number[])
        expect(thrownBy(() => queue.consume(take, { limit }))).toMatchObject({ code: 'TSBPF2173' });
      expect(thrownBy(() => queue.consume(undefined as never))).toMatchObject({ code: 'TSBPF2173' });
    });

    it('are those that were there, not those that come meanwhile', () => {
      const queue = open();
      fill(5);
      expect(queue.consume(() => fill(1))).toBe(5);
      expect(queue.consume(() => undefined)).toBe(5);
    });

    it('are over after the callback, in a function that goes on after it too', async () => {
      const queue = open();
      fill(2);
      const results: Promise<unknown>[] = [];
      queue.consume((value) => {
        const late = async () => {
          const before = value.number;
          await Promise.resolve();
          return [before, value.number];
        };
        results.push(late());
      });
      for (const result of results) await expect(result).rejects.toMatchObject(over);
      await expect(results[0]).rejects.toThrow(/until the callback returns.*before its first await/);
    });

    it('count as read when the callback throws, and the next one comes next', () => {
      const queue = open();
      fill(5);
      const seen: number[] = [];
      const take = ({ number }: Event) => {
        seen.push(Number(number));
        if (number === 2n) throw new RangeError('two');
      };
      expect(() => queue.consume(take)).toThrow('two');
      expect(queue.consume(take)).toBe(2);
      expect(seen).toEqual(upTo(5));
    });

    it('cannot be asked for within a callback, which leaves them as they are', async () => {
      const queue = open();
      fill(3);
      const refused: Promise<unknown>[] = [];
      const count = queue.consume((value) => {
        expect(thrownBy(() => queue.read())).toMatchObject(within);
        expect(thrownBy(() => queue.read({ batch: true }))).toMatchObject(within);
        expect(thrownBy(() => queue.consume(() => undefined))).toMatchObject(within);
        refused.push(
          queue.events().next(),
          queue.poll(() => undefined),
        );
        expect(value.name).toBe('tsbpf');
      });
      expect(count).toBe(3);
      for (const result of refused) await expect(result).rejects.toMatchObject(within);
      fill(1);
      expect(queue.read()).toEqual(event(3));
    });

    it('end with a close in a callback; what it has is over, and the others were not read', () => {
      const queue = open();
      fill(10);
      const count = queue.consume((value) => {
        if (value.number < 3n) return;
        const { place } = value;
        queue.close();
        expect(thrownBy(() => value.number)).toMatchObject(over);
        expect(thrownBy(() => place.line)).toMatchObject(over);
      });
      expect([count, queue.unread]).toEqual([4, 6]);
      expect(queue.consume(() => expect.unreachable())).toBe(0);
    });

    it('are over when a callback closes and throws', () => {
      const queue = open();
      fill(3);
      const act = () =>
        queue.consume(() => {
          queue.close();
          throw new RangeError('mine');
        });
      expect(act).toThrow('mine');
      expect(queue.unread).toBe(2);
    });

    it('come by poll, those from before at once, until it is closed', async () => {
      const queue = open();
      fill(2);
      const seen: number[] = [];
      let told: (() => void) | undefined;
      const polling = queue.poll(({ number }) => {
        seen.push(Number(number));
        told?.();
      });
      expect(seen).toEqual([0, 1]);
      for (let round = 0; round < 5; round++) {
        const news = new Promise<void>((resolve) => (told = resolve));
        fill(1);
        await news;
      }
      expect(seen).toEqual(upTo(7));
      fill(3);
      queue.close();
      await polling;
      expect(seen).toEqual(upTo(10));
    });

    it('come by poll also when its callback closes, from then on as objects of their own', async () => {
      const queue = open();
      fill(5);
      const kept: Event[] = [];
      await queue.poll((value) => {
        kept.push(value);
        if (value.number === 1n) queue.close();
      });
      expect(kept.length).toBe(5);
      expect(thrownBy(() => kept[1]!.number)).toMatchObject(over);
      expect(kept.slice(2)).toEqual([event(2), event(3), event(4)]);
    });

    it('end by poll with the callback that throws, or that aborts', async () => {
      const queue = open();
      fill(6);
      const seen: number[] = [];
      const throwing = queue.poll(({ number }) => {
        seen.push(Number(number));
        if (number === 1n) throw new RangeError('one');
      });
      await expect(throwing).rejects.toThrow('one');
      const stop = new AbortController();
      const aborting = queue.poll(
        (value) => {
          if (value.number === 3n) stop.abort(new RangeError('enough'));
          seen.push(Number(value.number));
        },
        { signal: stop.signal },
      );
      await expect(aborting).rejects.toThrow('enough');
      await expect(queue.poll(() => expect.unreachable(), { signal: stop.signal })).rejects.toThrow('enough');
      expect(seen).toEqual([0, 1, 2, 3]);
      expect(queue.consume(() => undefined)).toBe(2);
      const waiting = new AbortController();
      const polling = queue.poll(() => expect.unreachable(), { signal: waiting.signal });
      setImmediate(() => waiting.abort(new RangeError('later')));
      await expect(polling).rejects.toThrow('later');
    });

    it('go to callbacks in turns with timers, however many there are', async () => {
      const queue = open();
      fill(1);
      let ticks = 0;
      const timer = setInterval(() => ticks++, 1);
      const end = Date.now() + 10_000;
      await queue.poll(() => {
        if (ticks < 3 && Date.now() < end) fill(1);
        else queue.close();
      });
      clearInterval(timer);
      expect(ticks).toBeGreaterThanOrEqual(3);
    });
  });

  it('of a ring buffer hold an eighth of it back at most', () => {
    const ring = object.maps['ring'] as unknown as RingBuffer<Event>;
    push('push', ROOM + 5);
    expect(counts(1)).toBe(5n);
    let index = 0;
    let refused = 0;
    ring.consume(() => {
      // A whole eighth was given back before the second eighth was begun.
      if (index === 0 || index === Math.ceil(65536 / 8 / RECORD) + 1) {
        push('push');
        refused = Number(counts(1)) - 5;
        expect(refused).toBe(1);
      }
      index++;
    });
    expect(index).toBe(ROOM);
    expect(ring.consume(() => undefined)).toBe(1);
  });

  it('of a ring buffer are zero where a program did not write', () => {
    const ring = object.maps['ring'] as unknown as RingBuffer<Event>;
    push('push');
    push('push_part');
    push('push');
    const seen: unknown[] = [];
    expect(ring.consume((value) => seen.push(structuredClone(value)))).toBe(3);
    const part = { number: 1n, place: { line: 2, column: 0 }, name: '', last: 0 };
    expect(seen).toEqual([event(0), part, event(2)]);
  });

  it('of a ring buffer of numbers are the numbers', () => {
    const ring = object.maps['numbers'] as unknown as RingBuffer<bigint>;
    push('push_number', 3);
    const seen: bigint[] = [];
    expect(ring.consume((number) => seen.push(number))).toBe(3);
    expect(seen).toEqual([0n, 1n, 2n]);
  });
});
