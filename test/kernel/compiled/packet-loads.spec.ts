/** `skb.packet.get…` at offsets that only the run knows: as a DataView reads, and an end with the default result behind the last byte. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testRun } from '../../../runtime/test-run.js';
import { describeKernel } from '../../support/kernel.js';
import { runModule, type Exports } from '../support/module.js';

type Getter = 'getUint8' | 'getInt8' | 'getUint16' | 'getInt16' | 'getUint32' | 'getInt32';
const GETTERS: readonly Getter[] = ['getUint8', 'getInt8', 'getUint16', 'getInt16', 'getUint32', 'getInt32'];

const CASES = GETTERS.map((name, index) => {
  const order = name.endsWith('8') ? '' : ', true';
  return `case ${index * 2}: return skb.packet.${name}(at); case ${index * 2 + 1}: return skb.packet.${name}(at${order});`;
}).join('\n    ');

/** The first byte chooses the getter, the second its byte order, the next four are the offset. */
const BODY = `
  const at = skb.packet.getInt32(2);
  switch (skb.packet.getUint8(0) * 2 + skb.packet.getUint8(1)) {
    ${CASES}
    // What is read is not used: it ends the program where there is nothing to read, all the same.
    default: skb.packet.getUint16(at); return 1;
  }`;

const TEXT = `
@socketFilter
function ofSocket(skb: SkBuff): number {${BODY}
}
@tc('ingress')
function ofTc(skb: SkBuff): number {${BODY}
}
@tc('ingress', { defaultResult: 77 })
function withResult(skb: SkBuff): number {${BODY.replace('getInt32(2)', 'getUint16(4)')}
}
/** Through a function of its own beside it, and twice at the same place, around a store. */
function fold(a: number, b: number): number {
  let sum = 0;
  for (let i = 0; i < 32; i++) sum = (sum * 31 + ((a ^ (b >>> i)) & 0xff)) & 0xffffff;
  return sum;
}
@tc('ingress')
function changed(skb: SkBuff): number {
  const at = skb.packet.getUint8(0);
  const before = skb.packet.getUint16(at);
  skb.packet.setUint16(at, before + 1);
  const after = skb.packet.getUint16(at);
  return fold(before, after) === fold(before, before + 1) && fold(after, after) !== fold(before, before) ? after : 0xbad;
}
export { ofSocket, ofTc, withResult, changed };
`;

const LENGTH = 60;
/** The last ones are where classic BPF keeps its extensions, which a packet's offset never means. */
const ALL = [0, 6, 13, 14, 33, 56, 57, 58, 59, 60, 61, 0xffff, 0x7fffffff, -1, -4, -0x1000, -0x100000, -0x200000];

/** An offset of 16 bits for the program that tests pointers itself. */
const SHORT = ALL.filter((at) => at >= 0 && at <= 0xffff);

describeKernel('reads of a packet at offsets of the run', {}, () => {
  let module: Exports;

  beforeAll(async () => {
    module = await runModule(TEXT);
  });
  afterAll(() => {
    for (const program of Object.values(module ?? {})) program.close?.();
  });

  function packetFor(getter: number, littleEndian: number, at: number): Uint8Array {
    const packet = Uint8Array.from({ length: LENGTH }, (_, index) => (index * 37) ^ 0x95);
    packet[0] = getter;
    packet[1] = littleEndian;
    new DataView(packet.buffer).setInt32(2, at);
    return packet;
  }

  /** What a DataView reads; undefined where it throws. */
  function read(packet: Uint8Array, name: Getter, at: number, littleEndian: boolean): number | undefined {
    try {
      return new DataView(packet.buffer)[name](at, littleEndian) >>> 0;
    } catch {
      return undefined;
    }
  }

  it.each<[string, number, readonly number[]]>([
    ['ofSocket', 0, ALL],
    ['ofTc', 0, ALL],
    ['withResult', 77, SHORT],
  ])('%s', (program, missing, offsets) => {
    for (const [index, name] of GETTERS.entries()) {
      for (const littleEndian of [0, 1]) {
        for (const at of offsets) {
          const packet = packetFor(index, littleEndian, at);
          const expected = read(packet, name, at, littleEndian === 1) ?? missing;
          const { value } = testRun(module[program], { packet });
          expect([name, littleEndian, at, value >>> 0]).toEqual([name, littleEndian, at, expected]);
        }
      }
    }
  });

  it.each<[string, number, readonly number[]]>([
    ['ofSocket', 0, ALL],
    ['ofTc', 0, ALL],
    ['withResult', 77, SHORT],
  ])('%s ends at a read whose value nobody uses', (program, missing, offsets) => {
    for (const at of offsets) {
      const packet = packetFor(GETTERS.length, 0, at);
      const expected = read(packet, 'getUint16', at, false) === undefined ? missing : 1;
      expect([at, testRun(module[program], { packet }).value]).toEqual([at, expected]);
    }
  });

  it('see what was stored between', () => {
    const packet = Uint8Array.from({ length: LENGTH }, (_, index) => (index === 0 ? 20 : index * 3));
    expect(testRun(module.changed, { packet }).value).toBe(new DataView(packet.buffer).getUint16(20) + 1);
  });
});
