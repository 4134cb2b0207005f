/** Many entries at once: one system call where the kernel can (5.6), one for each entry where not. */
import { constants } from 'node:os';
import { TsbpfError } from '../errors.js';
import * as libbpf from '../native/libbpf.js';
import * as raw from './raw.js';
import { updateError } from './write-error.js';
import type { RawMap, UpdateFlags } from './raw.js';

const { ENOENT } = constants.errno;
/** Keeps the memory that one call takes small. */
const AT_ONCE = 4096;

export type EncodedEntry = readonly [key: Uint8Array, value: Uint8Array];

/**
 * Writes entries in order.
 *
 * @throws TsbpfError for the first that the kernel refuses; it says how many were written.
 */
export function writeEntries(map: RawMap, entries: readonly EncodedEntry[], mode?: UpdateFlags): void {
  for (let start = 0; start < entries.length; start += AT_ONCE) {
    const chunk = entries.slice(start, start + AT_ONCE);
    const { result, done } = writeChunk(map, chunk, mode);
    if (result === 0) continue;
    const rest = raw.isUnsupported(result) ? writeSingly(map, chunk.slice(done), mode) : { result, done: 0 };
    if (rest.result < 0) throw partly(updateError(map, -rest.result), start + done + rest.done, entries.length);
  }
}

function writeChunk(map: RawMap, entries: readonly EncodedEntry[], mode?: UpdateFlags) {
  const count = new Uint32Array([entries.length]);
  const options = new BigUint64Array([24n, BigInt(raw.updateFlags(mode)), 0n]);
  const keys = Buffer.concat(entries.map(([key]) => key));
  const values = Buffer.concat(entries.map(([, value]) => value));
  const result = libbpf.mapUpdateBatch(map.fd, keys, values, count, options);
  // An unsupported operation leaves the count as it was.
  return { result, done: result === 0 || raw.isUnsupported(result) ? 0 : (count[0] as number) };
}

function writeSingly(map: RawMap, entries: readonly EncodedEntry[], mode?: UpdateFlags) {
  for (const [index, [key, value]] of entries.entries()) {
    const result = libbpf.mapUpdate(map.fd, key, value, raw.updateFlags(mode));
    if (result < 0) return { result, done: index };
  }
  return { result: 0, done: entries.length };
}

function partly(error: TsbpfError, done: number, all: number): TsbpfError {
  const { code, operation, subject, hint } = error;
  const sentence = `${hint ? error.message.slice(0, -hint.length - 1) : error.message} ${done} of ${all} entries were written.`;
  return new TsbpfError(sentence, { code, operation, subject, hint, cause: error });
}

/** Deletes keys. @returns how many of them there were. */
export function deleteKeys(map: RawMap, keys: readonly Uint8Array[]): number {
  let deleted = 0;
  for (let start = 0; start < keys.length;) {
    const chunk = keys.slice(start, start + AT_ONCE);
    const count = new Uint32Array([chunk.length]);
    const result = libbpf.mapDeleteBatch(map.fd, Buffer.concat(chunk), count, null);
    if (result === 0) {
      deleted += chunk.length;
      start += chunk.length;
    } else if (result === -ENOENT && (count[0] as number) < chunk.length) {
      // It stopped at a key that is not there.
      deleted += count[0] as number;
      start += (count[0] as number) + 1;
    } else {
      return deleted + keys.slice(start).filter((key) => raw.remove(map, key)).length;
    }
  }
  return deleted;
}
