/**
 * How arguments and results travel in the packet of a test run. The result takes the first 8 bytes, the arguments 8
 * bytes each from the 16th on, all little-endian; the program returns XDP_DROP once it has written the result, so
 * that its default result, XDP_PASS, tells that it ended before.
 */
import type { RunResult } from './test-run.js';

export type Argument = number | bigint | boolean;

/** The result as a signed 64-bit integer, or that the program ended before it had one. */
export type Outcome = { readonly result: bigint } | 'default result';

export const packetSize = 80;
export const argumentOffset = 16;
export const maximumArguments = (packetSize - argumentOffset) / 8;

const verdict = { drop: 1, pass: 2 };

/** @throws {Error} where a value is no integer of 64 bits, or there are too many. */
export function encodePacket(values: readonly Argument[]): Uint8Array {
  if (values.length > maximumArguments) throw new Error(`a test function has ${maximumArguments} arguments at most`);
  const bytes = new Uint8Array(packetSize);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => {
    const integer = BigInt(value);
    if (BigInt.asUintN(64, integer) !== integer && BigInt.asIntN(64, integer) !== integer) {
      throw new Error(`${integer} does not fit into 64 bits`);
    }
    view.setBigUint64(argumentOffset + 8 * index, BigInt.asUintN(64, integer), true);
  });
  return bytes;
}

/** @throws {Error} where the program returned what none of ours returns. */
export function readOutcome({ value, packet }: RunResult): Outcome {
  if (value === verdict.pass) return 'default result';
  if (value !== verdict.drop) throw new Error(`the program returned ${value}, which no test program does`);
  return { result: new DataView(packet.buffer, packet.byteOffset).getBigInt64(0, true) };
}

export function describeArguments(values: readonly Argument[]): string {
  return values.map((value) => (typeof value === 'bigint' ? `${value}n` : String(value))).join(', ');
}
