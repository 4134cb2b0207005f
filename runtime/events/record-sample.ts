/** What the first records of a ring show of their fields, so that later ones are decoded in fewer steps. */
import type { FieldLayout, Layout, StructLayout } from '../maps/layout.js';

/** As many records are looked at. */
const RECORDS = 256;
/** Longer texts and structs are not looked at: comparing them would take as long as decoding. */
const LONGEST_TEXT = 64;
const LONGEST_STRUCT = 1024;

/** What a field is to the loop that decodes records. */
export type FieldKind = 'long' | 'word' | 'text' | 'other';

/**
 * @param at where the field's struct begins in the record, in bytes.
 * @returns `long` for 64-bit integers and `text` for texts that can be compared by words, `word` for those of 32 bits that may
 *   be too large for an int32.
 */
export function fieldKind({ layout, offset, bits }: FieldLayout, at: number): FieldKind {
  if (bits || (at + offset) % 4 !== 0) return 'other';
  if (layout.kind === 'string') return layout.size % 4 === 0 && layout.size <= LONGEST_TEXT ? 'text' : 'other';
  if (layout.kind !== 'integer') return 'other';
  if (layout.size === 8 && layout.meaning === 'bigint') return 'long';
  return layout.size === 4 && !layout.signed && layout.meaning === 'number' ? 'word' : 'other';
}

interface Counted {
  readonly offset: number;
  readonly words: number;
  count: number;
}

/** Fields are known by their offset in bytes. */
export class RecordSample {
  readonly #repeating: Counted[] = [];
  readonly #large: Counted[] = [];
  readonly #last: Int32Array;
  #records = 0;

  /** Whether records of this type are worth looking at. */
  static suits(layout: Layout | undefined): layout is StructLayout {
    return layout?.kind === 'struct' && layout.size <= LONGEST_STRUCT && layout.size % 4 === 0;
  }

  constructor(layout: StructLayout) {
    this.#last = new Int32Array(layout.size / 4);
    this.#collect(layout, 0);
  }

  #collect(layout: StructLayout, start: number): void {
    for (const field of layout.fields) {
      const offset = start + field.offset;
      const kind = fieldKind(field, start);
      if (kind === 'word') this.#large.push({ offset, words: 1, count: 0 });
      else if (kind !== 'other') this.#repeating.push({ offset, words: field.layout.size / 4, count: 0 });
      else if (field.layout.kind === 'struct' || field.layout.kind === 'union') this.#collect(field.layout, offset);
    }
  }

  /** Whether it has seen enough. */
  get complete(): boolean {
    return this.#records >= RECORDS;
  }

  /**
   * Looks at a record.
   *
   * @param words the memory.
   * @param start of the record's data, in words.
   */
  add(words: Int32Array, start: number): void {
    const last = this.#last;
    this.#records++;
    for (const field of this.#repeating) {
      const first = field.offset / 4;
      let index = 0;
      while (index < field.words && words[start + first + index] === last[first + index]) index++;
      if (index === field.words) field.count++;
    }
    for (const field of this.#large) if (words[start + field.offset / 4]! < 0) field.count++;
    for (let index = 0; index < last.length; index++) last[index] = words[start + index]!;
  }

  /**
   * Whether a field mostly has the value that it had in the record before. A processor that foretells wrongly whether it has
   * loses more than one that makes four integers, but less than a text takes.
   */
  repeats(offset: number, kind: 'long' | 'text'): boolean {
    const count = this.#repeating.find((field) => field.offset === offset)?.count ?? 0;
    return kind === 'long' ? count * 8 >= this.#records * 7 : count * 2 >= this.#records;
  }

  /** Whether a 32-bit field had values of 2^31 and more. */
  isLarge(offset: number): boolean {
    return this.#large.some((field) => field.offset === offset && field.count > 0);
  }
}
