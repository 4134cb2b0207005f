/** Runs generated programs in both worlds, at every level, and says where they differ. */
import { TestObject, type LoadedTestProgram } from '../support/test-run.js';
import { programName } from '../support/two-worlds-kernel.js';
import { encodePacket, readOutcome, type Outcome } from '../support/two-worlds-packet.js';
import { compilePrograms, type Level, type Refusal } from './compile-programs.js';
import { runInNode } from './run-in-node.js';
import type { Program } from './tree.js';

/** A refusal that is the generator's fault, not the compiler's: what these say is true of some random programs. */
const expectedRefusals = new Set([
  ...['TSBPF1304', 'TSBPF1314', 'TSBPF1315', 'TSBPF1303', 'TSBPF1324', 'TSBPF1202'],
  // TypeScript takes a number for the constant that it was compared with, and refuses a comparison with another.
  'TS2367',
  // Of a member of an enum it knows whether it is 0.
  'TS2845',
  // Of an entry that a loop both reads and sets, a later round uses what an earlier one has overwritten.
  'TSBPF1360',
  // It refuses, too, what it sees to be always or never true, or never undefined.
  ...['TS2869', 'TS2871', 'TS2872', 'TS2873', 'TS2881'],
  'stack',
]);

/** Nor can the compiler help that TypeScript's parser takes `a << (b > (c))` for the arguments of a generic function. */
function isExpected({ code, text }: Refusal): boolean {
  return expectedRefusals.has(code) || text.includes("TS1005: '>' expected.");
}

export interface Difference {
  readonly program: Program;
  readonly level: Level;
  /** What kind of failure: reduction keeps it. */
  readonly kind: string;
  readonly text: string;
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** How many programs were run, at all levels. */
  readonly compared: number;
  /** How many rows were compared, levels counted. */
  readonly rows: number;
  /** Programs that the compiler refused with reason, by code. */
  readonly refused: ReadonlyMap<string, number>;
}

/** Compares programs at some levels. At most one difference a program is reported. */
export async function comparePrograms(all: readonly Program[], levels: readonly Level[]): Promise<Comparison> {
  const expected = new Map<number, readonly (Outcome | undefined)[]>();
  const byIndex = new Map(all.map((program) => [program.index, program]));
  const differences = new Map<number, Difference>();
  const refused = new Map<string, number>();
  const counted = new Set<number>();
  let rows = 0;
  const differ = (program: Program, level: Level, kind: string, text: string) => {
    if (!differences.has(program.index)) differences.set(program.index, { program, level, kind, text });
  };
  const programs = all.filter((program) => {
    try {
      expected.set(program.index, runInNode(program));
      return true;
    } catch (error) {
      differ(program, levels[0] as Level, 'generator', error instanceof Error ? error.message : String(error));
      return false;
    }
  });
  for (const [level, { groups, refusals }] of await compilePrograms(programs, levels)) {
    for (const [index, refusal] of refusals) {
      const program = byIndex.get(index) as Program;
      if (!isExpected(refusal)) differ(program, level, `refused ${refusal.code}`, refusal.text);
      else if (!counted.has(index)) refused.set(refusal.code, (refused.get(refusal.code) ?? 0) + 1);
      counted.add(index);
    }
    for (const { programs: members, object } of groups) {
      const loaded = new TestObject(object);
      try {
        for (const program of members) {
          const outcome = compareRows(
            program,
            () => loaded.program(programName(program.index)),
            expected.get(program.index) ?? [],
          );
          rows += outcome.rows;
          if (outcome.kind !== undefined) differ(program, level, outcome.kind, outcome.text);
        }
      } finally {
        loaded[Symbol.dispose]();
      }
    }
  }
  return { differences: [...differences.values()], compared: programs.length - counted.size, rows, refused };
}

interface RowsOutcome {
  readonly rows: number;
  readonly kind?: string;
  readonly text: string;
}

function compareRows(
  program: Program,
  load: () => LoadedTestProgram,
  expected: readonly (Outcome | undefined)[],
): RowsOutcome {
  let loaded: LoadedTestProgram;
  try {
    loaded = load();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { rows: 0, kind: `verifier ${verifierWords(text)}`, text: text.slice(-3000) };
  }
  let rows = 0;
  for (const [index, row] of program.rows.entries()) {
    const wanted = expected[index];
    if (wanted === undefined) continue;
    rows += 1;
    const got = readOutcome(loaded.run(encodePacket(row)));
    if (same(got, wanted)) continue;
    const call = row.map((value) => (typeof value === 'bigint' ? `${value}n` : String(value))).join(', ');
    return { rows, kind: 'result', text: `(${call}) gives ${show(got)}, and ${show(wanted)} in Node` };
  }
  return { rows, text: '' };
}

/** The verifier's verdict without its numbers, so that a reduced program is refused for the same reason. */
function verifierWords(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const end = lines.findLastIndex((line) => /^processed \d+ insns/.test(line));
  return (lines[end - 1] ?? 'no log').replaceAll(/\d+/g, 'N').slice(0, 40);
}

function same(a: Outcome, b: Outcome): boolean {
  return typeof a === 'object' && typeof b === 'object' ? a.result === b.result : a === b;
}

function show(outcome: Outcome): string {
  return typeof outcome === 'string' ? `its ${outcome}` : `${outcome.result}n`;
}
