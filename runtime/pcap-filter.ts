/** `pcapFilter`: a tcpdump expression as a condition; in user space, by libpcap's own interpreter. */
import type { SkBuff, XdpContext } from './contexts.js';
import { TsbpfError } from './errors.js';
import type { KernelStruct } from './kernel-structs.js';
import { linkTypeNames, linkTypeOf, type LinkType } from './link-type-names.js';
import { compileExpression, offlineFilter, type OfflineFilter } from './native/libpcap.js';
import type { Bytes } from './types.js';

/** Bytes of a packet that is not the program's own: a map value, a field of an event. */
export interface PacketBytes {
  readonly data: Bytes<number>;
  /** How long the packet is; what is behind the end of `data` cannot be read. */
  readonly length: number;
}

/**
 * Whether a packet matches a tcpdump expression, as pcap-filter(7) describes them: `pcapFilter('tcp port 80', ctx)`.
 *
 * In a program the expression is a constant, which libpcap compiles at build; the code is a part of the program. In user
 * space libpcap interprets it.
 *
 * @param packet in a program its context, a `sk_buff` of the kernel, or `{ data, length }`; in user space the packet's bytes, or `{ data, length }`.
 * @param linkType what packets begin with; Ethernet unless told otherwise.
 * @throws TsbpfError in user space: TSBPF2120 where the machine has no libpcap, TSBPF2121 for an expression that it
 *   refuses, TSBPF2122 for an unknown link type, TSBPF2123 for what is no packet.
 */
export function pcapFilter(
  expression: string,
  packet: SkBuff | XdpContext | KernelStruct | PacketBytes | Uint8Array,
  linkType: LinkType = 'ethernet',
): boolean {
  const bytes = packet instanceof Uint8Array ? packet : (packet as Partial<PacketBytes> | undefined)?.data;
  if (!(bytes instanceof Uint8Array)) throw noPacket();
  const length = packet instanceof Uint8Array ? bytes.length : (packet as PacketBytes).length;
  return filterFor(expression, linkType).matches(bytes.subarray(0, length), length);
}

/** The filters that were used last; each has memory of its own. */
const filters = new Map<string, OfflineFilter>();
const MOST_FILTERS = 64;

function filterFor(expression: string, linkType: string): OfflineFilter {
  const key = `${linkType} ${expression}`;
  const known = filters.get(key);
  if (known) return known;
  const filter = offlineFilter(compileFor(expression, linkType));
  for (const [oldest, old] of filters) {
    if (filters.size < MOST_FILTERS) break;
    filters.delete(oldest);
    old.free();
  }
  filters.set(key, filter);
  return filter;
}

function compileFor(expression: string, linkType: string): Uint8Array {
  const number = linkTypeOf(linkType);
  if (number === undefined) {
    throw new TsbpfError(`There is no link type '${linkType}'.`, {
      code: 'TSBPF2122',
      operation: 'compile filter',
      subject: expression,
      hint: `Give one of ${linkTypeNames.map((name) => `'${name}'`).join(', ')}.`,
    });
  }
  const { code, error } = compileExpression(expression, number);
  if (code) return code;
  throw new TsbpfError(`libpcap refuses the expression '${expression}' for link type '${linkType}': ${error}.`, {
    code: 'TSBPF2121',
    operation: 'compile filter',
    subject: expression,
    hint: 'The language is that of tcpdump; `man pcap-filter` describes it.',
  });
}

function noPacket(): TsbpfError {
  return new TsbpfError('pcapFilter needs a packet: its bytes, or an object with `data` and `length`.', {
    code: 'TSBPF2123',
    operation: 'filter packet',
    hint: 'The context of a program is there in the kernel alone: call pcapFilter from a program function, and run the file with `tsbpf run`.',
  });
}
