/**
 * The Internet checksum (RFC 1071) and its incremental update (RFC 1624). Both functions mean the same in program
 * functions, where the compiler has them (compiler/lower/builtins/checksum.ts), and here.
 */
import { TsbpfError } from './errors.js';
import type { be16 } from './types.js';

/** What a checksum covers, before or after a change: a number of up to 32 bits, a bigint of up to 64, or whole words of bytes. */
export type Covered = number | bigint | Uint8Array;

/** A header with a checksum: `IpHdr`, `TcpHdr`, `UdpHdr`, `IcmpHdr`, or an interface with such a field. */
export type ChecksummedHeader = { check: be16 } | { checksum: be16 };

export interface ChecksumOptions {
  /** The change is in what TCP and UDP cover of the IP header: an address, the protocol, the length. */
  readonly pseudoHeader?: boolean;
}

/**
 * The checksum of bytes, 16-bit words in network byte order: to be stored in a field of type `be16`, or 0 where the bytes
 * have a right checksum in them.
 *
 * ```ts
 * ip.check = 0;
 * ip.check = checksum(ip);                       // IPv4, without options
 * udp.check = checksum(pseudoHeader, udp, data); // parts, one behind the other
 * ```
 *
 * @param parts structs and byte arrays, each but the last of an even number of bytes. In user space byte arrays only.
 * @returns 0 to 65535.
 * @throws TsbpfError (TSBPF2140) in user space for what is no byte array, or of an odd length before the last.
 */
export function checksum(...parts: readonly object[]): number {
  let sum = 0;
  parts.forEach((part, index) => {
    if (!(part instanceof Uint8Array) || (part.length % 2 !== 0 && index < parts.length - 1)) {
      throw new TsbpfError(
        `Part ${index + 1} of a checksum is ${part instanceof Uint8Array ? `${part.length} bytes long` : 'no byte array'}.`,
        {
          code: 'TSBPF2140',
          operation: 'compute checksum',
          hint: 'In user space give Uint8Arrays; all but the last have an even number of bytes.',
        },
      );
    }
    sum += wordsOf(part);
  });
  return ~fold(sum) & 0xffff;
}

/**
 * Corrects the checksum of a header after a change of what it covers, without reading the rest (RFC 1624):
 *
 * ```ts
 * const before = ip.daddr;
 * ip.daddr = server;
 * updateChecksum(ip, before, server);
 * updateChecksum(tcp, before, server, { pseudoHeader: true }); // TCP and UDP cover the addresses too
 * updateChecksum(tcp, oldPort, newPort);
 * ```
 *
 * Numbers stand for one or two words of 16 bits, so of a field of 8 bits give the word that it lies in:
 * `updateChecksum(ip, 64 << 8, 63 << 8)` for a `ttl`. A UDP checksum of 0 says that there is none, and stays 0.
 *
 * In tc programs it is done by bpf_l3_csum_replace and bpf_l4_csum_replace, which know what is left to the network card.
 *
 * @param from what was covered before.
 * @param to what is in its place, as long as `from`.
 */
export function updateChecksum(
  header: ChecksummedHeader,
  from: Covered,
  to: Covered,
  _options?: ChecksumOptions,
): void {
  const field = ('check' in header ? 'check' : 'checksum') as 'check';
  const fields = header as { check: be16; source?: number; len?: number };
  const isUdp = field === 'check' && fields.source !== undefined && fields.len !== undefined;
  if (isUdp && fields.check === 0) return;
  const change = fold((~fold(wordsOf(from)) & 0xffff) + wordsOf(to));
  const updated = ~fold((~fields[field] & 0xffff) + change) & 0xffff;
  fields[field] = isUdp && updated === 0 ? 0xffff : updated;
}

/** The sum of 16-bit words. */
function wordsOf(covered: Covered): number {
  if (typeof covered === 'number') return (covered & 0xffff) + ((covered >>> 16) & 0xffff);
  if (typeof covered === 'bigint')
    return wordsOf(Number(covered & 0xffffffffn)) + wordsOf(Number((covered >> 32n) & 0xffffffffn));
  let sum = 0;
  for (let index = 0; index < covered.length; index += 2) sum += (covered[index]! << 8) | (covered[index + 1] ?? 0);
  return sum;
}

/** A sum of words with its carries added, as ones' complement arithmetic has it. */
function fold(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return folded;
}
