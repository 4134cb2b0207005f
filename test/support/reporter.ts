/** Counts the tests of this run and of its guests, and prints the last lines: what was skipped and why, the totals. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Reporter, SerializedError, TestCase, TestModule, TestSuite } from 'vitest/node';
import { count, settle, summary, type TestOutcome } from './results.js';

const root = path.resolve(import.meta.dirname, '../..');

export default class TotalsReporter implements Reporter {
  // Stands until tests have run: a setup that throws never comes to them.
  private outcomes: readonly TestOutcome[] = [{ file: 'vitest', name: 'a run that never began', state: 'failed' }];

  constructor() {
    // Nothing may follow the totals, whatever else reports.
    process.on('exit', () => process.stdout.write(`\n${summary(this.outcomes).join('\n')}\n`));
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const all = [...modules.flatMap(outcomesOf), ...errors.map(unhandled)];
    const { TSBPF_JOB: job, TSBPF_VM: kernel } = process.env;
    if (job !== undefined && kernel !== undefined) {
      const sent = all.map((outcome) => ({ ...outcome, kernel }));
      writeFileSync(path.join(job, 'results.json'), JSON.stringify(sent));
    }
    this.outcomes = settle(all);
    const { passed, failed, skipped } = count(this.outcomes);
    const skippedInVain = process.env.CI !== undefined && kernel === undefined && skipped > 0;
    if (failed > 0 || passed === 0 || skippedInVain) process.exitCode = 1;
  }
}

function outcomesOf(module: TestModule): readonly TestOutcome[] {
  const file = path.relative(root, module.moduleId);
  const outcomes = [...module.children.allTests()].flatMap((test) => testOutcomes(file, test));
  const broken = [module, ...module.children.allSuites()].filter((part) => part.errors().length > 0);
  const failed = broken.map((part) => ({
    file,
    name: part.type === 'module' ? 'the file as a whole' : part.fullName,
    state: 'failed' as const,
    reason: reasonOf(part.errors()),
  }));
  return [...outcomes, ...failed];
}

function testOutcomes(file: string, test: TestCase): readonly TestOutcome[] {
  const { state, errors } = test.result();
  const meta = test.meta();
  const guest = meta.guest ?? [];
  // A guest's own failures make the test that stands for it fail too.
  if (guest.length > 0 && (state === 'passed' || guest.some((outcome) => outcome.state === 'failed'))) return guest;
  const common = { file, name: test.fullName, milliseconds: test.diagnostic()?.duration };
  if (state === 'passed') return [{ ...common, state }];
  if (state === 'failed') return [...guest, { ...common, state, reason: reasonOf(errors) }];
  const broken = brokenSuite(test.parent);
  if (broken) return [{ ...common, state: 'failed', reason: 'what its suite prepares failed' }];
  if (state === 'pending') return [{ ...common, state: 'failed', reason: 'it never ran' }];
  const result = test.result();
  const note = result.state === 'skipped' ? result.note : undefined;
  return [{ ...common, state: 'skipped', reason: meta.missing ?? note ?? 'marked as skipped in the source' }];
}

function brokenSuite(part: TestSuite | TestModule): boolean {
  return part.errors().length > 0 || (part.type === 'suite' && brokenSuite(part.parent));
}

function unhandled(error: SerializedError): TestOutcome {
  return { file: 'vitest', name: 'an error outside of all tests', state: 'failed', reason: reasonOf([error]) };
}

function reasonOf(errors: readonly SerializedError[]): string {
  const text = errors.map((error) => [error.message, error.diff, error.stack].filter(Boolean).join('\n')).join('\n');
  // The frames of the test runner itself say nothing of the test.
  const lines = stripVTControlCharacters(text).split('\n');
  return lines.filter((line) => !/^\s+at .*(node_modules|<anonymous>|node:internal)/.test(line)).join('\n');
}
