/** Ring buffers that are full: what is received and what is lost together are what was produced. */
import { afterEach, expect, it } from 'vitest';
import { loadObject } from '../../../runtime/object.js';
import { testRun } from '../../../runtime/test-run.js';
import { describeKernel } from '../../support/kernel.js';
import { compileText, runModule, type Exports } from '../support/module.js';

/** A page has room for 256 records of 16 bytes, and the kernel leaves one byte free at least (kernel/bpf/ringbuf.c). */
const ROOM = 255;

const TEXT = `
interface Event { length: u64 }
const ring = new RingBuffer<Event>({ size: 4096 });
const other = new RingBuffer<u32>({ size: 4096 });

const push = socketFilter((skb) => {
  ring.push({ length: u64(skb.len) });
  return 0;
});
const reserve = socketFilter((skb) => {
  const event = ring.reserve();
  if (!event) return 1;
  event.length = u64(skb.len);
  ring.submit(event);
  return 0;
});
const both = socketFilter((skb) => {
  const isKept = ring.push({ length: 1n });
  other.push(skb.len);
  return isKept ? 1 : 0;
});

export { ring, other, push, reserve, both };
`;

const packet = new Uint8Array(64);

describeKernel('losses of ring buffers', { since: '5.8' }, () => {
  let module: Exports = {};
  afterEach(() => {
    for (const item of Object.values(module)) item.close?.();
  });

  it('counts what the programs of a module could not push or reserve', async () => {
    module = await runModule(TEXT);
    const { ring, push, reserve } = module;
    const told: number[] = [];
    ring.on('lost', (count: number) => told.push(count));
    expect(ring.lost).toBe(0);
    testRun(push, { packet, repeat: ROOM });
    expect(ring.lost).toBe(0);
    testRun(push, { packet, repeat: 10 });
    testRun(reserve, { packet, repeat: 7 });
    expect(ring.lost).toBe(17);
    const received = ring.read({ batch: true }).length;
    testRun(reserve, { packet, repeat: 1000 });
    const produced = ROOM + 10 + 7 + 1000;
    const late = ring.read({ batch: true }).length;
    expect(received + late + ring.lost).toBe(produced);
    await Promise.resolve();
    expect(told).toEqual([17, ring.lost - 17]);
    testRun(push, { packet, repeat: 1000 });
    const { lost } = ring;
    ring.close();
    expect(ring.lost).toBe(lost);
    await Promise.resolve();
    expect(told.reduce((sum, count) => sum + count, 0)).toBe(lost);
  });

  it('counts for each ring buffer by itself', async () => {
    module = await runModule(TEXT);
    const { ring, other, both, push } = module;
    testRun(push, { packet, repeat: 56 });
    testRun(both, { packet, repeat: ROOM });
    expect([ring.lost, other.lost]).toEqual([56, 0]);
    other.off('lost', () => undefined);
    testRun(both, { packet, repeat: 3 });
    expect([ring.lost, other.lost]).toEqual([59, 3]);
  });

  it('counts for programs of an object, until it is closed', async () => {
    const object = (await compileText(TEXT)).object()!;
    const { programs, maps, close } = loadObject(object);
    try {
      testRun(programs['push']!, { packet, repeat: ROOM + 44 });
      const { ring, other } = maps as unknown as Record<string, { lost: number }>;
      expect([ring!.lost, other!.lost]).toEqual([44, 0]);
      close();
      expect(ring!.lost).toBe(44);
    } finally {
      close();
    }
  });
});
