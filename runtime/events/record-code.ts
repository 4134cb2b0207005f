/** Generates the statements that decode one record in a loop over many. */
import { constructorName, expression, fieldExpression, typedElement, type Code } from '../maps/decoder.js';
import { hostIsLittleEndian, type Layout, type StructLayout } from '../maps/layout.js';
import { fieldKind, RecordSample } from './record-sample.js';

/**
 * The engine makes an object in few steps if all of its values are ready, in the form in which they are stored, before it
 * begins; and a bigint is made where it is first stored. So everything is read first; 32-bit values are read as int32, which
 * need no test for whether they are small, and tested together; and a bigint or a text that is the same as in the record
 * before is that of the record before.
 */
export interface RecordCode {
  /** Variables that outlive a record. They stand before the loop, where the indexes are those of the first record. */
  readonly kept: string;
  /** How many of them are bigints: for so many, the first record differs from the one before. */
  readonly keptLongs: number;
  /** A statement that assigns the record at `offset` to `event`, and counts in `unusual` what is not as the sample was. */
  readonly statement: string;
}

/** @param sample without one, nothing is supposed of the values. */
export function recordCode(layout: Layout, code: Code, sample: RecordSample | undefined): RecordCode {
  const plain = `event = ${expression(layout, 0, code)};`;
  if (!sample || !RecordSample.suits(layout)) return { kept: '', keptLongs: 0, statement: plain };
  const writer = new Writer(code, sample);
  const value = writer.struct(layout, 0);
  const { words, kept, statements, made } = writer;
  const names = made.map(([name]) => name);
  // The engine does not see that `step` is never 0, and so makes these bigints here.
  const bigints =
    made.length > 0
      ? `let ${names.join(', ')}; if (step !== 0) { ${made.map((pair) => `${pair.join(' = ')};`).join(' ')} }`
      : '';
  const usual = `${statements.join('\n')} ${bigints} event = ${value};`;
  const whole =
    words.length === 0
      ? usual
      : `if ((${words.join(' | ')}) >= 0) { ${usual} } else { unusual = (unusual + 1) | 0; ${plain} }`;
  return { kept: kept.join('\n'), keptLongs: writer.longs, statement: `${writer.reads.join('\n')} ${whole}` };
}

class Writer {
  readonly kept: string[] = [];
  /** Of 32-bit values, before anything else. */
  readonly reads: string[] = [];
  /** What those are called. */
  readonly words: string[] = [];
  readonly statements: string[] = [];
  /** Bigints that are made for each record. */
  readonly made: (readonly [name: string, value: string])[] = [];
  longs = 0;
  #names = 0;

  constructor(
    private readonly code: Code,
    private readonly sample: RecordSample,
  ) {}

  /** An expression of a struct of what the statements read. */
  struct(layout: StructLayout, start: number): string {
    const values = layout.fields.map((field) => {
      const type = field.layout;
      const at = start + field.offset;
      const kind = fieldKind(field, start);
      if ((type.kind === 'struct' || type.kind === 'union') && !field.bits) return this.struct(type, at);
      const name = `v${this.#names++}`;
      const value = fieldExpression(field, start, this.code);
      if (
        kind === 'word' &&
        type.kind === 'integer' &&
        type.littleEndian === hostIsLittleEndian &&
        !this.sample.isLarge(at)
      ) {
        this.reads.push(`const ${name} = ${typedElement(4, true, at)};`);
        this.words.push(name);
      } else if ((kind === 'long' || kind === 'text') && this.sample.repeats(at, kind)) {
        this.#keep(name, value, at, type.size / 4, kind === 'long');
      } else if (kind === 'long') {
        this.made.push([name, value]);
      } else this.statements.push(`const ${name} = ${value};`);
      return name;
    });
    return `new ${constructorName(layout, this.code)}(${values.join(', ')})`;
  }

  #keep(name: string, value: string, at: number, count: number, isLong: boolean): void {
    if (isLong) this.longs++;
    const words = Array.from({ length: count }, (_, index) => `${name}_${index}`);
    const reads = words.map((_, index) => typedElement(4, true, at + index * 4));
    // The first differs, so that the value is undefined nowhere. The engine does not see that, and so keeps the bigint itself.
    const first = words.map((last, index) => `${last} = ~${reads[index]}`);
    this.kept.push(`let ${name}, ${first.join(', ')};`);
    const now = words.map((last, index) => `const now_${last} = ${reads[index]};`);
    const differs = words.map((last) => `(now_${last} ^ ${last})`);
    const update = words.map((last) => `${last} = now_${last};`);
    const counts = isLong ? 'unusual = (unusual + 1) | 0;' : '';
    this.statements.push(
      `${now.join(' ')} if ((${differs.join(' | ')}) !== 0) { ${counts} ${update.join(' ')} ${name} = ${value}; }`,
    );
  }
}
