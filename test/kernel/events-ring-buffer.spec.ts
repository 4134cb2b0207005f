/** Ring buffers read over their mapped pages, against producers that are counted in the kernel. */
import { spawn } from 'node:child_process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RingBuffer } from '../../runtime/events/ring-buffer.js';
import { attach } from '../../runtime/attach/attach.js';
import { BpfMap } from '../../runtime/maps/map.js';
import { Record } from '../../runtime/maps/record.js';
import { describeKernel } from '../support/kernel.js';
import { duplicateDescriptor, loadC, run, type TestObject } from './support/object.js';

const SOURCE = `
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 65536); } ring SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 65536); } other SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, __u32); __type(value, __u64); } counts SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 1 << 25); } big SEC(".maps");
enum { PRODUCED, DROPPED, PROCESS };
static __always_inline __u64 *count(__u32 key) { return bpf_map_lookup_elem(&counts, &key); }

static __always_inline int produce(void *where, int odd_discarded) {
  __u64 *produced = count(PRODUCED), *dropped = count(DROPPED);
  if (!produced || !dropped) return 0;
  __u64 number = *produced;
  __sync_fetch_and_add(produced, 1);
  __u64 *event = bpf_ringbuf_reserve(where, sizeof *event, 0);
  if (!event) { __sync_fetch_and_add(dropped, 1); return 0; }
  *event = number;
  if (odd_discarded && (number & 1)) bpf_ringbuf_discard(event, 0); else bpf_ringbuf_submit(event, 0);
  return 1;
}
SEC("xdp") int push(struct xdp_md *ctx) { produce(&ring, 0); return XDP_PASS; }
SEC("xdp") int push_even(struct xdp_md *ctx) { produce(&ring, 1); return XDP_PASS; }
SEC("xdp") int push_other(struct xdp_md *ctx) { produce(&other, 0); return XDP_PASS; }
SEC("xdp") int push_text(struct xdp_md *ctx) { char text[5] = "tsbpf"; bpf_ringbuf_output(&ring, text, 5, 0); return XDP_PASS; }
SEC("xdp") int push_big(struct xdp_md *ctx) {
  void *event = bpf_ringbuf_reserve(&big, (1 << 24) - 8, 0);
  if (event) bpf_ringbuf_discard(event, 0);
  return event ? produce(&big, 0) : 0;
}
SEC("tracepoint/syscalls/sys_enter_getpriority") int on_call(void *ctx) {
  __u64 *process = count(PROCESS);
  if (process && bpf_get_current_pid_tgid() >> 32 == *process) produce(&ring, 0);
  return 0;
}
`;
const PRODUCED = 0;
const DROPPED = 1;
const PROCESS = 2;

const decode = (view: DataView, offset: number) => Number(view.getBigUint64(offset, true));

describeKernel('a ring buffer', { since: '5.8' }, () => {
  let object: TestObject;
  const open = (name = 'ring') => RingBuffer.fromDescriptor(duplicateDescriptor(object.mapFd(name), name), decode);

  beforeAll(() => {
    object = loadC(SOURCE);
  });
  afterAll(() => object[Symbol.dispose]());

  function reset(): void {
    for (const key of [PRODUCED, DROPPED]) object.setCount('counts', key, 0);
  }

  it('has nothing to read at first, and does not wait', () => {
    using ring = open();
    expect(ring.read()).toBeUndefined();
    expect(ring.read({ batch: true })).toEqual([]);
  });

  it('gives events one at a time and in batches, in order, many times around', () => {
    reset();
    using ring = open();
    let expected = 0;
    for (let round = 0; round < 40; round++) {
      // 16 bytes a record: 3000 of them fit in 64 KiB, 40 rounds go around 29 times.
      run(object.program('push'), 3000);
      expect(ring.read()).toBe(expected++);
      const batch = ring.read({ batch: true });
      expect(batch).toEqual(Array.from({ length: 2999 }, (_, index) => expected + index));
      expected += 2999;
      expect(ring.read()).toBeUndefined();
    }
    expect(object.count('counts', DROPPED)).toBe(0);
  });

  it('passes over what was discarded', () => {
    reset();
    using ring = open();
    run(object.program('push_even'), 1000);
    expect(ring.read({ batch: true })).toEqual(Array.from({ length: 500 }, (_, index) => index * 2));
  });

  it('gives bytes, of the event’s own length, where nobody says what they are', () => {
    using ring = RingBuffer.fromDescriptor(duplicateDescriptor(object.mapFd('ring'), 'ring'));
    run(object.program('push_text'));
    expect(Buffer.from(ring.read()!).toString()).toBe('tsbpf');
    expect(ring.read()).toBeUndefined();
  });

  it('decodes by a record where it is opened without its object', () => {
    reset();
    using ring = BpfMap.open<RingBuffer<bigint>>(object.mapFd('ring'), { value: new Record('Q') });
    run(object.program('push'), 3);
    expect([ring.read(), ring.read({ batch: true })]).toEqual([0n, [1n, 2n]]);
  });

  it('when it is full keeps what is there, and the program sees that it is', () => {
    reset();
    using ring = open();
    run(object.program('push'), 100_000);
    const kept = [...ring.read({ batch: true }), ...ring.read({ batch: true })];
    expect(kept.length + object.count('counts', DROPPED)).toBe(100_000);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => index));
    // A byte less than the buffer, in records of 16.
    expect(kept.length).toBe(65536 / 16 - 1);
  });

  it('wakes an iteration for what another process does, and loses nothing that the kernel took', async () => {
    reset();
    using ring = open();
    const child = spawn(process.execPath, [
      '-e',
      'process.stdin.once("data", () => { const os = require("os"); for (let i = 0; i < 50000; i++) os.getPriority(); process.exit() })',
    ]);
    object.setCount('counts', PROCESS, child.pid!);
    using link = attach(object.program('on_call'));
    expect(link.closed).toBe(false);
    const exit = new Promise((resolve) => child.on('exit', resolve));
    child.stdin.write('go');
    const received: number[] = [];
    const enough = async () => {
      for await (const batch of ring.events({ batch: true })) {
        for (const number of batch) received.push(number);
        if (child.exitCode !== null) return;
      }
    };
    await Promise.race([enough(), exit]);
    await exit;
    received.push(...ring.read({ batch: true }), ...ring.read({ batch: true }));
    expect(object.count('counts', PRODUCED)).toBe(50_000);
    expect(received.length + object.count('counts', DROPPED)).toBe(50_000);
    expect(received.length).toBeGreaterThan(1000);
    for (let index = 1; index < received.length; index++) expect(received[index]! > received[index - 1]!).toBe(true);
  });

  it('gives single events to `for await`, and timers their turn meanwhile', async () => {
    reset();
    using ring = open();
    run(object.program('push'), 2000);
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    let expected = 0;
    const busy = () => {
      const end = performance.now() + 0.05;
      while (performance.now() < end);
    };
    for await (const number of ring) {
      expect(number).toBe(expected++);
      busy();
      if (expected === 2000) break;
    }
    clearInterval(timer);
    expect(turns).toBeGreaterThan(2);
  });

  it('ends iterations when it is closed, and closing twice is harmless', async () => {
    const ring = open();
    const iterations = [1, 2].map(async () => {
      for await (const event of ring) expect(event).toBeUndefined();
      return 'ended';
    });
    setTimeout(() => ring.close(), 20);
    expect(await Promise.all(iterations)).toEqual(['ended', 'ended']);
    ring.close();
  });

  it('gives iterations in progress what was submitted before it was closed', async () => {
    reset();
    const ring = open();
    const received: number[] = [];
    const reading = (async () => {
      for await (const number of ring) received.push(number);
    })();
    const batches = (async () => {
      for await (const batch of ring.events({ batch: true })) received.push(...batch);
    })();
    await new Promise((resolve) => setTimeout(resolve, 10));
    run(object.program('push'), 3000);
    ring.close();
    await Promise.all([reading, batches]);
    expect(received.sort((a, b) => a - b)).toEqual(Array.from({ length: 3000 }, (_, index) => index));
    expect([ring.unread, ring.closed]).toEqual([0, true]);
  });

  it('goes on to the end of what was there where the loop itself closes it', async () => {
    reset();
    const ring = open();
    run(object.program('push'), 500);
    const received: number[] = [];
    for await (const number of ring) {
      if (received.push(number) !== 1) continue;
      ring.close();
      run(object.program('push'), 10);
    }
    expect(received).toHaveLength(500);
    using again = open();
    expect(again.read({ batch: true })).toHaveLength(10);
  });

  it('counts what was there where nobody was iterating when it was closed', async () => {
    reset();
    const ring = open();
    run(object.program('push_even'), 100);
    for await (const number of ring) if (number === 2) break;
    expect(ring.unread).toBe(0);
    ring.close();
    expect(ring.unread).toBe(48);
    using again = open();
    expect(again.read()).toBe(4);
    while (again.read() !== undefined);
  });

  it('reads on where its positions pass 4 GiB', () => {
    reset();
    using ring = open('big');
    // Each run passes 16 MiB and an event.
    for (let index = 0; index < 260; index++) {
      expect(run(object.program('push_big'))).toBe(1);
      expect(ring.read()).toBe(index);
    }
    expect(object.count('counts', DROPPED)).toBe(0);
  });

  it('reads on while garbage is collected, and keeps itself alive meanwhile', async () => {
    reset();
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const iterator = open().events();
    const bytes = RingBuffer.fromDescriptor(duplicateDescriptor(object.mapFd('other'), 'other')).events();
    const pending = iterator.next();
    collect();
    run(object.program('push'), 300);
    const kept: Uint8Array[] = [];
    for (let index = 0; index < 300; index++) {
      expect((await (index === 0 ? pending : iterator.next())).value).toBe(index);
      run(object.program('push_other'));
      kept.push((await bytes.next()).value as Uint8Array);
      if (index % 10 === 0) collect();
    }
    const numbers = kept.map((event) => Number(Buffer.from(event).readBigUInt64LE()));
    expect(numbers).toEqual(Array.from({ length: 300 }, (_, index) => 300 + index));
    await iterator.return?.();
    await bytes.return?.();
  });

  it('ends an iteration by its signal, with the reason', async () => {
    reset();
    using ring = open();
    const iteration = (async () => {
      for await (const event of ring.events({ signal: AbortSignal.timeout(20) })) expect(event).toBeUndefined();
    })();
    await expect(iteration).rejects.toThrow(/timeout/);
    run(object.program('push'));
    expect(ring.read()).toBe(0);
  });

  it('is one of several in a process', async () => {
    reset();
    using first = open();
    using second = open('other');
    const both = Promise.all([first.events().next(), second.events().next()]);
    setTimeout(() => {
      run(object.program('push_other'));
      run(object.program('push'));
    }, 10);
    expect((await both).map(({ value }) => value as number)).toEqual([1, 0]);
  });

  it('costs no processor time while it waits', async () => {
    using ring = open();
    const pending = ring.events().next();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(100);
    ring.close();
    expect((await pending).done).toBe(true);
  });
});
