/** Events from programs in TypeScript, typed, as they come. */
import { getPriority } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attach } from '../../../runtime/attach/attach.js';
import { describeKernel } from '../../support/kernel.js';
import { runModule, type Exports } from '../support/module.js';

const TEXT = `
interface Call { process: u32; which: i32; who: u32; command: CharArray<16>; parts: FixedArray<u16, 3>; inner: Inner }
interface Inner { big: u64; port: be16; on: boolean; bytes: Bytes<4> }

const queue = new PerfQueue<Call>();
const ring = new RingBuffer<Call>({ size: 1 << 16 });
const numbers = new RingBuffer<u64>({ size: 4096 });
const watched = shared<{ process: u32 }>({ process: 0 });
const isWatched = () => Number(bpf.getCurrentPidTgid() >> 32n) === watched.process;

const inner: Inner = { big: 0xffff_ffff_ffff_fffen, port: 0x1234, on: true, bytes: new Uint8Array([1, 2, 3, 4]) };

@tracepoint('syscalls:sys_enter_getpriority')
function toQueue(ctx: Tracepoint<'syscalls:sys_enter_getpriority'>): void {
  if (!isWatched()) return;
  queue.push(ctx, {
    process: watched.process, which: ctx.which, who: ctx.who, command: bpf.getCurrentComm(), parts: [1, 2, 3], inner,
  });
}

/** Each call leaves one event of two that it begins. */
@tracepoint('syscalls:sys_enter_getpriority')
function toRing(ctx: Tracepoint<'syscalls:sys_enter_getpriority'>): void {
  if (!isWatched()) return;
  const given = ring.reserve();
  if (given) ring.discard(given);
  const event = ring.reserve();
  if (!event) return;
  event.process = watched.process;
  event.which = -1;
  event.who = ctx.who;
  event.command = bpf.getCurrentComm();
  event.parts = [4, 5, 6];
  event.inner.big = bpf.ktimeGetNs() > 0n ? 7n : 8n;
  event.inner.port = 443;
  event.inner.on = false;
  event.inner.bytes[0] = 9;
  event.inner.bytes[1] = 8;
  event.inner.bytes[2] = 7;
  event.inner.bytes[3] = 6;
  ring.submit(event);
}

const toNumbers = tracepoint('syscalls:sys_enter_getpriority', (ctx) => {
  if (isWatched()) numbers.push(u64(ctx.who));
});

export { toQueue, toRing, toNumbers, queue, ring, numbers, watched };
`;

describeKernel('events in TypeScript', { since: '5.8' }, () => {
  let module: Exports;

  beforeAll(async () => {
    module = await runModule(TEXT);
    module.watched.process = process.pid;
  });
  afterAll(() => {
    for (const item of Object.values(module ?? {})) item.close?.();
  });

  const call = (times: number) => {
    for (let index = 0; index < times; index++) getPriority(process.pid);
  };

  /** The first events that a loop over them gives, while they are still being made. */
  async function collect(events: { events(options: object): AsyncIterable<any> }, count: number): Promise<any[]> {
    const timer = setInterval(() => call(2), 5);
    const found: any[] = [];
    try {
      for await (const event of events.events({ signal: AbortSignal.timeout(20_000) })) {
        found.push(event);
        if (found.length === count) break;
      }
    } finally {
      clearInterval(timer);
    }
    return found;
  }

  it('come through a perf queue', async () => {
    using link = attach(module.toQueue);
    expect(link.closed).toBe(false);
    const found = await collect(module.queue, 10);
    for (const event of found) {
      expect(event).toEqual({
        process: process.pid,
        which: 0,
        who: process.pid,
        command: expect.stringMatching(/\w/),
        parts: [1, 2, 3],
        inner: { big: 0xffff_ffff_ffff_fffen, port: 0x1234, on: true, bytes: Uint8Array.of(1, 2, 3, 4) },
      });
    }
    expect(found.length).toBe(10);
  });

  it('come through a ring buffer, made in place', async () => {
    using link = attach(module.toRing);
    expect(link.closed).toBe(false);
    const found = await collect(module.ring, 10);
    for (const event of found) {
      expect(event).toEqual({
        process: process.pid,
        which: -1,
        who: process.pid,
        command: expect.stringMatching(/\w/),
        parts: [4, 5, 6],
        inner: { big: 7n, port: 443, on: false, bytes: Uint8Array.of(9, 8, 7, 6) },
      });
    }
    expect(found.length).toBe(10);
  });

  it('may be numbers', () => {
    using link = attach(module.toNumbers);
    call(3);
    link.close();
    expect(module.numbers.read({ batch: true })).toEqual([process.pid, process.pid, process.pid].map(BigInt));
  });
});
