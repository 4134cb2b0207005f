/** Maps of events in an object, decoded by the types that our compiler leaves in its BTF. */
import { getPriority } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attach } from '../../runtime/attach/attach.js';
import { PerfQueue } from '../../runtime/events/perf-queue.js';
import { RingBuffer } from '../../runtime/events/ring-buffer.js';
import { loadObject, type LoadedObject } from '../../runtime/object.js';
import { describeKernel } from '../support/kernel.js';
import { compileC } from './support/object.js';

const SOURCE = `
struct event { __u64 process; __u32 number; char name[12]; };
typedef struct event __tsbpf_event_ring;
typedef struct event __tsbpf_event_queue;
__tsbpf_event_ring __tsbpf_event_ring_is;
__tsbpf_event_queue __tsbpf_event_queue_is;
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 65536); } ring SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); __uint(key_size, 4); __uint(value_size, 4); } queue SEC(".maps");
static __always_inline struct event make(__u32 number) {
  return (struct event){ .process = bpf_get_current_pid_tgid() >> 32, .number = number, .name = "tsbpf" };
}
SEC("tracepoint/syscalls/sys_enter_getpriority") int on_enter(void *ctx) {
  struct event event = make(1);
  bpf_ringbuf_output(&ring, &event, sizeof event, 0);
  bpf_perf_event_output(ctx, &queue, BPF_F_CURRENT_CPU, &event, sizeof event);
  struct event half = make(2);
  bpf_ringbuf_output(&ring, &half, 8, 0);
  return 0;
}`;

interface Event {
  readonly process: bigint;
  readonly number: number;
  readonly name: string;
}

describeKernel('events of an object', { since: '5.8' }, () => {
  let object: LoadedObject;

  beforeAll(() => {
    object = loadObject(compileC(SOURCE));
  });
  afterAll(() => object.close());

  it('are values of their type, those from before anybody read included', () => {
    const { ring, queue } = object.maps as unknown as { ring: RingBuffer<Event>; queue: PerfQueue<Event> };
    expect(ring).toBeInstanceOf(RingBuffer);
    expect(queue).toBeInstanceOf(PerfQueue);
    using link = attach(object.programs.on_enter!);
    getPriority();
    link.close();
    const own = (event: Event) => event.process === BigInt(process.pid);
    const expected = { process: BigInt(process.pid), number: 1, name: 'tsbpf' };
    expect(queue.read({ batch: true }).filter(own)).toEqual([expected]);
    // What a program did not write of the type reads as zero.
    expect(ring.read({ batch: true }).filter(own)).toEqual([expected, { ...expected, number: 0, name: '' }]);
  });

  it('cannot be pushed from user space', () => {
    const { ring } = object.maps as unknown as { ring: RingBuffer<Event> };
    expect(() => ring.push({ process: 0n, number: 0, name: '' })).toThrow(/RingBuffer\.push runs in the kernel only/);
  });
});
