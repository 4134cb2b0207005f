/** Diagnostics about tcpdump expressions: 1400 to 1419. */
import { error } from './diagnostic.js';

export const pcapNotConstant = error(1400, (what: string, reason: string) => ({
  message: `${what} of pcapFilter has to be known at build: ${reason}.`,
  hint: 'Write a constant text. To choose an expression when the program is loaded, choose between calls: `useDns ? pcapFilter("udp port 53", ctx) : pcapFilter("tcp port 80", ctx)`; to compare with a value that is known at load, keep the value out of the text: `pcapFilter("tcp", ctx) && ctx.packet.getUint16(36) === port`.',
}));

export const pcapExpressionInvalid = error(1401, (expression: string, linkType: string, words: string) => ({
  message: `libpcap refuses the expression '${expression}' for packets of link type '${linkType}': ${words}.`,
  hint: 'The language is that of tcpdump; `man pcap-filter` describes it.',
}));

export const pcapLibraryMissing = error(1402, (message: string) => ({
  message: `The expression of pcapFilter cannot be compiled. ${message}`,
  hint: 'Install libpcap: apt-get install libpcap0.8; `tsbpf doctor` says what else is missing.',
}));

export const pcapLinkTypeUnknown = error(1403, (linkType: string, known: readonly string[]) => ({
  message: `There is no link type '${linkType}'.`,
  hint: `Give one of ${known.map((name) => `'${name}'`).join(', ')}.`,
}));

export const pcapContextHasNoPacket = error(1404, (kind: string) => ({
  message: `pcapFilter needs a packet, and in a ${kind} program this is none.`,
  hint: 'Give it the context of an xdp, tc or socketFilter program, a sk_buff of the kernel, or bytes in memory: `{ data: event.packet, length: event.length }`.',
}));

/** @param context completes the sentence "… cannot tell". */
export const pcapExtensionUnknown = error(1405, (term: string, context: string) => ({
  message: `The expression asks for ${term}, which ${context} cannot tell.`,
  hint: 'Leave that term out, or filter by the context of a program that has it: those of tc and socketFilter know the most.',
}));

export const pcapArgumentNeeded = error(1407, () => ({
  message: 'pcapFilter needs an expression and a packet.',
  hint: "Write `pcapFilter('tcp port 80', ctx)`.",
}));
