/** `readPcap`: the packets of a capture file, pcap or pcapng, one at a time. */
import { closeSync, openSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { systemError, TsbpfError } from '../errors.js';
import { ByteFeed, viewOf } from './byte-feed.js';
import { notACaptureFile } from './capture-file-error.js';
import type { CapturedPacket } from './captured-packet.js';
import { isPcapMagic, readPcapPackets } from './pcap-reader.js';
import { readPcapngPackets, SECTION_HEADER } from './pcapng-reader.js';

/** The packets of a file or buffer; each iteration begins at the start, and reads as far as it is asked. */
export interface PcapFile extends Iterable<CapturedPacket>, AsyncIterable<CapturedPacket> {}

/** Bytes that come in time, as a `Readable` gives them. */
export type PcapStream = AsyncIterable<Uint8Array>;

const CHUNK = 256 * 1024;

/**
 * Reads a capture file: pcap in both byte orders, with micro- or nanoseconds, and pcapng.
 *
 * ```ts
 * for (const { timestamp, data } of readPcap('out.pcap')) console.log(timestamp, data.length);
 * for await (const { data } of readPcap(process.stdin)) console.log(data.length);
 * ```
 *
 * Packets are delivered as they are read; a record has at most 16 MiB, and one is held at a time, whatever lengths a file claims.
 *
 * @param source a path or file URL, the bytes themselves, or a stream of them, which can be read once.
 * @throws CaptureFileError (TSBPF2130 to TSBPF2137) with the place in the file, after the packets that stand before it;
 *   TsbpfError (ENOENT and the like) where the file cannot be read.
 */
export function readPcap(source: string | URL | Uint8Array): PcapFile;
export function readPcap(source: PcapStream): AsyncIterable<CapturedPacket>;
export function readPcap(source: string | URL | Uint8Array | PcapStream): PcapFile | AsyncIterable<CapturedPacket> {
  if (source instanceof Uint8Array) return asFile(() => readChunks([source]));
  if (typeof source === 'string') return asFile(() => readPath(source));
  if (source instanceof URL) return asFile(() => readPath(fileURLToPath(source)));
  if (typeof (source as Partial<PcapStream> | undefined)?.[Symbol.asyncIterator] !== 'function') {
    throw new TsbpfError('readPcap cannot read this.', {
      code: 'TSBPF2138',
      operation: 'read capture file',
      hint: 'Give it a path, a Uint8Array (a Buffer is one), or a stream of them.',
    });
  }
  return { [Symbol.asyncIterator]: () => readStream(source) };
}

function asFile(read: () => Generator<CapturedPacket, void, void>): PcapFile {
  return {
    [Symbol.iterator]: read,
    async *[Symbol.asyncIterator]() {
      yield* read();
    },
  };
}

/** Yields undefined where the feed needs more. */
function* parse(feed: ByteFeed): Generator<CapturedPacket | undefined, void, void> {
  const magic = viewOf(yield* feed.take(4, 'its first four bytes', 0)).getUint32(0, true);
  if (magic === SECTION_HEADER) yield* readPcapngPackets(feed);
  else if (isPcapMagic(magic)) yield* readPcapPackets(feed, magic);
  else throw notACaptureFile(magic, 0);
}

function* readChunks(chunks: Iterable<Uint8Array>): Generator<CapturedPacket, void, void> {
  const feed = new ByteFeed();
  const input = chunks[Symbol.iterator]();
  for (const packet of parse(feed)) {
    if (packet) {
      yield packet;
      continue;
    }
    const { value, done } = input.next();
    if (done) feed.end();
    else feed.append(value);
  }
}

function* readPath(path: string): Generator<CapturedPacket, void, void> {
  const fd = attempt(path, () => openSync(path, 'r'));
  try {
    yield* readChunks(fileChunks(fd, path));
  } finally {
    closeSync(fd);
  }
}

function* fileChunks(fd: number, path: string): Generator<Uint8Array, void, void> {
  for (;;) {
    const chunk = Buffer.allocUnsafeSlow(CHUNK);
    const length = attempt(path, () => readSync(fd, chunk));
    if (length === 0) return;
    yield chunk.subarray(0, length);
  }
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (failure) {
    const { errno } = failure as NodeJS.ErrnoException;
    throw errno === undefined ? failure : systemError(-errno, 'read capture file', path);
  }
}

async function* readStream(stream: PcapStream): AsyncGenerator<CapturedPacket, void, void> {
  const feed = new ByteFeed();
  const packets = parse(feed);
  /** The packets that can be made of what is there. */
  const ready = function* () {
    for (;;) {
      const { value, done } = packets.next();
      if (done || value === undefined) return;
      yield value;
    }
  };
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) throw notBytes();
    // The stream may use its memory again.
    feed.append(new Uint8Array(chunk));
    yield* ready();
  }
  feed.end();
  yield* ready();
}

const notBytes = () =>
  new TsbpfError('The stream gives text, and a capture file is bytes.', {
    code: 'TSBPF2138',
    operation: 'read capture file',
    hint: 'Set no encoding on it.',
  });
