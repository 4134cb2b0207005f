/** The pcap format: a header of 24 bytes, then packets, each behind 16 bytes of its own. */
import { viewOf, type ByteFeed } from './byte-feed.js';
import { impossibleLength, RECORD_LIMIT, unknownVersion } from './capture-file-error.js';
import { cookedDirection, directionOf, type CapturedPacket } from './captured-packet.js';

interface Magic {
  readonly littleEndian: boolean;
  readonly nanoseconds: boolean;
  /** Bytes in front of each packet. */
  readonly header: number;
}

const HEADER = 16;
/** Alexey Kuznetzov's variant, which adds the interface's index, the protocol and the packet's type. */
const LONG_HEADER = 24;

/** By the first four bytes as a little-endian number. */
const MAGICS: ReadonlyMap<number, Magic> = new Map([
  [0xa1b2c3d4, { littleEndian: true, nanoseconds: false, header: HEADER }],
  [0xd4c3b2a1, { littleEndian: false, nanoseconds: false, header: HEADER }],
  [0xa1b23c4d, { littleEndian: true, nanoseconds: true, header: HEADER }],
  [0x4d3cb2a1, { littleEndian: false, nanoseconds: true, header: HEADER }],
  [0xa1b2cd34, { littleEndian: true, nanoseconds: false, header: LONG_HEADER }],
  [0x34cdb2a1, { littleEndian: false, nanoseconds: false, header: LONG_HEADER }],
]);

export const isPcapMagic = (magic: number): boolean => MAGICS.has(magic);

/**
 * The packets of a pcap file, behind its first four bytes.
 *
 * @param magic these, as a little-endian number.
 */
export function* readPcapPackets(feed: ByteFeed, magic: number): Generator<CapturedPacket | undefined, void, void> {
  const { littleEndian, nanoseconds, header: headerSize } = MAGICS.get(magic)!;
  const fileHeader = viewOf(yield* feed.take(20, 'the header', 0));
  const [major, minor] = [fileHeader.getUint16(0, littleEndian), fileHeader.getUint16(2, littleEndian)];
  if (major !== 2) throw unknownVersion('pcap', `${major}.${minor}`, 0);
  // The upper bits hold the length of the frame check sequence.
  const linkType = fileHeader.getUint32(16, littleEndian) & 0x03ff_ffff;
  const fraction = nanoseconds ? 1n : 1000n;
  while (yield* feed.more()) {
    const start = feed.offset;
    const header = viewOf(yield* feed.take(headerSize, 'the header of a packet', start));
    const seconds = BigInt(header.getUint32(0, littleEndian));
    const timestamp = seconds * 1_000_000_000n + BigInt(header.getUint32(4, littleEndian)) * fraction;
    let captured = header.getUint32(8, littleEndian);
    let length = header.getUint32(12, littleEndian);
    // Until version 2.3 the two stood the other way round.
    if (minor < 3 || (minor === 3 && captured > length)) [captured, length] = [length, captured];
    if (captured > RECORD_LIMIT) {
      throw impossibleLength('A packet', captured, `at most ${RECORD_LIMIT} are possible`, start);
    }
    const data = new Uint8Array(yield* feed.take(captured, 'a packet', start));
    const direction = headerSize === LONG_HEADER ? directionOf(header.getUint8(22)) : cookedDirection(linkType, data);
    yield { data, timestamp, length, interface: undefined, linkType, ...(direction && { direction }) };
  }
}
