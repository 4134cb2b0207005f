/**
 * Network interfaces by name.
 */
import { readFileSync } from 'node:fs';
import { TsbpfError } from '../errors.js';
import { interfaceIndex } from '../native/libc.js';
import { nearest } from './nearest.js';

/**
 * The names of the interfaces of this process's network namespace; empty without /proc. (In /sys/class/net are those of
 * the namespace in which sysfs was mounted.)
 */
export function interfaceNames(): string[] {
  try {
    // Two lines of headings, then `  eth0: 1234 …` (net/core/net-procfs.c).
    return [...readFileSync('/proc/net/dev', 'utf8').matchAll(/^\s*(\S+):/gm)].map(([, name = '']) => name);
  } catch {
    return [];
  }
}

/**
 * The index of an interface.
 *
 * @throws TsbpfError (ENODEV) with the interfaces that there are.
 */
export function requireInterface(name: string): number {
  try {
    return interfaceIndex(name);
  } catch (cause) {
    const names = interfaceNames().sort();
    const near = nearest(name, names, 1)[0];
    const list = names.length > 0 ? `There are: ${names.join(', ')}.` : 'List them with `ip -brief link`.';
    throw new TsbpfError(`There is no network interface '${name}'.`, {
      code: 'ENODEV',
      operation: 'find interface',
      subject: name,
      hint: near === undefined ? list : `Did you mean '${near}'? ${list}`,
      cause,
    });
  }
}
