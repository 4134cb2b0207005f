/** Pins: paths on a BPF file system under which maps outlive processes. */
import { existsSync, readdirSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import { makeFolders } from '../../compiler/open/folders.js';
import { check, systemError, TsbpfError } from '../errors.js';
import { closeDescriptor } from '../native/libc.js';
import * as libbpf from '../native/libbpf.js';
import type { MapSpec } from './definition.js';
import { layoutDifference } from './differences.js';
import { readMapInfo } from './info.js';
import type { KeyedMap } from './keyed.js';
import type { BpfMap } from './map.js';
import { isMap, openMapDescriptor, specOf, type RecordOptions } from './open.js';
import { mapTypeName } from './types.js';

/** What to do where a path is on no BPF file system. */
export function pinHint(file: string): string | undefined {
  return file.startsWith('/sys/fs/bpf/')
    ? undefined
    : 'Maps are pinned on a BPF file system: /sys/fs/bpf (`mount -t bpf bpf /sys/fs/bpf` if it is not mounted).';
}

/**
 * Removes a pinned path.
 *
 * @throws TsbpfError: ENOENT where there is none.
 */
export function removePin(file: string): void {
  try {
    unlinkSync(file);
  } catch (failure) {
    throw systemError(errnoOf(failure), 'unpin', file);
  }
}

/**
 * Opens what is pinned where a declared map has its pin.
 *
 * @returns a descriptor that the caller owns.
 * @throws TsbpfError: TSBPF2013 where the pinned map is of another type than the declared one, or of other values.
 */
export function openDeclaredPin(file: string, name: string, spec: MapSpec): number {
  const fd = check(libbpf.objectGet(file), 'open pinned map', file, pinHint(file));
  try {
    const difference = pinDifference(fd, file, spec);
    if (difference === undefined) return fd;
    throw new TsbpfError(`What is pinned at ${file} is not map '${name}': ${difference}.`, {
      code: 'TSBPF2013',
      operation: 'open pinned map',
      subject: file,
      hint: `Remove it (rm ${file}), or pin elsewhere.`,
    });
  } catch (failure) {
    closeDescriptor(fd);
    throw failure;
  }
}

function pinDifference(fd: number, file: string, spec: MapSpec): string | undefined {
  if (!isMap(fd)) return `it is no map`;
  const info = readMapInfo(fd, file);
  const found = specOf(info, file, {});
  if (found.type !== spec.type) return `it is of type ${mapTypeName(found.type)} instead of ${mapTypeName(spec.type)}`;
  // Members first: they say more than the sizes that follow from them.
  for (const part of ['key', 'value'] as const) {
    const [expected, there] = [spec[part], found[part]];
    const difference = expected && there && layoutDifference(expected, there, part);
    if (difference) return difference;
  }
  for (const [part, size] of [
    ['key', 'keySize'],
    ['value', 'valueSize'],
  ] as const) {
    if (found[size] !== spec[size]) return `its ${part} has ${found[size]} bytes instead of ${spec[size]}`;
  }
  return undefined;
}

/**
 * Pins several maps, each under its name in one folder, which is made if need be: all of them or none.
 *
 * @param maps what `loadObject` gives as `maps`, or an object of maps by the names they are to have.
 * @param folder on a BPF file system: `'/sys/fs/bpf/flows'`.
 * @returns the paths, by name.
 * @throws TsbpfError: EEXIST where a name is taken, EPERM or EINVAL outside a BPF file system.
 */
export function pinMaps<Name extends string>(
  maps: Readonly<Record<Name, BpfMap>>,
  folder: string,
): Record<Name, string> {
  const paths = {} as Record<Name, string>;
  const done: string[] = [];
  try {
    makeFolders(folder);
  } catch (failure) {
    throw systemError(errnoOf(failure), 'make folder', folder, pinHint(folder));
  }
  try {
    for (const [name, map] of Object.entries(maps) as [Name, BpfMap][]) {
      const file = path.join(folder, name);
      map.pin(file);
      done.push(file);
      paths[name] = file;
    }
  } catch (failure) {
    for (const file of done) if (existsSync(file)) unlinkSync(file);
    throw failure;
  }
  return paths;
}

/** Maps by the names of their pins; closing closes them all, and leaves the pins. */
export interface OpenedMaps extends Disposable {
  readonly maps: Readonly<Record<string, KeyedMap<any, any>>>;
  close(): void;
}

/**
 * Opens every map that is pinned in a folder. Programs, links and folders in it are passed over.
 *
 * @param folder on a BPF file system: `'/sys/fs/bpf/flows'`.
 * @param records layouts by the pin's name, for maps without BTF.
 * @throws TsbpfError: ENOENT where there is no such folder, EACCES or EPERM without privilege.
 */
export function openMaps(folder: string, records: Readonly<Record<string, RecordOptions>> = {}): OpenedMaps {
  const maps: Record<string, KeyedMap<any, any>> = {};
  const close = () => {
    for (const map of Object.values(maps)) map.close();
  };
  try {
    for (const name of pinnedIn(folder)) {
      const file = path.join(folder, name);
      const fd = check(libbpf.objectGet(file), 'open pinned map', file);
      if (isMap(fd)) maps[name] = openMapDescriptor(fd, file, records[name]) as KeyedMap<any, any>;
      else closeDescriptor(fd);
    }
  } catch (failure) {
    close();
    throw failure;
  }
  return { maps, close, [Symbol.dispose]: close };
}

function pinnedIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort();
  } catch (failure) {
    throw systemError(errnoOf(failure), 'read folder', folder);
  }
}

function errnoOf(failure: unknown): number {
  return -((failure as { errno?: number }).errno ?? -5);
}
