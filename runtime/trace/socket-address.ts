/** Socket addresses as the system calls pass them (struct sockaddr and its kinds). */

export type SocketAddress =
  | { readonly family: 'AF_INET' | 'AF_INET6'; readonly address: string; readonly port: number }
  | { readonly family: 'AF_UNIX'; readonly path: string }
  /** A family without a description here, by its number of linux/socket.h. */
  | { readonly family: number };

/** How many bytes of an address are read: sizeof(struct sockaddr_in6). */
export const SOCKET_ADDRESS_SIZE = 28;
/** UNIX_PATH_MAX of linux/un.h. */
export const UNIX_PATH_SIZE = 108;

const [AF_UNSPEC, AF_UNIX, AF_INET, AF_INET6] = [0, 1, 2, 10];

/**
 * @param bytes of a struct sockaddr.
 * @param path what follows its family, as text.
 * @returns undefined for an address that was absent or could not be read.
 */
export function decodeSocketAddress(bytes: Uint8Array, path: string): SocketAddress | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const family = new Uint16Array(bytes.slice(0, 2).buffer)[0] as number;
  if (family === AF_UNIX) return { family: 'AF_UNIX', path };
  if (family === AF_INET) {
    return { family: 'AF_INET', address: [...bytes.subarray(4, 8)].join('.'), port: view.getUint16(2) };
  }
  if (family === AF_INET6) {
    return { family: 'AF_INET6', address: ipv6Text(bytes.subarray(8, 24)), port: view.getUint16(2) };
  }
  return family === AF_UNSPEC ? undefined : { family };
}

/** As RFC 5952 writes it: the longest run of zeros left out, lower case. */
function ipv6Text(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const isMapped = view.getBigUint64(0) === 0n && view.getUint32(8) === 0xffff;
  if (isMapped) return `::ffff:${[...bytes.subarray(12)].join('.')}`;
  const groups = Array.from({ length: 8 }, (_, index) => view.getUint16(index * 2).toString(16));
  const text = groups.join(':');
  const runs = [...text.matchAll(/(?:^|(?<=:))0(?::0)+(?=:|$)/g)].map((match) => match[0]);
  const longest = runs.sort((a, b) => b.length - a.length)[0];
  if (longest === undefined) return text;
  const start = text.search(new RegExp(`(?:^|(?<=:))${longest}(?=:|$)`));
  return `${text.slice(0, start).replace(/:$/, '')}::${text.slice(start + longest.length).replace(/^:/, '')}`;
}
