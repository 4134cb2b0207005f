/** Helpers that fill memory of the program's own, as many bytes as only the running program knows. */
import { expect, it } from 'vitest';
import { loadObject, RingBuffer, testRun } from '../../../runtime/index.js';
import { duplicateDescriptor } from '../../../runtime/native/libc.js';
import { describeKernel } from '../../support/kernel.js';
import { compileText } from '../support/module.js';

const duplicate = (fd: number) => duplicateDescriptor(fd, 'the ring');

const ring = `
interface Short { status: i32; data: Bytes<16> }
interface Long { status: i32; data: Bytes<48> }
const lengths = new ArrayMap<u32>({ maxEntries: 1 });
export const events = new RingBuffer<Short>({ size: 4096 });
`;

/** What one run of a socket filter over the bytes 0, 1, 2, … leaves in the ring. */
async function run(body: string, length: number, packet = Uint8Array.from({ length: 64 }, (_, i) => i)) {
  const text = `${ring}
    @socketFilter
    export function copy(skb: SkBuff) {
      const length = lengths[0];
      ${body}
      return 0;
    }`;
  using loaded = loadObject((await compileText(text)).object()!);
  loaded.maps['lengths']!.set(0, length);
  testRun(loaded.programs['copy']!, { packet });
  const events = loaded.maps['events'] as unknown as { read(): { status: number; data: Uint8Array } | undefined };
  return events.read()!;
}

const short = `
  const event = events.reserve();
  if (!event) return 0;
  event.status = bpf.skbLoadBytes(skb, 2, event.data, length);
  events.submit(event);`;

describeKernel('bpf.skbLoadBytes into given memory', {}, () => {
  it.each([
    [1, 0],
    [16, 0],
    [0, 0],
    [17, -22],
    [0xffffffff, -22],
  ])('copies %i bytes: %i', async (length, status) => {
    const event = await run(short, length);
    expect(event.status).toBe(status);
    const copied = status === 0 ? length : 0;
    expect([...event.data.subarray(0, copied)]).toEqual(Array.from({ length: copied }, (_, i) => i + 2));
  });

  it('says where the packet ends before', async () => {
    const event = await run(short, 16, new Uint8Array(17));
    expect(event.status).toBe(-14);
  });

  it('fills records of another type than the ring is declared with, as long as that is', async () => {
    const text = `${ring}
      @socketFilter
      export function copy(skb: SkBuff) {
        const event = events.reserve<Long>();
        if (!event) return 0;
        event.status = bpf.skbLoadBytes(skb, 0, event.data, 48);
        events.submit(event);
        return 0;
      }`;
    using loaded = loadObject((await compileText(text)).object()!);
    using events = RingBuffer.fromDescriptor(duplicate(loaded.maps['events']!.fd));
    testRun(loaded.programs['copy']!, { packet: Uint8Array.from({ length: 64 }, (_, i) => i) });
    const bytes = events.read()!;
    expect([...bytes]).toEqual([0, 0, 0, 0, ...Array.from({ length: 48 }, (_, i) => i)]);
  });
});
