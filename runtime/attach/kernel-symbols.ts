/**
 * The kernel's functions by name, as /proc/kallsyms has them.
 */
import { readFileSync } from 'node:fs';
import { TsbpfError } from '../errors.js';
import { nearest } from './nearest.js';

/** What the kernel puts before the name of a system call, by `process.arch`; the plain name comes after. */
const SYSTEM_CALL_PREFIX: Readonly<Record<string, string>> = {
  x64: '__x64_',
  ia32: '__ia32_',
  arm64: '__arm64_',
  s390x: '__s390x_',
  riscv64: '__riscv_',
};

/**
 * The functions (text symbols) of the kernel and its modules. Reading them takes tens of milliseconds.
 *
 * @param visible whether to leave out those that are local to one file.
 */
export function kernelFunctions(visible = false): Set<string> {
  const functions = new Set<string>();
  let text: string;
  try {
    text = readFileSync('/proc/kallsyms', 'latin1');
  } catch {
    return functions;
  }
  const symbols = visible ? /^[0-9a-f]+ [TW] (\S+)/gm : /^[0-9a-f]+ [tTwW] (\S+)/gm;
  for (const match of text.matchAll(symbols)) functions.add(match[1]!);
  return functions;
}

/**
 * The names under which a symbol may be in this kernel, likeliest first. `sys_close` is the system call, whatever the
 * kernel calls it; any other name is itself.
 */
export function symbolCandidates(symbol: string): string[] {
  const prefix = SYSTEM_CALL_PREFIX[process.arch];
  return prefix !== undefined && /^sys_[a-z0-9_]+$/.test(symbol) ? [prefix + symbol, symbol] : [symbol];
}

/**
 * The kernel's symbol for a system call: `__x64_sys_clone` for `clone`.
 *
 * @param name with or without `sys_`.
 * @throws TsbpfError with near names if the kernel has no such call.
 */
export function syscallSymbol(name: string): string {
  const call = name.startsWith('sys_') ? name : `sys_${name}`;
  const functions = kernelFunctions();
  const found = symbolCandidates(call).find((candidate) => functions.has(candidate));
  if (found !== undefined) return found;
  throw unknownSymbol(call, functions);
}

/** The error for a symbol that the kernel lacks, with what may have been meant. */
export function unknownSymbol(symbol: string, functions = kernelFunctions()): TsbpfError {
  const prefix = SYSTEM_CALL_PREFIX[process.arch] ?? '';
  const names = symbol.startsWith('sys_')
    ? [...functions]
        .filter((name) => name.startsWith(`${prefix}sys_`) || name.startsWith('sys_'))
        .map((name) => name.replace(prefix, ''))
    : functions;
  const near = nearest(symbol, names, 5);
  // The compiler renames what it specialises: `foo.isra.0`.
  const renamed = [...functions].filter((name) => name.startsWith(`${symbol}.`)).slice(0, 5);
  const meant = [...renamed, ...near];
  return new TsbpfError(`The kernel has no function '${symbol}'.`, {
    code: 'TSBPF2102',
    operation: 'find kernel symbol',
    subject: symbol,
    hint:
      functions.size === 0
        ? '/proc/kallsyms, which lists them, cannot be read.'
        : meant.length > 0
          ? `Did you mean ${meant.map((name) => `'${name}'`).join(', ')}?`
          : 'It may be inlined, or in a module that is not loaded; /proc/kallsyms lists those that can be probed.',
  });
}
