/** What is wrong with a capture file, and at which byte of it. */
import { TsbpfError } from '../errors.js';

/** The most bytes that one packet, or one block of a pcapng file that has to be understood, may have. */
export const RECORD_LIMIT = 16 * 1024 * 1024;
/** The most interfaces of one section of a pcapng file. */
export const INTERFACE_LIMIT = 65_536;

/** A capture file that cannot be read on. What stood before the fault was delivered. */
export class CaptureFileError extends TsbpfError {
  constructor(
    code: string,
    sentence: string,
    /** Where the record or block begins that is at fault, in bytes from the start of the file. */
    readonly offset: number,
    hint?: string,
  ) {
    super(`${sentence.replace(/\.$/, '')} (at byte ${offset}).`, { code, operation: 'read capture file', hint });
  }
}

export const notACaptureFile = (magic: number, offset: number) =>
  new CaptureFileError(
    'TSBPF2130',
    `The file is neither pcap nor pcapng: it begins with 0x${magic.toString(16).padStart(8, '0')}`,
    offset,
    (magic & 0xffff) === 0x8b1f ? 'It is compressed: unpack it with gunzip first.' : undefined,
  );

export const fileCut = (what: string, offset: number) =>
  new CaptureFileError(
    'TSBPF2131',
    `The file ends in the middle of ${what}`,
    offset,
    'Whoever wrote it was ended before it was done, or the copy is not whole.',
  );

export const impossibleLength = (what: string, length: number, allowed: string, offset: number) =>
  new CaptureFileError('TSBPF2132', `${what} says that it has ${length} bytes, and ${allowed}`, offset);

export const trailerDiffers = (length: number, trailer: number, offset: number) =>
  new CaptureFileError(
    'TSBPF2133',
    `A block begins with the length ${length} and ends with the length ${trailer}`,
    offset,
  );

export const unknownInterface = (index: number, count: number, offset: number) =>
  new CaptureFileError(
    'TSBPF2134',
    `A packet is of interface ${index}, and the section has described ${count} until here`,
    offset,
  );

export const unknownVersion = (format: string, version: string, offset: number) =>
  new CaptureFileError('TSBPF2135', `The file says that it is ${format} of version ${version}`, offset);

export const blockMalformed = (what: string, offset: number) =>
  new CaptureFileError('TSBPF2136', `${what} reaches beyond the end of its block`, offset);

export const tooManyInterfaces = (offset: number) =>
  new CaptureFileError('TSBPF2137', `A section describes more than ${INTERFACE_LIMIT} interfaces`, offset);
