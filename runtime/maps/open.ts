/** Opens maps that are in the kernel already, and creates maps that belong to no program. */
import { constants } from 'node:os';
import { readlinkSync, statfsSync } from 'node:fs';
import { Btf } from '../../compiler/object/btf.js';
import { check, systemError, TsbpfError } from '../errors.js';
import { mapError } from '../load-error.js';
import { closeDescriptor, duplicateDescriptor } from '../native/libc.js';
import * as libbpf from '../native/libbpf.js';
import { readBtf } from './btf-descriptor.js';
import { layoutOfType } from './btf-layout.js';
import { writeMapBtf } from './btf-writer.js';
import { existingMap, type MapOptions, type MapSpec } from './definition.js';
import { readMapInfo, type MapInfo } from './info.js';
import { hostIsLittleEndian, type Layout } from './layout.js';
import type { BpfMap } from './map.js';
import type { Record } from './record.js';
import { instantiateMap } from './registry.js';
import { carriesEvents, MapFlag, mapTypeName, MapType, type MapTypeName } from './types.js';

/** Layouts for a map without BTF, or in place of it. */
export interface RecordOptions {
  readonly key?: Record;
  readonly value?: Record;
}

/** What `BpfMap.create` takes. */
export interface CreateOptions extends MapOptions {
  /** `'hash'`, `'lpmTrie'`, … or a number of enum bpf_map_type. */
  readonly type: MapTypeName | number;
  /** Up to 15 characters. */
  readonly name?: string;
  /** A layout, or a number of bytes; absent for maps without keys. */
  readonly key?: Record | number;
  /** A layout, or a number of bytes; of ring buffers the layout of what goes through, or absent. */
  readonly value?: Record | number;
  readonly maxEntries: number;
}

/**
 * Opens a pinned map.
 *
 * @throws TsbpfError: ENOENT where nothing is pinned, EACCES, or TSBPF2025 for records of the wrong size.
 */
export function openPinnedMap(path: string, records: RecordOptions = {}): BpfMap {
  const fd = libbpf.objectGet(path);
  // The kernel says EACCES of every other file.
  if (fd < 0) throw isElsewhere(path) ? notPinned(path) : systemError(-fd, 'open pinned map', path);
  return openMapDescriptor(fd, path, records);
}

/** BPF_FS_MAGIC of linux/magic.h. */
const BPF_FILE_SYSTEM = 0xcafe4a11;

/** Whether a path is there, and not on a BPF file system. */
function isElsewhere(path: string): boolean {
  try {
    return statfsSync(path).type !== BPF_FILE_SYSTEM;
  } catch {
    return false;
  }
}

function notPinned(path: string): TsbpfError {
  return new TsbpfError(`Nothing can be pinned at ${path}: it is not on a BPF file system.`, {
    code: 'TSBPF2191',
    operation: 'open pinned map',
    subject: path,
    hint: 'Pins are under /sys/fs/bpf as a rule; `tsbpf map list` shows which there are.',
  });
}

/** Opens a map by the kernel's number for it. */
export function openMapById(id: number, records: RecordOptions = {}): BpfMap {
  const fd = libbpf.mapFdById(id);
  if (fd === -constants.errno.ENOENT) {
    throw new TsbpfError(`There is no map with the id ${id} in the kernel.`, {
      code: 'ENOENT',
      operation: 'open map',
      subject: `id ${id}`,
      hint: 'A map is gone when its last program, process and pin are; `tsbpf map list` shows which there are.',
    });
  }
  return openMapDescriptor(check(fd, 'open map', `id ${id}`), `map ${id}`, records);
}

/**
 * Makes a map object of a descriptor, which it owns from then on.
 *
 * @param subject for messages: a path.
 */
export function openMapDescriptor(fd: number, subject: string, records: RecordOptions = {}): BpfMap {
  try {
    if (!isMap(fd)) throw notMap(subject);
    const info = readMapInfo(fd, subject);
    const spec = specOf(info, subject, records);
    return instantiateMap(existingMap(spec, fd), {});
  } catch (failure) {
    closeDescriptor(fd);
    throw failure;
  }
}

/** Makes a map object of a descriptor that stays the caller's. */
export function openSharedDescriptor(fd: number, records: RecordOptions = {}): BpfMap {
  const subject = `descriptor ${fd}`;
  return openMapDescriptor(duplicateDescriptor(fd, subject), subject, records);
}

/** A descriptor says what it is of: programs and links answer the question for a map's description, too. */
export function isMap(fd: number): boolean {
  return readlinkSync(`/proc/self/fd/${fd}`) === 'anon_inode:bpf-map';
}

function notMap(subject: string): TsbpfError {
  return new TsbpfError(`What is at ${subject} is no map.`, {
    code: 'TSBPF2035',
    operation: 'open map',
    subject,
    hint: '`bpftool map` lists maps, with where they are pinned.',
  });
}

/** The map as the kernel describes it, with layouts from records or from its BTF. */
export function specOf(info: MapInfo, subject: string, records: RecordOptions): MapSpec {
  const { name, type, keySize, valueSize, maxEntries, flags } = info;
  const btf = info.btfId === 0 || (records.key && records.value) ? undefined : readBtf(info.btfId);
  const key = chooseLayout('key', subject, keySize, records.key, btf, info.keyTypeId);
  // The kernel knows no type of events; a record says what they are.
  const value = carriesEvents(type)
    ? records.value?.layout
    : chooseLayout('value', subject, valueSize, records.value, btf, info.valueTypeId);
  return { name: name || subject, type, keySize, valueSize, maxEntries, flags, key, value };
}

function chooseLayout(
  what: string,
  subject: string,
  size: number,
  record: Record | undefined,
  btf: Btf | undefined,
  typeId: number,
): Layout | undefined {
  if (record) {
    if (record.size === size) return record.layout;
    throw new TsbpfError(
      `The record for the ${what}s of ${subject} takes ${record.size} bytes, the map's take ${size}.`,
      {
        code: 'TSBPF2025',
        operation: 'open map',
        subject,
        hint: 'Fields are aligned as in C; `{ packed: true }` is without padding.',
      },
    );
  }
  const layout = btf && typeId !== 0 ? layoutOfType(btf, typeId) : undefined;
  return layout?.size === size ? layout : undefined;
}

/** sizeof(struct bpf_map_create_opts) up to map_flags (bpf.h). */
const CREATE_OPTIONS_SIZE = 32;

/**
 * Creates a map without a program.
 *
 * @throws TsbpfError where the kernel refuses; UnsupportedFeatureError where it lacks the type.
 */
export function createLooseMap(options: CreateOptions): BpfMap {
  const type = typeNumber(options.type);
  const { name = '', maxEntries } = options;
  const flags = (options.flags ?? 0) | (type === MapType.lpmTrie ? MapFlag.noPrealloc : 0);
  const keySize = sizeOf(options.key);
  // What goes through a ring has a type, but the kernel knows of none.
  const isRing = type === MapType.ringBuffer || type === MapType.userRingBuffer;
  const valueSize = isRing ? 0 : sizeOf(options.value);
  const fd = createDescriptor({ type, name, keySize, valueSize, maxEntries, flags });
  const key = typeof options.key === 'object' ? options.key.layout : undefined;
  const value = typeof options.value === 'object' ? options.value.layout : undefined;
  const spec = { name: name || 'map', type, keySize, valueSize, maxEntries, flags, key, value };
  const map = instantiateMap(existingMap(spec, fd), options.pin === undefined ? {} : { pin: options.pin });
  // The descriptor belongs to the map object once it was asked for.
  void map.fd;
  return map;
}

/**
 * Creates a map of types that are known, and tells the kernel of them: Linux 5.15 to 6.1 put a map into one of maps only
 * if both or neither are known to have a struct for a value (bpf_map_meta_equal compares `timer_off`).
 *
 * @throws as `createLooseMap`.
 */
export function createFromSpec(spec: MapSpec): BpfMap {
  const types = describeTypes(spec);
  try {
    const map = instantiateMap(existingMap(spec, createDescriptor(spec, types)), {});
    void map.fd;
    return map;
  } finally {
    if (types) closeDescriptor(types.fd);
  }
}

/** BTF in the kernel, and the types there of a map's keys and values. */
interface TypesInKernel {
  readonly fd: number;
  readonly key: number;
  readonly value: number;
}

/** @returns undefined where nothing is known of keys and values, or the kernel takes no BTF. */
function describeTypes({ key, value }: MapSpec): TypesInKernel | undefined {
  if (!key || !value) return undefined;
  const btf = writeMapBtf(key, value);
  const { result } = libbpf.withMessages(() => libbpf.btfLoad(btf.bytes, btf.bytes.length, null));
  return result < 0 ? undefined : { fd: result, key: btf.key, value: btf.value };
}

/** @returns a descriptor that the caller owns. */
function createDescriptor(spec: MapSpec, types?: TypesInKernel): number {
  const { type, name, keySize, valueSize, maxEntries, flags } = spec;
  const view = new DataView(new ArrayBuffer(CREATE_OPTIONS_SIZE));
  const put = (offset: number, number: number) => view.setUint32(offset, number, hostIsLittleEndian);
  view.setBigUint64(0, BigInt(CREATE_OPTIONS_SIZE), hostIsLittleEndian);
  put(28, flags);
  if (types) [types.fd, types.key, types.value].forEach((number, index) => put(8 + index * 4, number));
  const { result, messages } = libbpf.withMessages(() =>
    libbpf.mapCreate(type, name || null, keySize, valueSize, maxEntries, new Uint8Array(view.buffer)),
  );
  // Not every type of map takes a description.
  if (result < 0 && types) return createDescriptor(spec);
  if (result < 0) throw mapError(-result, name || mapTypeName(type), type, messages);
  return result;
}

function sizeOf(layout: Record | number | undefined): number {
  return typeof layout === 'object' ? layout.size : (layout ?? 0);
}

function typeNumber(type: MapTypeName | number): number {
  const number = typeof type === 'number' ? type : Object.hasOwn(MapType, type) ? MapType[type] : undefined;
  if (number !== undefined) return number;
  throw new TsbpfError(`There is no map type '${type}'.`, {
    code: 'TSBPF2026',
    operation: 'create map',
    subject: String(type),
    hint: `Known are: ${Object.keys(MapType).join(', ')}.`,
  });
}
