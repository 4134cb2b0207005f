/** Rows that come one after the other, in columns that are as wide as what came so far. */
import type { Layout } from '../../runtime/maps/layout.js';
import { cells, columns } from '../map/cells.js';

/** What a column is wide at least, by the type of its values: most values fit, so that few rows move. */
function usualWidth(layout: Layout): number {
  if (layout.kind === 'integer') return layout.size === 8 ? 10 : layout.size === 4 ? 7 : 5;
  return layout.kind === 'string' ? Math.min(layout.size, 16) : 0;
}

export class Columns {
  readonly #headings: readonly string[];
  readonly #isNumber: readonly boolean[];
  readonly #widths: number[];
  readonly #layout: Layout;

  /** @param layout of the values; members of a struct have a column each. */
  constructor(layout: Layout) {
    const parts = layout.kind === 'struct' ? layout.fields.map((field) => field.layout) : [layout];
    this.#layout = layout;
    this.#headings = columns(layout, 'EVENT');
    this.#isNumber = parts.map(({ kind }) => kind === 'integer' || kind === 'float');
    this.#widths = parts.map((part, index) => Math.max(usualWidth(part), this.#headings[index]!.length));
  }

  get heading(): string {
    return this.#line(this.#headings);
  }

  row(value: unknown): string {
    return this.#line(cells(value, this.#layout));
  }

  #line(texts: readonly string[]): string {
    return texts
      .map((text, index) => {
        const width = (this.#widths[index] = Math.max(this.#widths[index]!, text.length));
        return this.#isNumber[index] ? text.padStart(width) : text.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  }
}
