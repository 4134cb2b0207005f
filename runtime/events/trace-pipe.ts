/**
 * What programs print (`console.log`, bpf_trace_printk), from the trace pipe of tracefs.
 */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { systemError } from '../errors.js';
import { tracefs } from '../attach/tracefs.js';
import { EventStream } from './stream.js';

/** One printed line, and where it came from. */
export interface TraceFields {
  /** Name of the task that ran, at most 15 bytes. */
  readonly task: string;
  readonly pid: number;
  readonly cpu: number;
  /** The kernel's latency flags: `'d..31'`. */
  readonly flags: string;
  /** Seconds, of the trace clock (since boot by default). */
  readonly timestamp: number;
  readonly message: string;
}

/** `<task>-<pid> [(tgid)] [<cpu>] <flags> <time>: <function>: <message>`; the task may hold blanks and dashes. */
const LINE =
  /^\s*(.*)-(\d+)\s+(?:\([\s\d-]+\)\s+)?\[(\d+)\]\s+(\S+)\s+([\d.]+): (?:bpf_trace_printk|0x[0-9a-f]+): ?(.*)$/;

/** The fields of a line of the trace pipe, or undefined if no program printed it. */
export function parseTraceLine(line: string): TraceFields | undefined {
  const match = LINE.exec(line);
  if (!match) return undefined;
  const [, task = '', pid, cpu, flags = '', timestamp, message = ''] = match;
  return { task, pid: Number(pid), cpu: Number(cpu), flags, timestamp: Number(timestamp), message };
}

const EBUSY = 16;

class TracePipe extends EventStream<TraceFields> {
  protected readonly name = 'the trace pipe';
  readonly #fd: number;
  readonly #buffer = Buffer.alloc(1 << 16);
  #rest = '';
  #lines: TraceFields[] = [];

  constructor(path: string) {
    super();
    try {
      this.#fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (cause) {
      const errno = Math.abs((cause as NodeJS.ErrnoException).errno ?? 5);
      const busy = 'Another reader has it: only one can read the trace pipe at a time.';
      throw systemError(errno, 'open the trace pipe', path, errno === EBUSY ? busy : undefined);
    }
  }

  protected get pollable(): number {
    return this.#fd;
  }

  protected drain(limit: number, events: TraceFields[]): void {
    while (this.#lines.length < limit && this.#fill());
    events.push(...this.#lines.splice(0, limit));
  }

  #fill(): boolean {
    const length = this.#readSome();
    if (length === 0) return false;
    const lines = (this.#rest + this.#buffer.toString('utf8', 0, length)).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const fields = parseTraceLine(line);
      if (fields) this.#lines.push(fields);
    }
    return true;
  }

  #readSome(): number {
    try {
      return readSync(this.#fd, this.#buffer);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EAGAIN' || code === 'EINTR') return 0;
      throw error;
    }
  }

  protected release(): void {
    closeSync(this.#fd);
  }
}

/**
 * What all programs of the machine print, as it comes. A line is delivered to one reader of the pipe alone.
 *
 * ```ts
 * for await (const { task, message } of traceFields()) console.log(task, message);
 * ```
 *
 * @throws PermissionError without privilege, TsbpfError where tracefs is out of reach.
 */
export function traceFields(): EventStream<TraceFields> {
  return new TracePipe(`${tracefs()}/trace_pipe`);
}
