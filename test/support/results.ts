/** What became of a test, in a form that a guest can send; and the lines that say what became of all. */

export interface TestOutcome {
  /** Relative to the project. */
  readonly file: string;
  /** With the suites it stands in. */
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  /** The kernel it ran on, `6.1`; undefined for this machine's own. */
  readonly kernel?: string;
  /** Why it was skipped, or what failed. */
  readonly reason?: string;
  readonly milliseconds?: number;
}

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

declare module 'vitest' {
  interface TaskMeta {
    /** What the kernel at hand lacks for this test. */
    missing?: string;
    /** The outcomes of the guest that this test stands for; they are counted in its place. */
    guest?: readonly TestOutcome[];
  }
}

/**
 * Drops the skips that are none: a test that one kernel can't run counts as skipped only where no other ran it.
 *
 * @param outcomes of all kernels.
 */
export function settle(outcomes: readonly TestOutcome[]): readonly TestOutcome[] {
  const key = ({ file, name }: TestOutcome) => `${file}\0${name}`;
  const ran = new Set(outcomes.filter(({ state }) => state !== 'skipped').map(key));
  const seen = new Set<string>();
  return outcomes.filter((outcome) => {
    if (outcome.state !== 'skipped') return true;
    const first = !seen.has(key(outcome));
    seen.add(key(outcome));
    return first && !ran.has(key(outcome));
  });
}

export function count(outcomes: readonly TestOutcome[]): Totals {
  const of = (state: TestOutcome['state']) => outcomes.filter((outcome) => outcome.state === state).length;
  return { passed: of('passed'), failed: of('failed'), skipped: of('skipped') };
}

/** The last lines of a run: failures of guests, what was skipped and why, and the totals. */
export function summary(outcomes: readonly TestOutcome[]): readonly string[] {
  const { passed, failed, skipped } = count(outcomes);
  return [
    ...outcomes.filter(({ state, kernel }) => state === 'failed' && kernel !== undefined).flatMap(describeFailure),
    ...describeKernels(outcomes),
    ...describeSkips(outcomes.filter(({ state }) => state === 'skipped')),
    `${passed} passed, ${failed} failed, ${skipped} skipped`,
  ];
}

function describeFailure({ file, name, kernel, reason = '' }: TestOutcome): readonly string[] {
  return [`Failed on kernel ${kernel}: ${file} > ${name}`, ...reason.split('\n').map((line) => `    ${line}`)];
}

function describeKernels(outcomes: readonly TestOutcome[]): readonly string[] {
  const kernels = [...new Set(outcomes.flatMap(({ kernel }) => (kernel === undefined ? [] : [kernel])))];
  return kernels.map((version) => {
    const { passed, failed } = count(outcomes.filter(({ kernel }) => kernel === version));
    return `Kernel ${version}: ${passed} passed, ${failed} failed`;
  });
}

function describeSkips(skipped: readonly TestOutcome[]): readonly string[] {
  const byReason = new Map<string, Map<string, number>>();
  for (const { file, reason = 'no reason given' } of skipped) {
    const files = byReason.get(reason) ?? new Map<string, number>();
    byReason.set(reason, files.set(file, (files.get(file) ?? 0) + 1));
  }
  return [...byReason].map(([reason, files]) => {
    const list = [...files].map(([file, tests]) => `${file} (${tests})`);
    return `Skipped: ${reason}: ${list.join(', ')}`;
  });
}
