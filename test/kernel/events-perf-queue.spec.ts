/** Perf queues: received and lost together are what was produced, by the kernel's own count. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attach } from '../../runtime/attach/attach.js';
import { onlineCpus, parseCpuList } from '../../runtime/events/cpus.js';
import { PerfQueue } from '../../runtime/events/perf-queue.js';
import { describeKernel } from '../support/kernel.js';
import { command } from './support/network.js';
import { duplicateDescriptor, loadC, run, type TestObject } from './support/object.js';

const SOURCE = `
struct { __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); __uint(key_size, 4); __uint(value_size, 4); } queue SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, __u32); __type(value, __u64); } counts SEC(".maps");
enum { PRODUCED, REFUSED };
struct event { __u64 number; __u32 cpu; char filler[40]; };
static __always_inline __u64 *count(__u32 key) { return bpf_map_lookup_elem(&counts, &key); }

static __always_inline int produce(void *ctx) {
  __u64 *produced = count(PRODUCED), *refused = count(REFUSED);
  if (!produced || !refused) return 0;
  struct event event = { .cpu = bpf_get_smp_processor_id() };
  event.number = *produced;
  __sync_fetch_and_add(produced, 1);
  if (bpf_perf_event_output(ctx, &queue, BPF_F_CURRENT_CPU, &event, sizeof event)) __sync_fetch_and_add(refused, 1);
  return 0;
}
SEC("tc") int push(struct __sk_buff *ctx) { return produce(ctx); }
SEC("tracepoint/syscalls/sys_enter_getpriority") int on_call(void *ctx) { return produce(ctx); }
`;
const PRODUCED = 0;
const REFUSED = 1;

interface Event {
  readonly number: number;
  readonly cpu: number;
}
const decode = (view: DataView, offset: number): Event => ({
  number: Number(view.getBigUint64(offset, true)),
  cpu: view.getUint32(offset + 8, true),
});

describeKernel('a perf queue', {}, () => {
  let object: TestObject;
  const open = (size: number) =>
    PerfQueue.fromDescriptor(duplicateDescriptor(object.mapFd('queue'), 'queue'), { size, decode });
  const call = (times: number, cpu: number) =>
    command(
      'taskset',
      '-c',
      String(cpu),
      process.execPath,
      '-e',
      `for (let i = 0; i < ${times}; i++) os.getPriority()`,
    );

  beforeAll(() => {
    object = loadC(SOURCE);
  });
  afterAll(() => object[Symbol.dispose]());

  function reset(): void {
    for (const key of [PRODUCED, REFUSED]) object.setCount('counts', key, 0);
  }

  it('has nothing to read at first, and does not wait', () => {
    using queue = open(4096);
    expect(queue.read()).toBeUndefined();
    expect(queue.lost).toBe(0);
  });

  it('wakes for an event that came before the event loop knew of the wait', async () => {
    reset();
    using queue = open(4096);
    const next = queue.events().next();
    // By now the reader has found nothing; the loop asks the kernel when this turn is over.
    await Promise.resolve();
    run(object.program('push'));
    expect((await next).value).toMatchObject({ number: 0 });
  });

  it('gives all events in order, many times around the end of the buffer', () => {
    reset();
    using queue = open(65536);
    const cpus = onlineCpus();
    const sorted = (events: readonly Event[]) => [...events].sort((a, b) => a.number - b.number);
    let expected = 0;
    for (let round = 0; round < 30; round++) {
      // 72 bytes a record: 800 of them fit, and their start drifts over the end of the buffer.
      run(object.program('push'), 800);
      const events = queue.read({ batch: true });
      // Each CPU has a buffer of its own, and the kernel may move the run to another CPU half-way.
      for (const own of cpus.map((cpu) => events.filter((event) => event.cpu === cpu)))
        expect(own).toEqual(sorted(own));
      const numbers = sorted(events).map(({ number }) => number);
      expect(numbers).toEqual(Array.from({ length: 800 }, (_, index) => expected + index));
      expected += 800;
    }
    expect(queue.lost).toBe(0);
    expect(object.count('counts', REFUSED)).toBe(0);
  });

  it('counts what did not fit as the kernel does, and tells listeners', async () => {
    reset();
    const queue = open(4096);
    let told = 0;
    queue.on('lost', (count) => (told += count));
    let received = 0;
    for (let round = 0; round < 5; round++) {
      run(object.program('push'), 1000);
      received += queue.read({ batch: true }).length;
    }
    // Before Linux 6.0 the losses at the end are told by the record before the next event alone.
    run(object.program('push'));
    received += queue.read({ batch: true }).length;
    const lost = object.count('counts', REFUSED);
    expect(received + lost).toBe(5001);
    expect(lost).toBeGreaterThan(4000);
    queue.close();
    await Promise.resolve();
    expect(queue.lost).toBe(lost);
    expect(told).toBe(lost);
  });

  it('takes events of every CPU, and keeps the order within each', async () => {
    reset();
    using queue = open(1 << 20);
    using link = attach(object.program('on_call'));
    expect(link.closed).toBe(false);
    const received: Event[] = [];
    const stop = new AbortController();
    const reading = (async () => {
      for await (const event of queue.events({ signal: stop.signal })) received.push(event);
    })();
    const cpus = onlineCpus();
    for (const cpu of cpus) call(3000, cpu);
    await new Promise((resolve) => setTimeout(resolve, 50));
    stop.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    for (let rest = queue.read({ batch: true }); rest.length > 0; rest = queue.read({ batch: true })) {
      received.push(...rest);
    }
    expect(received.length + queue.lost).toBe(object.count('counts', PRODUCED));
    for (const cpu of cpus) {
      const numbers = received.filter((event) => event.cpu === cpu).map(({ number }) => number);
      expect(numbers.length).toBeGreaterThanOrEqual(3000);
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    }
  });

  it('gives an iteration in progress what was pushed before it was closed, and counts it where there is none', async () => {
    reset();
    const queue = open(65536);
    const received: Event[] = [];
    const reading = (async () => {
      for await (const event of queue) received.push(event);
    })();
    await new Promise((resolve) => setTimeout(resolve, 10));
    run(object.program('push'), 700);
    queue.close();
    await reading;
    expect(received.map(({ number }) => number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 700 }, (_, index) => index),
    );
    const other = open(65536);
    run(object.program('push'), 20);
    other.close();
    expect([queue.unread, other.unread, other.lost]).toEqual([0, 20, 0]);
  });

  it('leaves no entry in the map when it is closed', () => {
    reset();
    open(4096).close();
    run(object.program('push'), 10);
    expect(object.count('counts', REFUSED)).toBe(10);
  });

  it('costs no processor time while it waits', async () => {
    const queue = open(4096);
    const pending = queue.events().next();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(100);
    queue.close();
    expect((await pending).done).toBe(true);
  });
});

describeKernel('CPU lists of sysfs', {}, () => {
  it('are ranges and single numbers', () => {
    expect(parseCpuList('0-2,5\n')).toEqual([0, 1, 2, 5]);
    expect(parseCpuList('0\n')).toEqual([0]);
    expect(parseCpuList('\n')).toEqual([]);
  });
});
