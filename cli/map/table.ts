/** Rows of text in columns. */

/**
 * Aligns rows under their headings, numbers to the right.
 *
 * @param rows each with a cell for every heading.
 * @returns lines, without trailing spaces.
 */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const isNumber = headings.map((_, column) => rows.every((row) => /^-?[\d.]*$/.test(row[column] as string)));
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] as string).length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (isNumber[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd();
  return [headings, ...rows].map((cells) => `${line(cells)}\n`).join('');
}
