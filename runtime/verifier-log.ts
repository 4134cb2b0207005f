/** Reads the kernel verifier's log: the useful lines, the source line they are about, and what the words mean. */
import { explainVerifier, type VerifierExplanation } from './verifier-explanations.js';

export interface VerifierFinding {
  /** The verifier's own words. */
  readonly summary: string;
  /**
   * Index of the refused instruction, counted from the program's first; undefined where the log names none, or where
   * the message is about the program as a whole.
   */
  readonly instruction: number | undefined;
  /** Where the log itself says so (Linux 6.9 and later): `{ file, line }`. */
  readonly place: { readonly file: string; readonly line: number } | undefined;
  /** The source text that the log shows above the instruction. */
  readonly text: string | undefined;
  /** For the messages we know. */
  readonly explanation: VerifierExplanation | undefined;
}

const INSTRUCTION = /^\s*(\d+): \([0-9a-f]{2}\)/;
const COMMENT = /^; (.*)$/;
const PLACED_COMMENT = /^; (.*?)\s*@ (.+):(\d+)$/;
/** Lines of statistics and of register states, which follow or surround the message. */
const NOISE =
  /^(processed \d+ insns|verification time|stack depth|mark_precise|last_idx|parent |from \d+ to|regs=|func#\d|\s*$|Live regs|insns \d+ |max_states|peak_states|The following|frame\d+:|(?:cur|old) state:|arg#\d+ .* has$|caller:|callee:|returning from callee|to caller at|propagating |arg#\d+ reference type|\s?R\d+(_\w+)?=)/;
/** Messages that say themselves which instruction they are about. */
const NAMED_INSTRUCTION = /(?:detected at|back-edge from) insn (\d+)/;
/** A message has a line or two; what comes before them is about the path that led there. */
const MOST_LINES = 3;

/** What a log says; the last instruction before the end is the one that was refused. */
export function readVerifierLog(log: string): VerifierFinding {
  const lines = log.split('\n').map((line) => line.trimEnd());
  const last = lines.findLastIndex((line) => INSTRUCTION.test(line));
  const summary = summaryOf(lines, last);
  const explanation = explainVerifier(summary);
  if (explanation?.wholeProgram) {
    return { summary, explanation, instruction: undefined, place: undefined, text: undefined };
  }
  const named = NAMED_INSTRUCTION.exec(summary);
  const instruction = named?.[1] ?? INSTRUCTION.exec(lines[last] ?? '')?.[1];
  return {
    summary,
    explanation,
    instruction: instruction === undefined ? undefined : Number(instruction),
    ...(named ? { place: undefined, text: undefined } : placeOf(lines, last)),
  };
}

function summaryOf(lines: readonly string[], last: number): string {
  const after = lines.slice(last + 1).filter(isMessage);
  const messages = after.length > 0 ? after.slice(-MOST_LINES) : lines.filter(isMessage).slice(-1);
  const text = messages.map((line) => line.trim().replace(/\.$/, '')).join('; ');
  return text || 'it gave no reason';
}

function isMessage(line: string): boolean {
  return !NOISE.test(line) && !INSTRUCTION.test(line) && !/^;/.test(line) && !/^\d+: (R|\.)/.test(line);
}

function placeOf(lines: readonly string[], last: number): Pick<VerifierFinding, 'place' | 'text'> {
  const comment = lines.slice(0, last + 1).findLast((line) => COMMENT.test(line));
  const placed = comment === undefined ? undefined : PLACED_COMMENT.exec(comment);
  const text = placed ? placed[1] : comment && COMMENT.exec(comment)?.[1];
  return {
    place: placed ? { file: placed[2] as string, line: Number(placed[3]) } : undefined,
    text: text?.trim() || undefined,
  };
}

/** How often the verifier went over each instruction, as far as the log goes back. */
export function countVisits(log: string): ReadonlyMap<number, number> {
  const visits = new Map<number, number>();
  for (const [, index] of log.matchAll(/^\s*(\d+): \([0-9a-f]{2}\)/gm)) {
    visits.set(Number(index), (visits.get(Number(index)) ?? 0) + 1);
  }
  return visits;
}
