/** Diagnostics about packets: 1420 to 1439, and from 1460 on. */
import { error, warning } from './diagnostic.js';

export const headerMoved = error(1420, (what: string) => ({
  message: `This uses an address in the packet that was found before ${what}, which may move the packet.`,
  hint: `Ask for the header again behind ${what}, with ctx.packet.at<Header>(offset), or copy what you need of it before.`,
}));

export const checksumPart = error(1421, (size: number, most: number) => ({
  message: `A checksum cannot be made of these ${size} bytes.`,
  hint: `Give structs and byte arrays of at most ${most} bytes, an even number of them in all but the last.`,
}));

export const checksumHeader = error(1422, () => ({
  message: 'The checksum of this cannot be updated: it is no header with a field `check` or `checksum` of type be16.',
  hint: 'Give the header itself, as ctx.packet.at<IpHdr>(offset) gave it; a header that may be one of two is none.',
}));

export const tailCallInCallback = error(1423, () => ({
  message: 'A tail call goes on in another program, and from this function it would only end the function.',
  hint: 'Leave the loop first, and make the tail call behind it.',
}));

export const packetMovedInCallback = error(1424, (helper: string) => ({
  message: `bpf.${helper} moves the bytes of the packet, and what is around this function would not know where they are.`,
  hint: 'Call it in the program itself, or in a `for` loop.',
}));

/** @param before the member that follows the bytes; undefined where they are the last. */
export const headerHasGaps = warning(1460, (name: string, bytes: number, before: string | undefined, size: number) => ({
  message: `'${name}' has ${bytes === 1 ? 'a byte' : `${bytes} bytes`} of padding ${before === undefined ? 'at its end' : `before '${before}'`}, as in C: it takes ${size} bytes of the packet, and headers of packets have no padding.`,
  hint: 'Declare what lies at an odd place as `Bytes<N>` or by its single bytes, or read it where it is: `ctx.packet.getUint32(offset + 1)`.',
}));
