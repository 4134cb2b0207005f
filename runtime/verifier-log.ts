/** Reads the kernel verifier's log: the useful line, the source line it is about, and what the words mean. */

export interface VerifierFinding {
  /** The verifier's own words. */
  readonly summary: string;
  /** Index of the refused instruction, counted from the program's first; undefined where the log names none. */
  readonly instruction: number | undefined;
  /** Where the log itself says so (Linux 6.9 and later): `{ file, line }`. */
  readonly place: { readonly file: string; readonly line: number } | undefined;
  /** The source text that the log shows above the instruction. */
  readonly text: string | undefined;
  /** A plain explanation, for the messages we know. */
  readonly explanation: string | undefined;
}

const INSTRUCTION = /^\s*(\d+): \([0-9a-f]{2}\)/;
const COMMENT = /^; (.*)$/;
const PLACED_COMMENT = /^; (.*?)\s*@ (.+):(\d+)$/;
/** Lines of statistics and of register states, which follow or surround the message. */
const NOISE =
  /^(processed \d+ insns|verification time|stack depth|mark_precise|last_idx|parent |from \d+ to|regs=|func#\d|\s*$|Live regs|insns \d+ |max_states|peak_states|The following|frame\d+:|(?:cur|old) state:|arg#\d+ .* has$)/;

/** What a log says; the last instruction before the end is the one that was refused. */
export function readVerifierLog(log: string): VerifierFinding {
  const lines = log.split('\n').map((line) => line.trimEnd());
  const summary = summaryOf(lines);
  const last = lines.findLastIndex((line) => INSTRUCTION.test(line));
  const comment = lines.slice(0, last + 1).findLast((line) => COMMENT.test(line));
  const placed = comment === undefined ? undefined : PLACED_COMMENT.exec(comment);
  const text = placed ? placed[1] : comment && COMMENT.exec(comment)?.[1];
  return {
    summary,
    instruction: last < 0 ? undefined : Number(INSTRUCTION.exec(lines[last] as string)?.[1]),
    place: placed ? { file: placed[2] as string, line: Number(placed[3]) } : undefined,
    text: text?.trim() || undefined,
    explanation: explain(summary),
  };
}

function summaryOf(lines: readonly string[]): string {
  const isMessage = (line: string) =>
    !NOISE.test(line) && !INSTRUCTION.test(line) && !/^;/.test(line) && !/^\d+: (R|\.)/.test(line);
  return (lines.findLast(isMessage) ?? 'it gave no reason').trim().replace(/\.$/, '');
}

const explanations: readonly (readonly [RegExp, string])[] = [
  [
    /map_value_or_null|invalid mem access '[a-z_]*or_null'/,
    'The value may be undefined here: test it against undefined before its use.',
  ],
  [/invalid access to packet|outside of the packet/, 'The packet may end before these bytes: test its length first.'],
  [
    /invalid access to map value/,
    'The access may lie outside the value: keep the index below the length of the array.',
  ],
  [
    /unbounded memory access|unbounded min value|min value is negative|max value is outside/,
    'The verifier knows no bound for an index or length: compare it with one, or mask it with &.',
  ],
  [
    /back-edge from insn/,
    'This kernel takes no loops (they came with Linux 5.3): use a loop over a constant range, which is unrolled.',
  ],
  [
    /infinite loop detected/,
    'The verifier sees no progress towards the end of the loop: count it with a constant bound.',
  ],
  [
    /too complex|program is too large|too many instructions|Processed \d+ insn/,
    'There are too many paths through the program: shorten loops, or split it with tail calls.',
  ],
  [/combined stack size|stack limit|exceeds max.*stack/i, 'Locals take over 512 bytes: keep big values in a map.'],
  [
    /invalid (read|write|access|indirect read|indirect access)[^,]* (to|from) stack/,
    'A stack access lies outside its variable, or reads what was never written.',
  ],
  [/GPL.?(compatible|restricted|only)/i, 'The helper is for programs under the GPL: build with `--license GPL`.'],
  [
    /unknown func|program of this type cannot use helper|invalid func/,
    'This kernel, or this type of program, does not have the helper: `tsbpf doctor` lists what the kernel has.',
  ],
  [/!read_ok/, 'A register is read that was never written: a value is used that not every path sets.'],
  [/At program exit the register R0/, 'The result is outside what this type of program may return.'],
  [/Unreleased reference/, 'What was reserved or acquired has to be submitted, discarded or released on every path.'],
  [/(R\d+ )?type=\w+ expected=/, 'The argument is not what the helper takes.'],
  [
    /invalid bpf_context access/,
    'This field of the context cannot be accessed like this in this type of program, or not on this kernel.',
  ],
  [
    /pointer [|&]= pointer/,
    'Two tests for undefined were joined into one: test one value after the other, each in an `if` of its own.',
  ],
  [/pointer arithmetic|pointer comparison|leaks addr/, 'Addresses cannot be computed with or handed out here.'],
];

function explain(summary: string): string | undefined {
  return explanations.find(([pattern]) => pattern.test(summary))?.[1];
}
