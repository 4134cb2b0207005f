/** What packets begin with: the names of libpcap's link types, as programs and the command line give them. */
import { linkTypeNumber } from './native/libpcap.js';

/** What packets begin with, by libpcap's names in small letters; `ethernet` is its EN10MB. */
export type LinkType = 'ethernet' | 'raw' | 'linux_sll' | 'linux_sll2' | 'null' | 'loop';

/** The names that are offered to people. */
export const linkTypeNames: readonly LinkType[] = ['ethernet', 'raw', 'linux_sll', 'linux_sll2', 'null', 'loop'];

/**
 * The number of a link type (`DLT_*`).
 *
 * @param name `'ethernet'`, or a name of libpcap's in any case: `'linux_sll'`, `'EN10MB'`.
 * @returns undefined where there is none of that name.
 * @throws TsbpfError (TSBPF2120) where the machine has no libpcap.
 */
export function linkTypeOf(name: string): number | undefined {
  return linkTypeNumber(name === 'ethernet' ? 'EN10MB' : name);
}
