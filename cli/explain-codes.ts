/** Prints the long forms of errors. Loads neither the compiler nor the runtime. */
import { createColors } from 'picocolors';
import {
  explainedCodes,
  readExplanation,
  type Example,
  type Explanation,
} from '../compiler/diagnostics/explanation.js';
import { badCode, exitStatus, unknownCode, type ExitStatus } from './status.js';
import { commandErrorText, reportError, useColor, writeRecord, type OutputOptions } from './terminal.js';

/**
 * @param written codes as the user wrote them: `TSBPF1305`, `tsbpf1305`, `1305`; none for a list of all.
 */
export function explain(written: readonly string[], flags: OutputOptions): ExitStatus {
  if (written.length === 0) return list(flags);
  let status: ExitStatus = exitStatus.done;
  let first = true;
  for (const text of written) {
    const explanation = find(text, flags);
    if (!explanation) {
      status = exitStatus.inputWrong;
      continue;
    }
    if (flags.json) writeRecord(toRecord(explanation));
    else process.stdout.write(`${first ? '' : '\n'}${format(explanation, flags)}`);
    first = false;
  }
  return status;
}

function find(text: string, flags: OutputOptions): Explanation | undefined {
  const digits = /^(?:TSBPF)?0*(\d{1,6})$/i.exec(text.trim())?.[1];
  if (digits === undefined) throw badCode(text);
  const found = readExplanation(Number(digits));
  if (!found) reportError(commandErrorText(unknownCode(`TSBPF${digits}`, nearCodes(Number(digits)))), flags);
  return found;
}

/** At most three: those that differ in the fewest digits, then the nearest. */
function nearCodes(code: number): string[] {
  const digits = String(code);
  const distance = (other: number) => [...String(other)].filter((digit, index) => digit !== digits[index]).length;
  return [...explainedCodes()]
    .sort((a, b) => distance(a) - distance(b) || Math.abs(a - code) - Math.abs(b - code))
    .slice(0, 3)
    .map((one) => `TSBPF${one}`);
}

function list(flags: OutputOptions): ExitStatus {
  const paint = createColors(useColor(process.stdout, flags.color));
  for (const code of explainedCodes()) {
    const { title } = readExplanation(code)!;
    if (flags.json) writeRecord({ code: `TSBPF${code}`, title });
    else process.stdout.write(`${paint.bold(`TSBPF${code}`)}  ${title}\n`);
  }
  return exitStatus.done;
}

function toRecord({ code, title, meaning, wrong, right }: Explanation): object {
  return { code: `TSBPF${code}`, title, meaning, wrong: wrong?.source, right: right?.source };
}

function format({ code, title, meaning, wrong, right }: Explanation, flags: OutputOptions): string {
  const paint = createColors(useColor(process.stdout, flags.color));
  const example = (heading: string, { source, flags: options }: Example) => {
    const lines = source.split('\n').map((line) => (line ? `    ${line}` : ''));
    const note = options.length > 0 ? ` (${options.join(' ')})` : '';
    return `\n${heading}${note}:\n\n${lines.join('\n')}\n`;
  };
  return [
    `${paint.bold(`TSBPF${code}: ${title}`)}\n\n${meaning.split('\n').map(wrap).join('\n')}\n`,
    wrong ? example(paint.redBright('Wrong'), wrong) : '',
    right ? example(paint.greenBright('Right'), right) : '',
  ].join('');
}

/** Lines of at most 80 columns; a word that is longer has one of its own. */
function wrap(text: string): string {
  return text.replace(/(?=\S)(.{1,80})(?:\s+|$)/g, (_, line: string) => `${line.trimEnd()}\n`).trimEnd();
}
