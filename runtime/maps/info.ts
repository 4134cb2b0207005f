/** What the kernel says about a map by its descriptor (struct bpf_map_info, linux/bpf.h). */
import { check } from '../errors.js';
import * as libbpf from '../native/libbpf.js';
import { hostIsLittleEndian } from './layout.js';

export interface MapInfo {
  readonly type: number;
  readonly id: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  readonly name: string;
  /** 0 where the map has no BTF. */
  readonly btfId: number;
  readonly keyTypeId: number;
  readonly valueTypeId: number;
}

const INFO_SIZE = 88;

/**
 * Asks the kernel about a map.
 *
 * @param subject the map's name or path, for the error.
 * @throws TsbpfError where the descriptor is none of a map.
 */
export function readMapInfo(fd: number, subject: string): MapInfo {
  const bytes = new Uint8Array(INFO_SIZE);
  check(libbpf.objectInfo(fd, bytes, new Uint32Array([INFO_SIZE])), 'read the description of map', subject);
  const view = new DataView(bytes.buffer);
  const word = (offset: number) => view.getUint32(offset, hostIsLittleEndian);
  return {
    type: word(0),
    id: word(4),
    keySize: word(8),
    valueSize: word(12),
    maxEntries: word(16),
    flags: word(20),
    name: Buffer.from(bytes.buffer, 24, 16).toString('utf8').split('\0')[0] as string,
    btfId: word(64),
    keyTypeId: word(68),
    valueTypeId: word(72),
  };
}
