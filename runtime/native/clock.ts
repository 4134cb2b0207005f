/** The kernel's clocks. */
import { readFileSync } from 'node:fs';
import { libc } from './libc.js';

const CLOCK_REALTIME = 0;
const CLOCK_MONOTONIC = 1;

const clockGettime = libc.declare<(clock: number, time: BigInt64Array) => number>(
  'int clock_gettime(int clock, void *time)',
);

const time = new BigInt64Array(2);

function nanoseconds(clock: number): bigint {
  clockGettime(clock, time);
  return time[0]! * 1_000_000_000n + time[1]!;
}

/** How often it is measured: a reading that was interrupted in between counts for nothing. */
const ATTEMPTS = 10;

/**
 * What to add to bpf_ktime_get_ns() for nanoseconds since 1970. Both clocks run at the same rate, so it stays what it
 * is until the clock is set. It is right to within half of the time that reading two clocks takes.
 */
export function realTimeOffset(): bigint {
  let best = { taken: 1n << 62n, offset: 0n };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = nanoseconds(CLOCK_MONOTONIC);
    const real = nanoseconds(CLOCK_REALTIME);
    const taken = nanoseconds(CLOCK_MONOTONIC) - before;
    if (taken < best.taken) best = { taken, offset: real - before - taken / 2n };
  }
  return best.offset + namespaceOffset();
}

/** What bpf_ktime_get_ns() gives now. */
export function kernelTime(): bigint {
  return nanoseconds(CLOCK_MONOTONIC) - namespaceOffset();
}

let ownOffset: bigint | undefined;

/** How far this process's monotonic clock is before the kernel's own, in a time namespace (Linux 5.6). */
function namespaceOffset(): bigint {
  return (ownOffset ??= readNamespaceOffset());
}

function readNamespaceOffset(): bigint {
  try {
    const [, seconds, nanos] =
      /^monotonic\s+(-?\d+)\s+(-?\d+)/m.exec(readFileSync('/proc/self/timens_offsets', 'utf8')) ?? [];
    return seconds && nanos ? BigInt(seconds) * 1_000_000_000n + BigInt(nanos) : 0n;
  } catch {
    return 0n;
  }
}
