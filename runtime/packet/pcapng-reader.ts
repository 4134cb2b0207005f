/**
 * The pcapng format: blocks, each with its type and its length in front, and the length again behind. A section header
 * says the byte order of what follows it, interface blocks describe what packets refer to by number
 * (draft-ietf-opsawg-pcapng).
 */
import { viewOf, type ByteFeed, type Wanting } from './byte-feed.js';
import {
  blockMalformed,
  impossibleLength,
  INTERFACE_LIMIT,
  RECORD_LIMIT,
  tooManyInterfaces,
  trailerDiffers,
  unknownInterface,
  unknownVersion,
} from './capture-file-error.js';
import { cookedDirection, type CapturedPacket, type PacketDirection } from './captured-packet.js';
import { tickConverter } from './pcapng-time.js';

export const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

const IF_NAME = 2;
/** Of a name so many bytes are kept: Linux has names of 15, Windows of some 50. */
const NAME_LIMIT = 256;
const IF_TSRESOL = 9;
const IF_TSOFFSET = 14;
/** epb_flags and pack_flags. */
const PACKET_FLAGS = 2;

interface Interface {
  readonly linkType: number;
  readonly snapLength: number;
  readonly name: string | undefined;
  readonly nanoseconds: (ticks: bigint) => bigint;
}

interface Section {
  readonly littleEndian: boolean;
  readonly interfaces: Interface[];
}

/** The body of a block, without lengths and type. */
interface Block {
  readonly type: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Where the block begins in the file. */
  readonly start: number;
}

/** The packets of a pcapng file, behind the type of its first block. */
export function* readPcapngPackets(feed: ByteFeed): Generator<CapturedPacket | undefined, void, void> {
  let section = yield* readSectionHeader(feed, 0);
  while (yield* feed.more()) {
    const start = feed.offset;
    const type = viewOf(yield* feed.take(4, 'a block', start)).getUint32(0, section.littleEndian);
    if (type === SECTION_HEADER) {
      section = yield* readSectionHeader(feed, start);
      continue;
    }
    const block = yield* readBlock(feed, type, section.littleEndian, start);
    if (!block) continue;
    if (type === INTERFACE_DESCRIPTION) section.interfaces.push(interfaceOf(block, section));
    else yield packetOf(block, section);
  }
}

const UNDERSTOOD: ReadonlySet<number> = new Set([
  INTERFACE_DESCRIPTION,
  OBSOLETE_PACKET,
  SIMPLE_PACKET,
  ENHANCED_PACKET,
]);

/** @returns undefined for a block of another type, which was passed over. */
function* readBlock(feed: ByteFeed, type: number, littleEndian: boolean, start: number): Wanting<Block | undefined> {
  const total = viewOf(yield* feed.take(4, 'a block', start)).getUint32(0, littleEndian);
  const understood = UNDERSTOOD.has(type);
  checkLength(total, 12, understood, start);
  let bytes: Uint8Array = new Uint8Array();
  if (understood) bytes = yield* feed.take(total - 12, 'a block', start);
  else yield* feed.skip(total - 12, 'a block', start);
  yield* checkTrailer(feed, total, littleEndian, start);
  return understood ? { type, bytes, view: viewOf(bytes), start } : undefined;
}

function checkLength(total: number, least: number, understood: boolean, start: number): void {
  if (total < least) throw impossibleLength('A block', total, `at least ${least} are its frame`, start);
  if (total % 4 !== 0) throw impossibleLength('A block', total, 'blocks have a multiple of 4', start);
  if (understood && total > RECORD_LIMIT)
    throw impossibleLength('A block', total, `at most ${RECORD_LIMIT} are possible`, start);
}

function* checkTrailer(feed: ByteFeed, total: number, littleEndian: boolean, start: number): Wanting<void> {
  const trailer = viewOf(yield* feed.take(4, 'a block', start)).getUint32(0, littleEndian);
  if (trailer !== total) throw trailerDiffers(total, trailer, start);
}

/** Behind the block's type. Its length is in the byte order that it says itself. */
function* readSectionHeader(feed: ByteFeed, start: number): Wanting<Section> {
  const what = 'a section header';
  const head = viewOf(yield* feed.take(8, what, start));
  const littleEndian = head.getUint32(4, true) === BYTE_ORDER_MAGIC;
  if (!littleEndian && head.getUint32(4, false) !== BYTE_ORDER_MAGIC) {
    throw unknownVersion('pcapng', `an unknown byte order, 0x${head.getUint32(4).toString(16)}`, start);
  }
  const total = head.getUint32(0, littleEndian);
  checkLength(total, 28, true, start);
  const version = viewOf(yield* feed.take(4, what, start));
  const [major, minor] = [version.getUint16(0, littleEndian), version.getUint16(2, littleEndian)];
  if (major !== 1) throw unknownVersion('pcapng', `${major}.${minor}`, start);
  yield* feed.skip(total - 20, what, start);
  yield* checkTrailer(feed, total, littleEndian, start);
  return { littleEndian, interfaces: [] };
}

function interfaceOf(block: Block, { littleEndian, interfaces }: Section): Interface {
  if (interfaces.length >= INTERFACE_LIMIT) throw tooManyInterfaces(block.start);
  const { view, bytes } = block;
  if (bytes.length < 8) throw blockMalformed('The description of an interface', block.start);
  const options = readOptions(block, 8, littleEndian);
  const name = options.get(IF_NAME);
  const resolution = options.get(IF_TSRESOL);
  const offset = options.get(IF_TSOFFSET);
  return {
    linkType: view.getUint16(0, littleEndian),
    snapLength: view.getUint32(4, littleEndian),
    name: name && Buffer.from(name.subarray(0, NAME_LIMIT)).toString('utf8').replace(/\0.*$/s, ''),
    nanoseconds: tickConverter(
      resolution?.length === 1 ? resolution[0]! : undefined,
      offset?.length === 8 ? viewOf(offset).getBigInt64(0, littleEndian) : 0n,
    ),
  };
}

function packetOf(block: Block, section: Section): CapturedPacket {
  if (block.type === SIMPLE_PACKET) return simplePacket(block, section);
  const { view, bytes, start } = block;
  const { littleEndian } = section;
  const word = (at: number) => view.getUint32(at, littleEndian);
  if (bytes.length < 20) throw blockMalformed('The header of a packet', start);
  const index = block.type === ENHANCED_PACKET ? word(0) : view.getUint16(0, littleEndian);
  const from = interfaceAt(index, block, section);
  const data = contentOf(block, 20, word(12));
  const flags = readOptions(block, 20 + ((data.length + 3) & ~3), littleEndian).get(PACKET_FLAGS);
  const direction = flags?.length === 4 ? flagged(viewOf(flags).getUint32(0, littleEndian)) : undefined;
  const timestamp = from.nanoseconds((BigInt(word(4)) << 32n) | BigInt(word(8)));
  return packet(from, data, timestamp, word(16), direction);
}

function simplePacket(block: Block, section: Section): CapturedPacket {
  if (block.bytes.length < 4) throw blockMalformed('The header of a packet', block.start);
  const from = interfaceAt(0, block, section);
  const length = block.view.getUint32(0, section.littleEndian);
  const data = contentOf(block, 4, from.snapLength === 0 ? length : Math.min(length, from.snapLength));
  return packet(from, data, 0n, length, undefined);
}

function packet(
  { linkType, name }: Interface,
  data: Uint8Array,
  timestamp: bigint,
  length: number,
  flagged: PacketDirection | undefined,
): CapturedPacket {
  const direction = flagged ?? cookedDirection(linkType, data);
  return { data, timestamp, length, interface: name, linkType, ...(direction && { direction }) };
}

function interfaceAt(index: number, { start }: Block, { interfaces }: Section): Interface {
  const found = interfaces[index];
  if (!found) throw unknownInterface(index, interfaces.length, start);
  return found;
}

/** A copy, so that a packet that is kept does not keep all that was read with it. */
function contentOf({ bytes, start }: Block, at: number, length: number): Uint8Array {
  if (length > bytes.length - at) throw blockMalformed(`A packet of ${length} bytes`, start);
  return new Uint8Array(bytes.subarray(at, at + length));
}

/** Bits 0 and 1 of the flags word. */
function flagged(flags: number): PacketDirection | undefined {
  return [undefined, 'in', 'out', undefined][flags & 3] as PacketDirection | undefined;
}

/** The first option of each code, from a place in the block to its end or to the option that says so. */
function readOptions({ bytes, view, start }: Block, from: number, littleEndian: boolean): Map<number, Uint8Array> {
  const options = new Map<number, Uint8Array>();
  for (let at = from; at + 4 <= bytes.length;) {
    const code = view.getUint16(at, littleEndian);
    const length = view.getUint16(at + 2, littleEndian);
    if (code === 0) break;
    const end = at + 4 + length;
    if (end > bytes.length) throw blockMalformed(`An option of ${length} bytes`, start);
    if (!options.has(code)) options.set(code, bytes.subarray(at + 4, end));
    at = (end + 3) & ~3;
  }
  return options;
}
