/**
 * Programs at tracepoints, system calls' included.
 */
import { readFileSync } from 'node:fs';
import { systemError, TsbpfError } from '../errors.js';
import type { Link } from '../link.js';
import { PERF_TYPE_TRACEPOINT } from '../native/perf-event.js';
import type { Program } from '../program.js';
import { nearest } from './nearest.js';
import { linkPerfEvent, openProbe } from './perf-link.js';
import { eventDirectories, tracefs } from './tracefs.js';

/**
 * Attaches to a tracepoint, on every CPU.
 *
 * @param category `'syscalls'`
 * @param event `'sys_enter_openat'`
 * @throws TsbpfError with near names for an event that the kernel lacks.
 */
export function attachTracepoint(program: Program, category: string, event: string): Link {
  const name = `${category}:${event}`;
  program.load();
  const id = tracepointId(category, event);
  const fd = openProbe({ type: PERF_TYPE_TRACEPOINT, config: id, samplePeriod: 1 });
  if (fd < 0) throw systemError(-fd, 'open tracepoint', name);
  return linkPerfEvent(program, fd, `tracepoint ${name}`);
}

/**
 * The number by which perf knows a tracepoint.
 *
 * @throws TsbpfError with near names where there is none, or where the file cannot be read.
 */
export function tracepointId(category: string, event: string): number {
  const directory = `${tracefs()}/events`;
  try {
    return Number(readFileSync(`${directory}/${category}/${event}/id`, 'utf8'));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'EIO';
    if (code === 'ENOENT' || code === 'ENOTDIR') throw unknownEvent(directory, category, event);
    const errno = Math.abs((cause as NodeJS.ErrnoException).errno ?? 5);
    throw systemError(errno, 'read the description of tracepoint', `${category}:${event}`);
  }
}

function unknownEvent(directory: string, category: string, event: string): TsbpfError {
  const events = eventDirectories(`${directory}/${category}`);
  const near =
    events.length > 0
      ? nearest(event, events, 5).map((name) => `${category}:${name}`)
      : nearest(category, eventDirectories(directory), 5).map((name) => `${name}:${event}`);
  return new TsbpfError(`The kernel has no tracepoint '${category}:${event}'.`, {
    code: 'TSBPF2104',
    operation: 'find tracepoint',
    subject: `${category}:${event}`,
    hint:
      near.length > 0
        ? `Did you mean ${near.map((name) => `'${name}'`).join(', ')}?`
        : `The directories under events/${events.length > 0 ? `${category}/` : ''} of tracefs are those that it has.`,
  });
}
