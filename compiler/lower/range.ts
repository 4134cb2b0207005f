/**
 * The values that an integer can have, as far as its making tells. Ranges decide between signed and unsigned
 * instructions, so that no program pays for a sign that it can't have.
 */
import type { ScalarType } from '../types/types.js';

export interface Range {
  readonly min: bigint;
  readonly max: bigint;
}

export const SIGNED_64: Range = { min: -(1n << 63n), max: (1n << 63n) - 1n };
export const UNSIGNED_64: Range = { min: 0n, max: (1n << 64n) - 1n };
export const SIGNED_32: Range = { min: -(1n << 31n), max: (1n << 31n) - 1n };
export const UNSIGNED_32: Range = { min: 0n, max: (1n << 32n) - 1n };
export const BIT: Range = { min: 0n, max: 1n };

export function exactly(value: bigint): Range {
  return { min: value, max: value };
}

export function rangeOf(type: ScalarType): Range {
  if (type.kind === 'boolean') return BIT;
  if (type.kind === 'fixed') return SIGNED_64;
  const bits = BigInt(type.size * 8);
  return type.signed
    ? { min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n }
    : { min: 0n, max: (1n << bits) - 1n };
}

export function within(inner: Range, outer: Range): boolean {
  return inner.min >= outer.min && inner.max <= outer.max;
}

export function isNonNegative(range: Range): boolean {
  return range.min >= 0n;
}

export function union(a: Range, b: Range): Range {
  return { min: a.min < b.min ? a.min : b.min, max: a.max > b.max ? a.max : b.max };
}

/** The range where it fits, else all that the type holds. */
export function wrap(range: Range, whole: Range): Range {
  return within(range, whole) ? range : whole;
}

export function addRanges(a: Range, b: Range): Range {
  return { min: a.min + b.min, max: a.max + b.max };
}

export function subtractRanges(a: Range, b: Range): Range {
  return { min: a.min - b.max, max: a.max - b.min };
}

export function multiplyRanges(a: Range, b: Range): Range {
  const products = [a.min * b.min, a.min * b.max, a.max * b.min, a.max * b.max];
  return { min: least(products), max: greatest(products) };
}

/** Of two that are not negative; a divisor of 0 gives 0, or none. */
export function quotientRange(a: Range, b: Range): Range {
  return { min: 0n, max: a.max / (b.min > 1n ? b.min : 1n) };
}

export function remainderRange(a: Range, b: Range): Range {
  const largest = (-b.min > b.max ? -b.min : b.max) - 1n;
  const bound = largest < 0n ? 0n : largest;
  return { min: isNonNegative(a) ? 0n : -bound, max: a.max > 0n && a.max < bound ? a.max : bound };
}

/** All bits up to the highest of either: what `|` and `^` of two values that are not negative can give. */
export function bitsUpTo(a: Range, b: Range): Range {
  const highest = greatest([a.max, b.max]);
  return { min: 0n, max: (1n << BigInt(highest.toString(2).length)) - 1n };
}

export function least(values: readonly bigint[]): bigint {
  return values.reduce((a, b) => (a < b ? a : b));
}

export function greatest(values: readonly bigint[]): bigint {
  return values.reduce((a, b) => (a > b ? a : b));
}

/** Whether the lowest `bits` of some value in the range are all 0. */
export function mayEndInZeros({ min, max }: Range, bits: number): boolean {
  const remainder = BigInt.asUintN(bits, max);
  return max - remainder >= min;
}
