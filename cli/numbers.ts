/** Numbers that options take. */
import { badOption } from './status.js';

/**
 * @param option for the message: `'--count'`.
 * @throws CommandError for what is no whole number in the range.
 */
export function wholeNumber(option: string, text: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const number = /^\d+$/.test(text) ? Number(text) : -1;
  if (number >= least && number <= most) return number;
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
  throw badOption(option, text, `a whole number ${range}`);
}

/** Timers take no more seconds. */
const MOST_SECONDS = 1e6;

/** @throws CommandError for what is no time. */
export function seconds(option: string, text: string): number {
  const number = Number(text);
  if (number > 0 && number < MOST_SECONDS) return number;
  throw badOption(option, text, `a number of seconds above 0, and below ${MOST_SECONDS}`);
}
