/** What callbacks of `consume` and `poll` get, as types: tsc checks this file, and nothing runs it. */
import type { RingBuffer } from '../../runtime/events/ring-buffer.js';
import type { u32, u64 } from '../../runtime/types.js';

export function types(
  numbers: RingBuffer<u64>,
  structs: RingBuffer<{ time: u64; place: { line: u32 } }>,
): Promise<void> {
  let sum = 0n;
  numbers.consume((value) => {
    sum += value;
    const whole: bigint = value;
    return whole;
  });
  structs.consume((event) => {
    sum += event.time;
    const line: number = event.place.line;
    // @ts-expect-error: the memory is the kernel's.
    event.time = 5n;
    return line;
  });
  return structs.poll(({ time }) => (sum += time), { signal: new AbortController().signal });
}
