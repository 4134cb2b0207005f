/**
 * A program at a perf event: how kprobes, uprobes and tracepoints are attached.
 */
import { systemError, type TsbpfError } from '../errors.js';
import { Link } from '../link.js';
import { AttachType, linkCreate } from '../native/attach.js';
import { closeDescriptor } from '../native/libc.js';
import { enablePerfEvent, openPerfEvent, setPerfEventProgram, type PerfEvent } from '../native/perf-event.js';
import { onlineCpus } from '../events/cpus.js';
import type { Program } from '../program.js';

const EEXIST = 17;
const EINVAL = 22;
const EOPNOTSUPP = 95;

/**
 * Opens a probe or tracepoint. For all processes the kernel wants one CPU named; the program runs on every CPU all the
 * same, because it hangs on the event itself (trace_call_bpf comes before the look at this CPU's perf events).
 *
 * @param pid only in this process; in all if undefined.
 * @returns a descriptor or -errno.
 */
export function openProbe(event: PerfEvent, pid?: number): number {
  return pid === undefined ? openPerfEvent(event, -1, onlineCpus()[0] ?? 0) : openPerfEvent(event, pid, -1);
}

/**
 * Attaches a program to a perf event, by a link of the kernel (Linux 5.15) or else by ioctl. Either way it is gone
 * with the descriptors, hence with the process.
 *
 * @param event the descriptor; the link's from here on, and closed if this throws.
 * @param target for people: `'kprobe __x64_sys_close'`.
 */
export function linkPerfEvent(program: Program, event: number, target: string): Link {
  const descriptors = [event];
  const release = () => {
    for (const fd of descriptors.splice(0).reverse()) closeDescriptor(fd);
  };
  try {
    const link = linkCreate(program.fd, event, AttachType.perfEvent);
    if (link >= 0) descriptors.push(link);
    else if (link !== -EINVAL && link !== -EOPNOTSUPP) throw refusal(-link, program, target);
    else require(setPerfEventProgram(event, program.fd), program, target);
    require(enablePerfEvent(event), program, target);
  } catch (error) {
    release();
    throw error;
  }
  return new Link(target, release);
}

function require(result: number, program: Program, target: string): void {
  if (result < 0) throw refusal(-result, program, target);
}

function refusal(errno: number, program: Program, target: string): TsbpfError {
  const hint = errno === EEXIST ? `The program '${program.name}' is attached there already.` : undefined;
  return systemError(errno, 'attach to', target, hint);
}
