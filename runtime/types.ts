/**
 * The types that a program function and user space share: integers of a width, arrays and strings in place.
 *
 * Each is a flavour: an optional property that no value has, so that plain numbers and all flavours are assignable
 * to one another, while the compiler and the decoders can still tell them apart.
 */

/** An unsigned 8-bit integer. */
export type u8 = number & { readonly __u8?: never };
/** An unsigned 16-bit integer. */
export type u16 = number & { readonly __u16?: never };
/** An unsigned 32-bit integer. */
export type u32 = number & { readonly __u32?: never };
/** An unsigned 64-bit integer: a `bigint` in both worlds. */
export type u64 = bigint & { readonly __u64?: never };
/** A signed 8-bit integer. */
export type i8 = number & { readonly __i8?: never };
/** A signed 16-bit integer. */
export type i16 = number & { readonly __i16?: never };
/** A signed 32-bit integer. */
export type i32 = number & { readonly __i32?: never };
/** A signed 64-bit integer: a `bigint` in both worlds. */
export type i64 = bigint & { readonly __i64?: never };
/** An unsigned 16-bit integer stored in network byte order; reads and writes swap. */
export type be16 = number & { readonly __be16?: never };
/** An unsigned 32-bit integer stored in network byte order; reads and writes swap. */
export type be32 = number & { readonly __be32?: never };
/** An unsigned 64-bit integer stored in network byte order; reads and writes swap. */
export type be64 = bigint & { readonly __be64?: never };
/** A 64-bit fixed-point number that counts 1/100000. */
export type fixed = number & { readonly __fixed?: never };

/** `Width` bits of an integer of type `Of`, as `Of name : Width` in C. */
export type Bits<Width extends number, Of = u32> = number & {
  // A name of its own for each width, so that widths are assignable to one another, as all integers are.
  readonly [Name in `__bits${Width}`]?: readonly [Width, Of];
};

/** `Length` values of type `T`, in place. */
export type FixedArray<T, Length extends number> = T[] & { readonly __length?: Length };
/** `Length` bytes, in place; a `Uint8Array` in user space. */
export type Bytes<Length extends number> = Uint8Array & { readonly __bytes?: Length };
/** A NUL-padded `char[Length]`; a `string` in user space. */
export type CharArray<Length extends number> = string & { readonly __chars?: Length };

type Convertible = number | bigint | boolean;

function toNumber(bits: number, signed: boolean): (value: Convertible) => number {
  const convert = signed ? BigInt.asIntN : BigInt.asUintN;
  return (value) => Number(convert(bits, toBigInt(value)));
}

function toBigInt(value: Convertible): bigint {
  if (typeof value !== 'number') return BigInt(value);
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
}

/** Converts to an unsigned 8-bit integer: the low 8 bits of the truncated value. */
export const u8: (value: Convertible) => u8 = toNumber(8, false);
/** Converts to an unsigned 16-bit integer: the low 16 bits of the truncated value. */
export const u16: (value: Convertible) => u16 = toNumber(16, false);
/** Converts to an unsigned 32-bit integer: the low 32 bits of the truncated value. */
export const u32: (value: Convertible) => u32 = toNumber(32, false);
/** Converts to a signed 8-bit integer: the low 8 bits of the truncated value. */
export const i8: (value: Convertible) => i8 = toNumber(8, true);
/** Converts to a signed 16-bit integer: the low 16 bits of the truncated value. */
export const i16: (value: Convertible) => i16 = toNumber(16, true);
/** Converts to a signed 32-bit integer: the low 32 bits of the truncated value. */
export const i32: (value: Convertible) => i32 = toNumber(32, true);
/** Converts to an unsigned 64-bit integer: the low 64 bits of the truncated value. */
export const u64 = (value: Convertible): u64 => BigInt.asUintN(64, toBigInt(value));
/** Converts to a signed 64-bit integer: the low 64 bits of the truncated value. */
export const i64 = (value: Convertible): i64 => BigInt.asIntN(64, toBigInt(value));
/** The value that a `be16` field holds: the low 16 bits. Only storage is swapped, so none of the bytes move here. */
export const be16: (value: Convertible) => be16 = u16;
/** The value that a `be32` field holds: the low 32 bits. */
export const be32: (value: Convertible) => be32 = u32;
/** The value that a `be64` field holds: the low 64 bits. */
export const be64: (value: Convertible) => be64 = u64;

const fixedDigits = 5;

/**
 * Converts to fixed point: the value truncated toward zero at 1/100000. What counts is the decimal that was written, not
 * the binary fraction a little below it, as in the kernel half's constants.
 */
export const fixed = (value: Convertible): fixed => {
  if (typeof value !== 'number' || !(Math.abs(value) < 1e21)) return Number(value);
  const [whole = '0', fraction = ''] = value.toFixed(10).split('.');
  return Number(`${whole}.${fraction.slice(0, fixedDigits)}`);
};

/**
 * Converts a 16-bit integer between host and network byte order, as htons(3) does.
 *
 * @param value 0 to 65535; higher bits are dropped.
 */
export function htons(value: number): number {
  return ((value & 0xff) << 8) | ((value >>> 8) & 0xff);
}

/** Converts a 16-bit integer between network and host byte order, as ntohs(3) does. */
export function ntohs(value: number): number {
  return ((value & 0xff) << 8) | ((value >>> 8) & 0xff);
}

/**
 * Converts a 32-bit integer between host and network byte order, as htonl(3) does.
 *
 * @returns 0 to 4294967295.
 */
export function htonl(value: number): number {
  return (((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | ((value >>> 24) & 0xff)) >>> 0;
}

/** Converts a 32-bit integer between network and host byte order, as ntohl(3) does. */
export function ntohl(value: number): number {
  return htonl(value);
}

/** Whether two byte arrays hold the same bytes; the only comparison of `Bytes` that the kernel half has. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
