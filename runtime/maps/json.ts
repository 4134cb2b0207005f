/** Decoded values as JSON, which has neither 64-bit integers nor bytes. */

/**
 * The prototype of decoded structs: plain objects that `JSON.stringify` can write, as `toJsonValue` says. A 64-bit value
 * outside a struct is a bigint, which `JSON.stringify` refuses, as everywhere in JavaScript.
 */
export const StructValue: object = Object.create(Object.prototype, {
  toJSON: {
    value(this: object) {
      return toJsonValue({ ...this });
    },
  },
});

/**
 * A value that `JSON.stringify` writes: 64-bit integers as decimal strings, always, since readers of JSON round numbers
 * beyond 2^53; bytes as an array of numbers.
 *
 * @param value what a map, an event or a shared variable decodes to.
 */
export function toJsonValue(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(toJsonValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toJsonValue(member)]));
}
