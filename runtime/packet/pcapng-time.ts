/** Timestamps of pcapng files: 64-bit counts of a unit that each interface says. */

const MICROSECONDS = 6;
const NANOSECONDS_A_SECOND = 1_000_000_000n;

/**
 * Makes nanoseconds since 1970 of ticks.
 *
 * @param resolution the option if_tsresol: a negative power of 10, or of 2 with the highest bit set; microseconds
 *   if left out. What is finer than a nanosecond is cut off.
 * @param offset the option if_tsoffset: seconds to add.
 */
export function tickConverter(resolution = MICROSECONDS, offset = 0n): (ticks: bigint) => bigint {
  const exponent = resolution & 0x7f;
  const base = (resolution & 0x80) === 0 ? 10n : 2n;
  const shift = offset * NANOSECONDS_A_SECOND;
  if (base === 10n && exponent <= 9) {
    const factor = 10n ** BigInt(9 - exponent);
    return (ticks) => ticks * factor + shift;
  }
  const ticksASecond = base ** BigInt(exponent);
  return (ticks) => (ticks * NANOSECONDS_A_SECOND) / ticksASecond + shift;
}
