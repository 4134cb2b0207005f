/** Prints the events of one `trace`. */
import { toJsonValue } from '../runtime/maps/json.js';
import { trace, type TraceEvent, type TraceValue } from '../runtime/index.js';
import type { TraceFlags } from './commands/trace.js';
import { exitStatus, type ExitStatus } from './status.js';
import { writeRecord } from './terminal.js';

/** @param event as `trace` takes it. */
export function traceEvent(event: string, flags: TraceFlags): Promise<ExitStatus> {
  return new Promise((resolve) => {
    let printed = 0;
    let start: bigint | undefined;
    const print = (happened: TraceEvent) => {
      if (flags.count !== undefined && printed >= flags.count) return;
      printed += 1;
      start ??= happened.timestamp;
      if (flags.json) writeRecord(toJsonValue(happened) as object);
      else process.stdout.write(eventLine(happened, start));
      if (printed === flags.count) end();
    };
    const { filter } = flags;
    const watched = trace(event, print, { return: flags.return ?? false, ...(filter !== undefined && { filter }) });
    const timer = flags.duration === undefined ? undefined : setTimeout(() => end(), flags.duration * 1000);
    const end = () => {
      clearTimeout(timer);
      process.off('SIGINT', end).off('SIGTERM', end);
      const { lost } = watched;
      watched.close();
      if (lost > 0) process.stderr.write(`${lost} events were lost: they came faster than they could be printed\n`);
      resolve(exitStatus.done);
    };
    process.on('SIGINT', end).on('SIGTERM', end);
    for (const what of watched.missing) process.stderr.write(`not read: ${what}\n`);
    if (!flags.json) process.stdout.write('     SECONDS      PID  COMM             EVENT\n');
  });
}

function eventLine({ timestamp, pid, comm, name, args, returned, error, duration }: TraceEvent, start: bigint): string {
  const seconds = (Number(timestamp - start) / 1e9).toFixed(6).padStart(12);
  const given = Object.entries(args).map(([argument, value]) => `${argument}=${valueText(value)}`);
  const outcome = returned === undefined ? '' : ` = ${returned}${error ? ` ${error}` : ''}`;
  const taken = duration === undefined ? '' : ` in ${(Number(duration) / 1e3).toFixed(1)} µs`;
  return `${seconds} ${String(pid).padStart(8)}  ${comm.padEnd(16)} ${name} ${given.join(' ')}${outcome}${taken}\n`;
}

function valueText(value: TraceValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map((element) => valueText(element as TraceValue)).join(', ')}]`;
  const address = value as { address?: string; port?: number; path?: string; family: string | number };
  if (address.path !== undefined) return `unix:${address.path}`;
  if (address.address === undefined) return `family ${address.family}`;
  return address.address.includes(':') ? `[${address.address}]:${address.port}` : `${address.address}:${address.port}`;
}
