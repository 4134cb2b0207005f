// Text of code in ASCII alone: V8 keeps that in half the memory, and Node reads it without looking at each character.

/**
 * @param {string} source code whose characters beyond ASCII are all in string literals, templates or regular expressions.
 * @returns {string} the same with escapes for them.
 * @throws {Error} where one is in a raw template, which would have the escape as its text.
 */
export function escapeText(source) {
  if (/\braw`[^`]*[^\0-\x7f]/.test(source)) throw new Error('a raw template holds text that cannot be escaped');
  return source.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
