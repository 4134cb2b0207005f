/** The tests that load programs, run again on other kernels; their outcomes are counted in place of the tests here. */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'vitest';
import { count, type TestOutcome } from '../support/results.js';
import { runInGuest } from './guest.mjs';
import { cacheFolder, kernel, kernels } from './kernels.mjs';

/** TSBPF_VM_TESTS names others, for one test on all kernels. */
const layers = process.env.TSBPF_VM_TESTS?.split(' ') ?? ['test/kernel', 'test/execute', 'test/examples.spec.ts'];
const limit = 50 * 60_000;

describe.concurrent('other kernels', () => {
  it.for(kernels)('%s', { timeout: limit + 10 * 60_000 }, async (version, { task, skip }) => {
    const reason = whyNot(version);
    if (reason !== undefined) skip(reason);
    // A file that can be watched: a guest takes minutes.
    const log = path.join(cacheFolder(), `${version}.log`);
    mkdirSync(cacheFolder(), { recursive: true });
    const file = openSync(log, 'w');
    const keep = { write: (chunk: Uint8Array) => writeSync(file, chunk) > 0 };
    const { failure, console, result } = await runInGuest<readonly TestOutcome[] | undefined>(
      version,
      [process.execPath, 'node_modules/vitest/vitest.mjs', 'run', '--passWithNoTests', ...layers],
      { limit, stdout: keep, stderr: keep, collect, environment: process.env.CI ? { CI: process.env.CI } : {} },
    ).finally(() => closeSync(file));
    const said = () => [readFileSync(log, 'utf8'), console].join('\n').trim().split('\n').slice(-200).join('\n');
    if (result === undefined) throw new Error(`${failure ?? 'the guest sent no results'}\n${said()}`);
    task.meta.guest = result;
    const { failed } = count(result);
    if (failed > 0) throw new Error(`${failed} failed on kernel ${version}; all of its output is in ${log}`);
  });
});

/** Why the guest can't be had here, as the end of the sentence "skipped: …". */
function whyNot(version: string): string | undefined {
  if (spawnSync('qemu-system-x86_64', ['--version']).error) return 'qemu-system-x86_64 is not installed';
  try {
    kernel(version, (line) => process.stderr.write(`${line}\n`));
    return undefined;
  } catch (error) {
    return `kernel ${version} can't be had: ${(error as Error).message}`;
  }
}

function collect(job: string): readonly TestOutcome[] | undefined {
  const file = path.join(job, 'results.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as readonly TestOutcome[]) : undefined;
}
