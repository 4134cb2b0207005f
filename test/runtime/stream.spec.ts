/** Calling back for the events of a stream that has no memory of records: each is a value of its own. */
import { expect, it } from 'vitest';
import { EventStream } from '../../runtime/events/stream.js';

class Numbers extends EventStream<number> {
  protected readonly name = 'numbers';
  readonly waiting: number[] = [];
  released = 0;

  protected get pollable(): number {
    return expect.unreachable('nobody waits');
  }

  /** Twelve cannot be read. */
  protected drain(limit: number, events: number[]): void {
    while (events.length < limit && this.waiting.length > 0) {
      const next = this.waiting.shift()!;
      if (next === 12) throw new RangeError('twelve');
      events.push(next);
    }
  }

  protected release(): void {
    this.released++;
  }

  protected override drainRest(events: number[]): void {
    this.drain(Infinity, events);
  }

  protected override countRest(): number {
    return this.waiting.length;
  }
}

function of(...numbers: number[]): Numbers {
  const stream = new Numbers();
  stream.waiting.push(...numbers);
  return stream;
}

it('calls back in order, up to the limit', () => {
  const stream = of(1, 2, 3, 4);
  const seen: number[] = [];
  expect(stream.consume((value) => seen.push(value), { limit: 3 })).toBe(3);
  expect(stream.consume((value) => seen.push(value))).toBe(1);
  expect(stream.consume((value) => seen.push(value))).toBe(0);
  expect(seen).toEqual([1, 2, 3, 4]);
});

it('ends at what cannot be read, which does not come again', () => {
  const stream = of(11, 12, 13);
  const seen: number[] = [];
  expect(() => stream.consume((value) => seen.push(value))).toThrow('twelve');
  expect(stream.consume((value) => seen.push(value))).toBe(1);
  expect(seen).toEqual([11, 13]);
});

it('says at the next call what a batch stopped at', () => {
  const stream = of(11, 12, 13);
  expect(stream.read({ batch: true })).toEqual([11]);
  expect(() => stream.consume(() => undefined)).toThrow('twelve');
  expect(stream.consume((value) => expect(value).toBe(13))).toBe(1);
});

it('ends when a callback closes', () => {
  const stream = of(1, 2, 3);
  expect(stream.consume(() => stream.close())).toBe(1);
  expect([stream.released, stream.unread]).toEqual([1, 2]);
});

it('polls what is there when it is closed', async () => {
  const stream = of(1, 2, 3);
  const seen: number[] = [];
  await stream.poll((value) => {
    seen.push(value);
    if (value === 2) stream.close();
  });
  expect(seen).toEqual([1, 2, 3]);
});

it('polls no more after an abort in a callback', async () => {
  const stream = of(1, 2, 3);
  const stop = new AbortController();
  const seen: number[] = [];
  const polling = stream.poll(
    (value) => {
      seen.push(value);
      if (value === 2) stop.abort(new RangeError('enough'));
    },
    { signal: stop.signal },
  );
  await expect(polling).rejects.toThrow('enough');
  expect([seen, stream.read()]).toEqual([[1, 2], 3]);
});
