/** Times of the kernel's clock as wall-clock time, exact to the nanosecond. */
import { expect, it } from 'vitest';
import { WallClock } from '../../../runtime/capture/wall-clock.js';
import { realTimeOffset } from '../../../runtime/native/clock.js';

const SECOND = 1_000_000_000n;

function set(clock: WallClock, time: bigint): void {
  clock.set(Number(time >> 32n), Number(time & 0xffff_ffffn));
}

it.each([
  ['the moment it was made', 0n],
  ['a nanosecond before', -1n],
  ['a nanosecond later', 1n],
  ['where the lower word overflows', 0xffff_ffffn],
  ['a day later', 86_400n * SECOND + 7n],
  ['a day before', -86_400n * SECOND - 7n],
  ['a hundred days later', 8_640_000n * SECOND + 999_999_999n],
])('is exact: %s', (_, since) => {
  const offset = 1_763_740_000n * SECOND + 999_999_998n;
  const clock = new WallClock(() => offset);
  const time = process.hrtime.bigint() + since;
  set(clock, time);
  const expected = time + offset;
  expect([BigInt(clock.seconds), BigInt(clock.nanoseconds)]).toEqual([expected / SECOND, expected % SECOND]);
  expect((BigInt(clock.high) << 32n) | BigInt(clock.low)).toBe(expected);
});

it('follows a clock that somebody sets, and not what measurements differ by', () => {
  let offset = 1000n * SECOND;
  const clock = new WallClock(() => offset);
  const time = process.hrtime.bigint();
  const now = () => {
    clock.refresh();
    set(clock, time);
    return (BigInt(clock.high) << 32n) | BigInt(clock.low);
  };
  offset += 500n;
  expect(now()).toBe(time + 1000n * SECOND);
  offset += 3600n * SECOND;
  expect(now()).toBe(time + 4600n * SECOND + 500n);
});

it('is the time of this machine', () => {
  const before = BigInt(Date.now()) * 1_000_000n;
  const measured = process.hrtime.bigint() + realTimeOffset();
  expect(measured).toBeGreaterThanOrEqual(before - 1_000_000n);
  expect(measured).toBeLessThanOrEqual(BigInt(Date.now() + 1) * 1_000_000n);
});
