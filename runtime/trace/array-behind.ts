/** Arrays that stand behind the fields of a tracepoint's record, of which the record knows the length. */
import { BEHIND_SIZE } from '../../compiler/programs/tracepoint-format.js';

export type Elements = Uint8Array | readonly (number | bigint)[];

/**
 * What was read of an array, without the room behind it.
 *
 * @param elements as many as there is room for.
 * @param location the field: the array's length in bytes is in the upper 16 bits.
 */
export function arrayBehind(elements: Elements, location: number): Elements {
  const size = BEHIND_SIZE / elements.length;
  return elements.slice(0, (location >>> 16) / size);
}
