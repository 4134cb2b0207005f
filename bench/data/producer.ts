// What both consumers read: records of 8 and of 64 bytes, in ring buffers and in a perf event array.
import { HashMap, PerfQueue, RingBuffer, shared, tc } from 'tsbpf';
import type { u32, u64 } from 'tsbpf';

interface Sample {
  time: u64;
  address: u64;
  inode: u64;
  bytes: u64;
  pid: u32;
  tid: u32;
  uid: u32;
  gid: u32;
  cpu: u32;
  port: u32;
  length: u32;
  flags: u32;
}

export const small = new RingBuffer<u64>({ size: 1 << 20 });
export const large = new RingBuffer<Sample>({ size: 1 << 22 });
export const perf = new PerfQueue<u64>();
export const table = new HashMap<u32, u64>({ maxEntries: 1 << 17 });
export const counts = shared<{ pushed: u64; refused: u64; last: u32 }>({ pushed: 0n, refused: 0n, last: 0 });

export const pushSmall = tc('ingress', () => {
  counts.pushed += 1n;
  if (!small.push(counts.pushed)) counts.refused += 1n;
  return 0;
});

export const pushLarge = tc('ingress', () => {
  counts.pushed += 1n;
  const [pid, tid, uid, gid, cpu, port, length, flags] = [1, 2, 3, 4, 5, 6, 7, 0x80000000];
  const [time, address, inode, bytes] = [counts.pushed, 0xffff888000000000n, 5n, 6n];
  if (!large.push({ time, address, inode, bytes, pid, tid, uid, gid, cpu, port, length, flags })) counts.refused += 1n;
  return 0;
});

export const pushPerf = tc('ingress', (ctx) => {
  counts.pushed += 1n;
  if (!perf.push(ctx, counts.pushed)) counts.refused += 1n;
  return 0;
});
