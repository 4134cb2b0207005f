/**
 * Programs at raw tracepoints: the event's own arguments, without the record that tracefs describes.
 */
import { systemError, TsbpfError } from '../errors.js';
import { Link } from '../link.js';
import { rawTracepointOpen } from '../native/attach.js';
import { closeDescriptor } from '../native/libc.js';
import type { Program } from '../program.js';
import { nearest } from './nearest.js';
import { eventDirectories, tracefs } from './tracefs.js';

const ENOENT = 2;

/**
 * Attaches to a raw tracepoint, on every CPU (Linux 4.17).
 *
 * @param event without its category: `'sched_switch'`.
 * @throws TsbpfError with near names for an event that the kernel lacks.
 */
export function attachRawTracepoint(program: Program, event: string): Link {
  const fd = rawTracepointOpen(event, program.fd);
  if (fd === -ENOENT) throw unknownEvent(event);
  if (fd < 0) throw systemError(-fd, 'attach to raw tracepoint', event);
  return new Link(`raw tracepoint ${event}`, () => closeDescriptor(fd));
}

function unknownEvent(event: string): TsbpfError {
  const near = nearest(event, knownEvents(), 5);
  return new TsbpfError(`The kernel has no raw tracepoint '${event}'.`, {
    code: 'TSBPF2104',
    operation: 'find raw tracepoint',
    subject: event,
    hint:
      near.length > 0
        ? `Did you mean ${near.map((name) => `'${name}'`).join(', ')}?`
        : 'Their names are those of tracepoints without the category; system calls have only sys_enter and sys_exit.',
  });
}

function knownEvents(): string[] {
  try {
    const directory = `${tracefs()}/events`;
    const categories = eventDirectories(directory).filter((category) => category !== 'syscalls');
    return categories.flatMap((category) => eventDirectories(`${directory}/${category}`));
  } catch {
    return [];
  }
}
