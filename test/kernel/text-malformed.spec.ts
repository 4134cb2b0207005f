/** Texts that are not UTF-8, or cut off, have the units and characters that user space decodes of the same bytes. */
import { Buffer } from 'node:buffer';
import { expect, it } from 'vitest';
import { loadObject, testRun } from '../../runtime/index.js';
import { describeKernel } from '../support/kernel.js';
import { compileText } from './support/module.js';

const SIZE = 12;
/** The edges of what the decoder tells apart. */
const BYTES = [
  ...[0x00, 0x01, 0x61, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed],
  ...[0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf],
];

const source = `
interface Header { text: CharArray<${SIZE}> }
const units = new ArrayMap<u32>({ maxEntries: ${SIZE + 1} });
const characters = new ArrayMap<u32>({ maxEntries: ${SIZE + 1} });
@xdp function read(ctx: XdpContext): number {
  const header = ctx.packet.at<Header>(0);
  if (!header) return 0;
  const { text } = header;
  units.set(0, text.length);
  for (let i = 0; i < text.length; i++) units.set(i + 1, text.charCodeAt(i));
  let count = 0;
  for (const character of text) {
    count++;
    characters.set(count, character === '\\ufffd' ? 3 : character.length);
  }
  characters.set(0, count);
  return 1;
}
@xdp function near(ctx: XdpContext): number {
  const header = ctx.packet.at<Header>(0);
  return header ? (header.text.charCodeAt(3) << 2) | 3 : 0;
}
`;

/** Bytes by a generator of numbers that a seed begins (Lehmer's, modulo 2^31 - 1). */
function* samples(seed: number, count: number): Generator<Uint8Array> {
  let state = (seed % 0x7ffffffe) + 1;
  const next = (below: number) => (state = Number((BigInt(state) * 48271n) % 0x7fffffffn)) % below;
  for (let sample = 0; sample < count; sample++) {
    const length = next(SIZE + 1);
    yield Uint8Array.from({ length: SIZE }, (_, index) => (index < length ? BYTES[next(BYTES.length)]! : 0));
  }
}

function decoded(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(bytes).toString('utf8', 0, end < 0 ? SIZE : end);
}

describeKernel('texts that are malformed', {}, () => {
  it('are to programs what they are to user space', async () => {
    using object = loadObject((await compileText(source)).object()!);
    const seed = Date.now() % 1_000_000;
    for (const bytes of samples(seed, 1500)) {
      const text = decoded(bytes);
      const label = `seed ${seed}: ${Buffer.from(bytes).toString('hex')}`;
      const packet = new Uint8Array(64);
      packet.set(bytes);
      expect(testRun(object.programs.read!, { packet }).value, label).toBe(1);
      const [length, ...units] = object.maps.units!.values() as Iterable<number>;
      expect(length, label).toBe(text.length);
      expect(units.slice(0, length), label).toEqual(
        Array.from({ length: text.length }, (_, at) => text.charCodeAt(at)),
      );
      const [count, ...characters] = object.maps.characters!.values() as Iterable<number>;
      const expected = Array.from(text, (character) => (character === '\ufffd' ? 3 : character.length));
      expect(count, label).toBe(expected.length);
      expect(characters.slice(0, count), label).toEqual(expected);
      // Past the end, the program ends with XDP_PASS.
      const near = text.length > 3 ? (text.charCodeAt(3) << 2) | 3 : 2;
      expect(testRun(object.programs.near!, { packet }).value, label).toBe(near);
    }
  });
});
