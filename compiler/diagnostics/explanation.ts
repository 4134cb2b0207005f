/**
 * The long forms of errors: a file of Markdown for each code in explanations/, read when somebody asks. This loads
 * neither the factories nor the TypeScript compiler.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface Example {
  /** `ts`, or `sh` for what is done on a command line. */
  readonly language: string;
  /** Options of the command line that belong to it: `['--target', '5.10']`. */
  readonly flags: readonly string[];
  readonly source: string;
}

export interface Explanation {
  /** The number after `TSBPF`. */
  readonly code: number;
  /** One line. */
  readonly title: string;
  /** What it means, and why the kernel, or the tool, cannot. Paragraphs of Markdown. */
  readonly meaning: string;
  /** Of errors of the compiler: what gives the error. */
  readonly wrong: Example | undefined;
  /** The same, done right. */
  readonly right: Example | undefined;
}

const folder = path.join(import.meta.dirname, 'explanations');

/** All codes that have a long form, ascending. */
export function explainedCodes(): readonly number[] {
  return readdirSync(folder)
    .flatMap((name) => /^TSBPF(\d+)\.md$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** @returns undefined for a code that has none. */
export function readExplanation(code: number): Explanation | undefined {
  if (!explainedCodes().includes(code)) return undefined;
  return parseExplanation(code, readFileSync(path.join(folder, `TSBPF${code}.md`), 'utf8'));
}

function parseExplanation(code: number, text: string): Explanation {
  const [heading = '', ...rest] = text.split('\n');
  const body = rest.join('\n');
  const end = body.search(/^(Wrong|Right):$/m);
  return {
    code,
    title: heading.replace(/^# TSBPF\d+: /, ''),
    meaning: (end < 0 ? body : body.slice(0, end)).trim(),
    wrong: exampleUnder('Wrong', body),
    right: exampleUnder('Right', body),
  };
}

function exampleUnder(heading: string, body: string): Example | undefined {
  const match = new RegExp(`^${heading}:\\n\\n\`\`\`(.*)\\n([^]*?)\\n\`\`\`$`, 'm').exec(body);
  if (!match) return undefined;
  const [language = '', ...flags] = match[1]!.split(' ');
  return { language, flags, source: match[2]! };
}
