/**
 * The kernel's tracefs, wherever it is mounted.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { TsbpfError } from '../errors.js';
import { privateMount } from '../native/mount.js';

let found: string | undefined;

/**
 * The directory of tracefs. Where it is mounted nowhere, one is made that this process alone sees.
 *
 * @throws TsbpfError that says how to mount it.
 */
export function tracefs(): string {
  if (found !== undefined && existsSync(`${found}/events`)) return found;
  found = mounted() ?? privateMount('tracefs');
  if (found !== undefined) return found;
  throw new TsbpfError("The kernel's tracefs, which describes tracepoints, is neither mounted nor readable.", {
    code: 'TSBPF2103',
    operation: 'find',
    subject: 'tracefs',
    hint: 'As root: `mount -t tracefs tracefs /sys/kernel/tracing`.',
  });
}

function mounted(): string | undefined {
  const usual = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];
  return [...usual, ...mountPoints()].find((path) => existsSync(`${path}/events`));
}

function mountPoints(): string[] {
  try {
    const lines = readFileSync('/proc/self/mounts', 'utf8').split('\n');
    return lines.map((line) => line.split(' ')).flatMap((parts) => (parts[2] === 'tracefs' ? [parts[1]!] : []));
  } catch {
    return [];
  }
}

/** The directories of a directory of tracefs: categories of events, or events of a category. */
export function eventDirectories(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch {
    return [];
  }
}
