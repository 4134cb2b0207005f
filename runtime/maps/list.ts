/** Which maps there are: all of the kernel's, and where they are pinned. */
import { readdirSync, type Dirent } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { check, systemError } from '../errors.js';
import { closeDescriptor } from '../native/libc.js';
import * as libbpf from '../native/libbpf.js';
import { readMapInfo, type MapInfo } from './info.js';
import { isMap } from './open.js';

const { ENOENT } = constants.errno;

/** A map of the kernel, and the paths under which it is pinned. */
export interface ListedMap extends MapInfo {
  readonly pins: readonly string[];
}

/**
 * All maps, by their numbers.
 *
 * @param folder where pins are looked for, in folders inside too.
 * @throws PermissionError without CAP_SYS_ADMIN, which listing takes (bpf(2), BPF_MAP_GET_NEXT_ID).
 */
export function listMaps(folder = '/sys/fs/bpf'): ListedMap[] {
  const pins = pinsByMap(folder);
  const listed: ListedMap[] = [];
  for (let id = nextId(0); id !== undefined; id = nextId(id)) {
    const fd = libbpf.mapFdById(id);
    // A map that is gone meanwhile is none.
    if (fd === -ENOENT) continue;
    const info = useDescriptor(check(fd, 'open map', `id ${id}`), `map ${id}`);
    listed.push({ ...info, pins: pins.get(id) ?? [] });
  }
  return listed;
}

/**
 * The maps that are pinned in a folder, or in folders inside it.
 *
 * @throws TsbpfError: ENOENT where there is no such folder.
 */
export function listPinnedMaps(folder: string): ListedMap[] {
  try {
    readdirSync(folder);
  } catch (failure) {
    throw systemError(-((failure as { errno?: number }).errno ?? -5), 'read folder', folder);
  }
  return [...pinsByMap(folder)].map(([id, pins]) => {
    const subject = pins[0] as string;
    return { ...useDescriptor(check(libbpf.mapFdById(id), 'open map', subject), subject), pins };
  });
}

function useDescriptor(fd: number, subject: string): MapInfo {
  try {
    return readMapInfo(fd, subject);
  } finally {
    closeDescriptor(fd);
  }
}

function nextId(after: number): number | undefined {
  const next = new Uint32Array(1);
  const result = libbpf.mapNextId(after, next);
  if (result === -ENOENT) return undefined;
  check(result, 'list', 'maps');
  return next[0];
}

function pinsByMap(folder: string): Map<number, string[]> {
  const pins = new Map<number, string[]>();
  for (const file of filesBelow(folder)) {
    const fd = libbpf.objectGet(file);
    if (fd < 0) continue;
    try {
      if (!isMap(fd)) continue;
      const { id } = readMapInfo(fd, file);
      pins.set(id, [...(pins.get(id) ?? []), file]);
    } finally {
      closeDescriptor(fd);
    }
  }
  return pins;
}

function filesBelow(folder: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(file);
    return entry.isFile() ? [file] : [];
  });
}
