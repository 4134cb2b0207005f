/** Replacements in a source text that keep every line where it was, so that a source map needs no more than columns. */

export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Applies edits that do not overlap. Lines that an edit removes come back as empty lines after its text.
 *
 * @throws Error where two edits overlap, which is a bug of the caller.
 */
export function applyEdits(source: string, edits: readonly Edit[]): string {
  let result = '';
  let position = 0;
  for (const { start, end, text } of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start < position) throw new Error(`two edits overlap at ${start}`);
    const removed = source.slice(start, end);
    result += source.slice(position, start) + text + '\n'.repeat(Math.max(0, lines(removed) - lines(text)));
    position = end;
  }
  return result + source.slice(position);
}

function lines(text: string): number {
  return text.split('\n').length - 1;
}
