/** What programs print, read from the trace pipe. */
import { getPriority } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attach } from '../../runtime/attach/attach.js';
import { parseTraceLine, traceFields } from '../../runtime/events/trace-pipe.js';
import { describeKernel } from '../support/kernel.js';
import { loadC, type TestObject } from './support/object.js';

const SOURCE = `
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); } only SEC(".maps");
SEC("tracepoint/syscalls/sys_enter_getpriority") int print(void *ctx) {
  __u32 key = 0;
  __u64 *process = bpf_map_lookup_elem(&only, &key);
  if (process && bpf_get_current_pid_tgid() >> 32 == *process) bpf_printk("tsbpf says: %d [1] x: y", 42);
  return 0;
}`;

describe('a line of the trace pipe', () => {
  it('is split whatever the task is called', () => {
    expect(parseTraceLine('            node-1234    [001] d..31  5678.123456: bpf_trace_printk: a: b')).toEqual({
      task: 'node',
      pid: 1234,
      cpu: 1,
      flags: 'd..31',
      timestamp: 5678.123456,
      message: 'a: b',
    });
    expect(parseTraceLine(' a-b [0] c-7 (   7) [000] ....   1.5: 0x00000001: ')).toMatchObject({
      task: 'a-b [0] c',
      pid: 7,
      cpu: 0,
      message: '',
    });
  });

  it('of another tracer is none', () => {
    expect(parseTraceLine('  node-1  [001] d..31  1.0: sched_switch: prev_comm=a')).toBeUndefined();
    expect(parseTraceLine('CPU:1 [LOST 12 EVENTS]')).toBeUndefined();
  });
});

describeKernel('the trace pipe', {}, () => {
  let object: TestObject;

  beforeAll(() => {
    object = loadC(SOURCE);
    object.setCount('only', 0, process.pid);
  });
  afterAll(() => object[Symbol.dispose]());

  it('gives what a program prints, as it comes', async () => {
    using pipe = traceFields();
    using link = attach(object.program('print'));
    expect(link.closed).toBe(false);
    setTimeout(() => {
      for (let index = 0; index < 3; index++) getPriority();
    }, 20);
    let found = 0;
    for await (const fields of pipe.events({ signal: AbortSignal.timeout(5000) })) {
      if (!fields.message.startsWith('tsbpf says')) continue;
      expect(fields).toMatchObject({ message: 'tsbpf says: 42 [1] x: y', pid: process.pid });
      expect(fields.timestamp).toBeGreaterThan(0);
      if (++found === 3) break;
    }
    expect(found).toBe(3);
  });
});
