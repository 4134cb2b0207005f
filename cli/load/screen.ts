/** Where text goes: a terminal, on which the maps stay at the bottom and change in place, or a pipe or file. */

/** Lines that stay, and a block below them that is drawn anew. */
export interface Screen {
  /** Writes lines that stay. */
  print(lines: readonly string[]): void;
  /** Draws the block that is at the end of all, in the place of the one before. */
  show(block: readonly string[]): void;
  /** Draws the block for the last time, whole. */
  finish(block: readonly string[]): void;
}

/** What is needed of `process.stdout`. */
interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** Moves the cursor up by lines, to the first column, and clears all below (ECMA-48: CUU, CR, ED). */
const clearAbove = (lines: number) => (lines > 0 ? `\x1b[${lines}A\r\x1b[J` : '');

/**
 * The block is cut to what the terminal has room for, since lines that have left its top cannot be drawn anew.
 */
export function terminalScreen(terminal: Terminal): Screen {
  let block: readonly string[] = [];
  let drawn = 0;
  let printed = false;
  const apart = (lines: readonly string[]) => (printed && lines.length > 0 ? ['', ...lines] : lines);
  const fit = () => {
    // Some terminals say that they have no size at all.
    const [rows, width] = [(terminal.rows || 24) - 1, terminal.columns || 80];
    const whole = apart(block);
    const shown =
      whole.length <= rows ? whole : [...whole.slice(0, rows - 1), `… ${whole.length - rows + 1} more lines`];
    return shown.map((line) => line.slice(0, width));
  };
  const draw = (lines: readonly string[]) => {
    printed ||= lines.length > 0;
    const fitting = fit();
    terminal.write(clearAbove(drawn) + [...lines, ...fitting].map((line) => `${line}\n`).join(''));
    drawn = fitting.length;
  };
  return {
    print: draw,
    show(next) {
      block = next;
      draw([]);
    },
    finish(last) {
      block = [];
      draw(apart(last));
    },
  };
}

/** Blocks are printed one below the other, with an empty line before each that has anything before it. */
export function plainScreen(output: Terminal): Screen {
  let empty = true;
  const print = (lines: readonly string[]) => {
    if (lines.length === 0) return;
    empty = false;
    output.write(lines.map((line) => `${line}\n`).join(''));
  };
  const show = (block: readonly string[]) => print(block.length > 0 && !empty ? ['', ...block] : block);
  return { print, show, finish: show };
}
