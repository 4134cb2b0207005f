/**
 * Programs at the entry and the return of kernel functions.
 */
import { readFileSync } from 'node:fs';
import { systemError, TsbpfError, UnsupportedFeatureError } from '../errors.js';
import type { Link } from '../link.js';
import type { Program } from '../program.js';
import { kernelFunctions, symbolCandidates, unknownSymbol } from './kernel-symbols.js';
import { linkPerfEvent, openProbe } from './perf-link.js';
import { pmuType, returnBit } from './pmu.js';

export interface KprobeOptions {
  /** The function to probe; the program's own if left out. `sys_open` is the system call. */
  readonly symbol?: string;
  /** Bytes into the function; only for probes at the entry. */
  readonly offset?: number | bigint;
}

/** What perf_event_open says of a function that is not there, or that must not be probed. */
const REFUSALS = new Set(['ENOENT', 'EINVAL', 'EADDRNOTAVAIL']);

/**
 * Attaches to a kernel function, on every CPU (Linux 4.17).
 *
 * @param returns at its return instead of its entry.
 * @throws UnsupportedFeatureError on a kernel without kprobes, TsbpfError with near names for an unknown function.
 */
export function attachKprobe(program: Program, symbol: string, returns: boolean, offset: number | bigint = 0): Link {
  const type = pmuType('kprobe');
  if (type === undefined) {
    throw new UnsupportedFeatureError({
      feature: 'kprobes',
      needs: 'a kernel with CONFIG_KPROBE_EVENTS, Linux 4.17 or later',
      subject: symbol,
    });
  }
  program.load();
  const config = returns ? 1 << returnBit('kprobe') : 0;
  let result = 0;
  for (const name of symbolCandidates(symbol)) {
    result = openProbe({ type, config, name, offset: BigInt(offset) });
    if (result >= 0) return linkPerfEvent(program, result, `${returns ? 'kretprobe' : 'kprobe'} ${name}`);
  }
  throw refusal(-result, symbol);
}

function refusal(errno: number, symbol: string): TsbpfError {
  const error = systemError(errno, 'probe kernel function', symbol);
  if (!REFUSALS.has(error.code)) return error;
  const functions = kernelFunctions();
  if (functions.size > 0 && !symbolCandidates(symbol).some((name) => functions.has(name))) {
    return unknownSymbol(symbol, functions);
  }
  return new TsbpfError(`The kernel does not let its function '${symbol}' be probed (${error.code}).`, {
    code: error.code,
    operation: 'probe kernel function',
    subject: symbol,
    hint: isBlacklisted(symbol)
      ? 'It is on the list of functions that kprobes themselves depend on (/sys/kernel/debug/kprobes/blacklist).'
      : 'It may run where probing is unsafe, or the offset may not be the start of an instruction.',
  });
}

function isBlacklisted(symbol: string): boolean {
  try {
    return readFileSync('/sys/kernel/debug/kprobes/blacklist', 'utf8').includes(`\t${symbol}\n`);
  } catch {
    return false;
  }
}
