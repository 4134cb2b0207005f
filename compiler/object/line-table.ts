/** From an instruction of a program back to the line of source it came from. */
import type { LineRecord } from './btf-ext.js';
import type { ObjectProgram, ObjectSpec } from './object-spec.js';

export interface SourceLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** The line's own text, as it was compiled. */
  readonly text: string;
}

export class LineTable {
  constructor(private readonly object: ObjectSpec) {}

  /**
   * @param program by name: a program, or a function of `.text`.
   * @param index the instruction, counted in slots of 8 bytes from the program's first.
   * @returns undefined where the object has no line for it.
   */
  find(program: string, index: number): SourceLine | undefined {
    const found = [...this.object.programs, ...this.object.functions].find(({ name }) => name === program);
    return found && index >= 0 && index < found.count ? this.lineOf(found, index) : undefined;
  }

  /** As `find`, for a program at hand. */
  lineOf(program: ObjectProgram, index: number): SourceLine | undefined {
    const records = this.object.btfExt?.lines.get(program.section) ?? [];
    const last = lastAtOrBefore(records, program.offset + index * 8);
    if (!last || last.offset < program.offset) return undefined;
    return { file: last.file, line: last.line, column: last.column, text: last.text };
  }
}

/** By halves; records ascend by offset. */
function lastAtOrBefore(records: readonly LineRecord[], offset: number): LineRecord | undefined {
  let [low, high] = [0, records.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (records[middle].offset <= offset) low = middle + 1;
    else high = middle;
  }
  return records[low - 1];
}
