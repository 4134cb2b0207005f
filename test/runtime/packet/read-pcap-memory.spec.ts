/** What `readPcap` holds of files that are as large as they say: a few records, however long the file is. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, expect, it } from 'vitest';
import { readPcap } from '../../../runtime/packet/read-pcap.js';
import { numbers, pcap, pcapng, text } from './files.js';

const MIB = 1024 * 1024;
/** A record of 16 MiB, the piece of the file that it stands in, and its copy, with as much again for what else lives here. */
const LIMIT = 96 * MIB;

const { option, section, interface: description, enhanced } = pcapng(true);
let collect: () => void;

beforeAll(() => {
  setFlagsFromString('--expose-gc');
  collect = runInNewContext('gc') as () => void;
});

function held(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const filler = Buffer.alloc(MIB);

/** So many bytes of nothing, in pieces. */
function* nothing(size: number): Generator<Uint8Array> {
  for (let left = size; left > 0; left -= filler.length) yield filler.subarray(0, Math.min(left, filler.length));
}

/** Reads a stream to its end, and looks every 32 MiB at what is held. */
async function read(
  chunks: Iterable<Uint8Array>,
): Promise<{ packets: number; most: number; error: unknown; bytes: number }> {
  const before = held();
  let [packets, most, bytes, next] = [0, 0, 0, 0];
  const stream = async function* () {
    for (const chunk of chunks) {
      bytes += chunk.length;
      yield chunk;
      if (bytes < next) continue;
      next = bytes + 32 * MIB;
      most = Math.max(most, held() - before);
    }
  };
  let error: unknown;
  try {
    for await (const { length } of readPcap(stream())) packets += Math.min(length, 1);
  } catch (failure) {
    error = failure;
  }
  most = Math.max(most, held() - before);
  return { packets, most, error, bytes };
}

it('holds one of many packets of the longest kind', { timeout: 60_000 }, async () => {
  const size = 16 * MIB - 4;
  const header = numbers(true, [1, 4], [0, 4], [size, 4], [size, 4]);
  const chunks = function* () {
    yield pcap({}, []);
    for (let count = 0; count < 24; count++) {
      yield header;
      yield* nothing(size);
    }
  };
  const { packets, most, error } = await read(chunks());
  expect(error).toBeUndefined();
  expect(packets).toBe(24);
  expect(most).toBeLessThan(LIMIT);
});

it('holds little of interfaces with long names', { timeout: 60_000 }, async () => {
  const interfaces = 4096;
  const one = description(1, 0, option(2, Buffer.alloc(65_532, 'n')));
  const chunks = function* () {
    yield section();
    for (let count = 0; count < interfaces; count++) yield one;
    yield enhanced(interfaces - 1, 1n, 1, text('x'));
  };
  const { packets, most, error } = await read(chunks());
  expect(error).toBeUndefined();
  expect(packets).toBe(1);
  expect(most).toBeLessThan(LIMIT);
});

it('holds nothing of long blocks that it does not know', { timeout: 60_000 }, async () => {
  const total = 512 * MIB;
  const chunks = function* () {
    yield section();
    yield numbers(true, [0x1234, 4], [total, 4]);
    yield* nothing(total - 12);
    yield numbers(true, [total, 4]);
    yield description(1, 0);
    yield enhanced(0, 1n, 1, text('x'));
  };
  const { packets, most, error } = await read(chunks());
  expect(error).toBeUndefined();
  expect(packets).toBe(1);
  expect(most).toBeLessThan(LIMIT);
});

it.each([
  ['pcap', [pcap({}, []), numbers(true, [1, 4], [0, 4], [0xffff_ffff, 4], [0xffff_ffff, 4])]],
  ['pcapng', [section(), description(1, 0), numbers(true, [6, 4], [0xffff_fffc, 4])]],
])('reads nothing of a packet of 4 GiB in %s', async (_, beginning) => {
  const chunks = function* () {
    yield* beginning;
    yield* nothing(512 * MIB);
  };
  const { packets, error, bytes } = await read(chunks());
  expect(error).toMatchObject({ code: 'TSBPF2132' });
  expect(packets).toBe(0);
  expect(bytes).toBeLessThan(2 * MIB);
});
