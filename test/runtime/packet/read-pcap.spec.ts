/** `readPcap`: both formats in both byte orders, and what becomes of files that are not as they say. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CaptureFileError } from '../../../runtime/packet/capture-file-error.js';
import type { CapturedPacket } from '../../../runtime/packet/captured-packet.js';
import { readPcap } from '../../../runtime/packet/read-pcap.js';
import { Random } from '../../fuzz/random.js';
import { numbers, pcap, pcapng, text } from './files.js';

const SECOND = 1_000_000_000n;

/** What of a packet is compared. */
const brief = ({ data, timestamp, length, interface: name, linkType, direction }: CapturedPacket) => ({
  data: Buffer.from(data).toString('latin1'),
  timestamp,
  length,
  name,
  linkType,
  direction,
});

/** The packets before the fault, and the fault. */
function outcome(bytes: Uint8Array): { packets: CapturedPacket[]; error: CaptureFileError | undefined } {
  const packets: CapturedPacket[] = [];
  try {
    for (const packet of readPcap(bytes)) packets.push(packet);
  } catch (error) {
    expect(error).toBeInstanceOf(CaptureFileError);
    return { packets, error: error as CaptureFileError };
  }
  return { packets, error: undefined };
}

const orders = [
  ['little', true],
  ['big', false],
] as const;

describe.each(orders)('a pcap file in %s-endian order', (_, littleEndian) => {
  it('gives packets with microseconds', () => {
    const packets = [
      { seconds: 1_700_000_000, fraction: 123_456, data: text('abc'), length: 60 },
      { seconds: 0xffff_ffff, fraction: 0, data: text('') },
    ];
    const read = [...readPcap(pcap({ littleEndian, linkType: 101 }, packets))].map(brief);
    expect(read).toEqual([
      {
        data: 'abc',
        timestamp: 1_700_000_000n * SECOND + 123_456_000n,
        length: 60,
        linkType: 101,
        name: undefined,
        direction: undefined,
      },
      { data: '', timestamp: 4_294_967_295n * SECOND, length: 0, linkType: 101, name: undefined, direction: undefined },
    ]);
  });

  it('gives packets with nanoseconds', () => {
    const file = pcap({ littleEndian, nanoseconds: true }, [{ seconds: 5, fraction: 999_999_999, data: text('x') }]);
    expect([...readPcap(file)].map(({ timestamp }) => timestamp)).toEqual([5_999_999_999n]);
  });

  it('gives the direction of cooked packets', () => {
    const cooked = (type: number) => Buffer.concat([Buffer.alloc(10), Buffer.from([type]), Buffer.alloc(9)]);
    const packets = [0, 4].map((type) => ({ seconds: 0, fraction: 0, data: cooked(type) }));
    expect([...readPcap(pcap({ littleEndian, linkType: 276 }, packets))].map(({ direction }) => direction)).toEqual([
      'in',
      'out',
    ]);
  });

  it('reads the variant with more in front of each packet', () => {
    const header = numbers(littleEndian, [0xa1b2cd34, 4], [2, 2], [4, 2], [0, 8], [65535, 4], [1, 4]);
    const record = numbers(littleEndian, [1, 4], [2, 4], [3, 4], [4, 4], [9, 4], [0x800, 2], [4, 1], [0, 1]);
    const read = [...readPcap(Buffer.concat([header, record, text('abc')]))].map(brief);
    expect(read).toMatchObject([{ data: 'abc', timestamp: SECOND + 2000n, length: 4, direction: 'out' }]);
  });
});

describe.each(orders)('a pcapng file in %s-endian order', (_, littleEndian) => {
  const { block, option, section, interface: description, enhanced, simple, obsolete } = pcapng(littleEndian);

  it('gives packets of all kinds of blocks, with interface and direction', () => {
    const flags = (word: number) => option(2, numbers(littleEndian, [word, 4]));
    const file = Buffer.concat([
      section([1, 0], option(4, text('a program'))),
      description(1, 5, option(2, text('eth0')), option(9, Buffer.from([9]))),
      description(101, 0, option(2, text('tun0'))),
      enhanced(0, 1_234_567_890_123_456_789n, 1500, text('first'), option(1, text('a comment')), flags(1)),
      enhanced(1, 1_500_000n, 3, text('raw'), flags(2 | (3 << 2))),
      simple(1400, text('cut5-')),
      obsolete(0, 7n, 4, text('old.'), flags(2)),
      enhanced(0, 8n, 1, text('.')),
    ]);
    const eth0 = { name: 'eth0', linkType: 1 };
    expect([...readPcap(file)].map(brief)).toEqual([
      { ...eth0, data: 'first', timestamp: 1_234_567_890_123_456_789n, length: 1500, direction: 'in' },
      { data: 'raw', timestamp: 1_500_000_000n, length: 3, name: 'tun0', linkType: 101, direction: 'out' },
      { ...eth0, data: 'cut5-', timestamp: 0n, length: 1400, direction: undefined },
      { ...eth0, data: 'old.', timestamp: 7n, length: 4, direction: 'out' },
      { ...eth0, data: '.', timestamp: 8n, length: 1, direction: undefined },
    ]);
  });

  it.each([
    ['microseconds unless told', undefined, undefined, 1_000_007n, 1_000_007_000n],
    ['nanoseconds', 9, undefined, 1_000_007n, 1_000_007n],
    ['seconds', 0, undefined, 3n, 3n * SECOND],
    ['picoseconds', 12, undefined, 1_999n, 1n],
    ['powers of two', 0x80 | 10, undefined, 1536n, 1_500_000_000n],
    ['an offset in seconds', 6, 1000n, 1n, 1000n * SECOND + 1000n],
    ['a negative offset', 9, -1n, 2n * SECOND, SECOND],
  ])('counts time in %s', (_name, resolution, offset, ticks, expected) => {
    const options = [
      ...(resolution === undefined ? [] : [option(9, Buffer.from([resolution]))]),
      ...(offset === undefined ? [] : [option(14, numbers(littleEndian, [BigInt.asUintN(64, offset), 8]))]),
    ];
    const file = Buffer.concat([section(), description(1, 0, ...options), enhanced(0, ticks, 1, text('x'))]);
    expect([...readPcap(file)].map(({ timestamp }) => timestamp)).toEqual([expected]);
  });

  it('passes over blocks that it does not know, longer than what is held at a time', () => {
    const statistics = block(5, numbers(littleEndian, [0, 4], [0, 8]));
    const large = block(0x80000001, Buffer.alloc(20 * 1024 * 1024));
    const file = Buffer.concat([section(), statistics, large, description(1, 0), enhanced(0, 1n, 1, text('x')), large]);
    expect(outcome(file)).toMatchObject({ packets: [{ length: 1 }], error: undefined });
  });

  it('begins anew with each section, whatever its byte order', () => {
    const other = pcapng(!littleEndian);
    const file = Buffer.concat([
      section(),
      description(1, 0, option(2, text('eth0'))),
      enhanced(0, 1n, 1, text('a')),
      other.section(),
      other.interface(101, 0, other.option(2, text('tun0'))),
      other.enhanced(0, 2n, 1, text('b')),
    ]);
    expect([...readPcap(file)].map((packet) => packet.interface)).toEqual(['eth0', 'tun0']);
    const { packets, error } = outcome(Buffer.concat([file, section(), enhanced(0, 1n, 1, text('c'))]));
    expect(packets).toHaveLength(2);
    expect(error).toMatchObject({ code: 'TSBPF2134', offset: file.length + section().length });
  });

  const head = Buffer.concat([section(), description(1, 0)]);
  it.each([
    ['a trailer that differs', block(5, text('....'), 20), 'TSBPF2133'],
    ['a trailer of a packet that differs', block(6, Buffer.alloc(20), 20), 'TSBPF2133'],
    ['a length below the frame', numbers(littleEndian, [6, 4], [8, 4], [8, 4]), 'TSBPF2132'],
    ['a length that is no multiple of 4', numbers(littleEndian, [9, 4], [13, 4], [0, 8]), 'TSBPF2132'],
    ['a packet of 4 GiB', numbers(littleEndian, [6, 4], [0xffff_fffc, 4], [0, 8]), 'TSBPF2132'],
    [
      'a packet longer than its block',
      block(6, numbers(littleEndian, [0, 4], [0, 8], [100, 4], [100, 4])),
      'TSBPF2136',
    ],
    ['a packet without a header', block(6, Buffer.alloc(16)), 'TSBPF2136'],
    ['an interface without a header', block(1, Buffer.alloc(4)), 'TSBPF2136'],
    ['an option longer than its block', description(1, 0, numbers(littleEndian, [2, 2], [400, 2])), 'TSBPF2136'],
    ['a packet of an unknown interface', enhanced(1, 0n, 0, text('')), 'TSBPF2134'],
    ['an unknown block of 4 GiB', numbers(littleEndian, [9, 4], [0xffff_fffc, 4], [0, 8]), 'TSBPF2131'],
    ['half a block', block(5, text('....')).subarray(0, 10), 'TSBPF2131'],
    ['a section of another version', section([2, 0]), 'TSBPF2135'],
  ])('ends at %s, after the packets before it', (_name, fault, code) => {
    const before = Buffer.concat([head, enhanced(0, 1n, 1, text('x'))]);
    const { packets, error } = outcome(Buffer.concat([before, fault, enhanced(0, 2n, 1, text('y'))]));
    const rest =
      code === 'TSBPF2131' && fault.length < 16 ? outcome(Buffer.concat([before, fault])) : { packets, error };
    expect(rest.packets).toHaveLength(1);
    expect(rest.error).toMatchObject({ code, offset: before.length });
    expect(rest.error!.message).toContain(`(at byte ${before.length})`);
  });

  it('keeps no more interfaces than can be', () => {
    const one = description(1, 0);
    const error = outcome(Buffer.concat([section(), ...Array.from({ length: 65_537 }, () => one)])).error;
    expect(error).toMatchObject({ code: 'TSBPF2137', offset: section().length + 65_536 * one.length });
  });
});

describe('a file that is none', () => {
  const whole = pcap({}, [{ seconds: 1, fraction: 1, data: text('abcdef') }]);
  it.each([
    ['nothing', Buffer.alloc(0), 'TSBPF2131', 0, /ends in the middle of its first four bytes/],
    ['text', text('hello, world'), 'TSBPF2130', 0, /neither pcap nor pcapng/],
    ['a compressed one', Buffer.from([0x1f, 0x8b, 8, 0, 0]), 'TSBPF2130', 0, /gunzip/],
    ['half a header', whole.subarray(0, 20), 'TSBPF2131', 0, /the header/],
    ['half a packet header', whole.subarray(0, 30), 'TSBPF2131', 24, /the header of a packet/],
    ['half a packet', whole.subarray(0, 43), 'TSBPF2131', 24, /a packet/],
    ['another version', pcap({ version: [3, 0] }, []), 'TSBPF2135', 0, /pcap of version 3\.0/],
    [
      'a packet of 4 GiB',
      Buffer.concat([whole.subarray(0, 32), Buffer.from([255, 255, 255, 255, 255, 255, 255, 255])]),
      'TSBPF2132',
      24,
      /4294967295 bytes/,
    ],
  ])('says so: %s', (_name, bytes, code, offset, message) => {
    const { packets, error } = outcome(bytes);
    expect(packets).toEqual([]);
    expect(error).toMatchObject({ code, offset });
    expect(error!.message).toMatch(message);
  });
});

describe('the sources of readPcap', () => {
  const packets = Array.from({ length: 3000 }, (_, index) => ({
    seconds: index,
    fraction: 0,
    data: Buffer.alloc(index % 1500, index),
  }));
  const bytes = pcap({}, packets);
  const expected = packets.map(({ seconds, data }) => [BigInt(seconds) * SECOND, data.toString('latin1')]);
  const found = (packet: CapturedPacket) => [packet.timestamp, Buffer.from(packet.data).toString('latin1')];

  function file(content: Uint8Array): string {
    const folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-pcap-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(path.join(folder, 'x.pcap'), content);
    return path.join(folder, 'x.pcap');
  }

  it('are buffers, paths and URLs, read again by each iteration, in step or not', async () => {
    const name = file(bytes);
    for (const source of [bytes, new Uint8Array(bytes), name, pathToFileURL(name)]) {
      const all = readPcap(source);
      expect([...all].map(found)).toEqual(expected);
      const later: unknown[] = [];
      for await (const packet of all) later.push(found(packet));
      expect(later).toEqual(expected);
    }
  });

  it.each([1, 7, 65_536])('are streams, in pieces of %i bytes', async (size) => {
    const some = size === 1 ? pcap({}, packets.slice(0, 100)) : bytes;
    const pieces = function* () {
      const memory = Buffer.alloc(size);
      for (let at = 0; at < some.length; at += size) {
        const piece = some.subarray(at, at + size);
        piece.copy(memory);
        yield memory.subarray(0, piece.length);
      }
    };
    const read: unknown[] = [];
    for await (const packet of readPcap(Readable.from(pieces(), { objectMode: true, highWaterMark: 1 })))
      read.push(found(packet));
    expect(read).toEqual(size === 1 ? expected.slice(0, 100) : expected);
  });

  it('deliver what stood before the fault, then the fault', async () => {
    const read: CapturedPacket[] = [];
    const reading = (async () => {
      for await (const packet of readPcap(Readable.from([bytes.subarray(0, bytes.length - 1)]))) read.push(packet);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'TSBPF2131', offset: bytes.length - 16 - (2999 % 1500) });
    expect(read).toHaveLength(2999);
  });

  it('are refused where they are none', async () => {
    expect(() => [...readPcap('/nonexistent/x.pcap')]).toThrow(
      /read capture file '\/nonexistent\/x\.pcap'.*\(ENOENT\)/,
    );
    expect(() => [...readPcap('/')]).toThrow(/EISDIR/);
    expect(() => readPcap(42 as never)).toThrow(expect.objectContaining({ code: 'TSBPF2138' }));
    const texts = readPcap(Readable.from(['text']))[Symbol.asyncIterator]();
    await expect(texts.next()).rejects.toMatchObject({ code: 'TSBPF2138' });
  });
});

describe('mutants of capture files', () => {
  const { option, section, interface: description, enhanced, simple, obsolete, block } = pcapng(true);
  const other = pcapng(false);
  const samples = [
    pcap(
      {},
      [1, 2, 3].map((seconds) => ({ seconds, fraction: 0, data: Buffer.alloc(20, seconds) })),
    ),
    pcap({ littleEndian: false, nanoseconds: true }, [{ seconds: 1, fraction: 1, data: text('abcd') }]),
    Buffer.concat([
      section([1, 0], option(4, text('x'))),
      description(1, 0, option(2, text('eth0')), option(9, Buffer.from([9])), option(14, Buffer.alloc(8))),
      enhanced(0, 1n, 4, text('abcd'), option(2, Buffer.from([1, 0, 0, 0]))),
      block(0x1234, text('unknown')),
      simple(4, text('efgh')),
      obsolete(0, 1n, 4, text('ijkl')),
      other.section(),
      other.interface(1, 64),
      other.enhanced(0, 2n, 4, text('mnop')),
    ]),
  ];
  const extremes = [0, 1, 0x7f, 0x80, 0xff];
  const ROUNDS = 12_000;

  it('end with packets, or with an error that says where, and hold no more memory than the file has', () => {
    const random = new Random(20_26);
    const codes = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      let bytes = Buffer.from(samples[random.below(samples.length)]!);
      for (let changes = 1 + random.below(4); changes > 0; changes--) {
        const at = random.below(bytes.length);
        switch (random.below(4)) {
          case 0:
            bytes[at] = random.below(256);
            break;
          case 1:
            bytes.fill(extremes[random.below(extremes.length)]!, at, Math.min(bytes.length, at + 1 + random.below(4)));
            break;
          case 2:
            bytes = bytes.subarray(0, at + 1);
            break;
          default:
            bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(random.below(bytes.length))]);
        }
      }
      const { packets, error } = outcome(bytes);
      const held = packets.reduce((sum, { data }) => sum + data.length, 0);
      expect(held).toBeLessThanOrEqual(bytes.length);
      if (!error) continue;
      codes.add(error.code);
      expect(error.offset).toBeLessThanOrEqual(bytes.length);
    }
    const possible = ['2130', '2131', '2132', '2133', '2134', '2135', '2136'].map((digits) => `TSBPF${digits}`);
    expect([...codes].sort()).toEqual(possible);
  });
});
