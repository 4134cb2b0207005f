/** How the two worlds write what they write differently. */

export interface World {
  readonly compiled: boolean;
  /** `name: type`, or `name` alone where there are no types. */
  declare(name: string, type: string): string;
  /** Type arguments and annotations, which Node has not. */
  types(text: string): string;
  /** What a store into a place of that type keeps. */
  store(type: string, value: string): string;
  /** The result of arithmetic on numbers, which has to stay exact to be compared. */
  number(text: string): string;
  /** The result of arithmetic on bigints of a type. */
  big(type: 'u64' | 'i64', text: string): string;
  /** A value that is stored by value: a copy. */
  copy(text: string): string;
  /** An index into an array of that length, which ends the program where it lies outside. */
  index(text: string, length: number): string;
}

const scalars = new Set(['u8', 'u16', 'u32', 'i8', 'i16', 'i32', 'u64', 'i64', 'be16', 'be32', 'be64']);

export const typescript: World = {
  compiled: true,
  declare: (name, type) => (type === '' ? name : `${name}: ${type}`),
  types: (text) => text,
  store: (_, value) => value,
  number: (text) => text,
  big: (_, text) => text,
  copy: (text) => text,
  index: (text) => text,
};

/** `$` is the object of `node-world.ts`. */
export const javascript: World = {
  compiled: false,
  declare: (name) => name,
  types: () => '',
  store: (type, value) => {
    const bits = /^Bits<(\d+)(, i\d+)?>$/.exec(type);
    if (bits) return `$.bits(${bits[1]}, ${bits[2] !== undefined}, ${value})`;
    if (type === 'bigint') return `$.i64(${value})`;
    return scalars.has(type) ? `$.${type}(${value})` : value;
  },
  number: (text) => `$.number(${text})`,
  big: (type, text) => `$.${type}(${text})`,
  copy: (text) => `$.copy(${text})`,
  index: (text, length) => `$.index(${text}, ${length})`,
};
