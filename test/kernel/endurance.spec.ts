/** Short runs of what `npm run bench -- losses` and `npm run bench -- cycles` do for long. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';
import { describeKernel } from '../support/kernel.js';

const bench = path.resolve(import.meta.dirname, '../../bench/run.mjs');

function run(...parameters: string[]): Record<string, unknown> {
  const { stdout, stderr } = spawnSync(process.execPath, [bench, ...parameters, '--json'], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Record<string, unknown>;
}

interface Flood {
  readonly produced: number;
  readonly received: number;
  readonly lost: number;
  readonly disordered: number;
}

// Before 6.0 the kernel does not tell what was lost after the last event that found room.
describeKernel('queues at the highest rate', { since: '6.0' }, () => {
  it('lose nothing that is not counted, and keep the order', { timeout: 120_000 }, () => {
    const { ring, perf } = run('losses', '--seconds', '1') as unknown as Record<'ring' | 'perf', Flood>;
    for (const { produced, received, lost, disordered } of [ring, perf]) {
      expect(produced).toBeGreaterThan(0);
      expect(received).toBeGreaterThan(0);
      expect(received + lost).toBe(produced);
      expect(disordered).toBe(0);
    }
  });
});

/** A guest takes a second for each. */
const cycles = process.env.TSBPF_VM === undefined ? 200 : 40;

describeKernel(`a process that loads, attaches, reads and closes ${cycles} times`, { since: '6.12' }, () => {
  it('keeps no descriptor, no mapping, no program and no map', { timeout: 240_000 }, () => {
    const { before, after } = run('cycles', '--cycles', String(cycles)) as Record<
      'before' | 'after',
      Record<string, number>
    >;
    for (const kind of ['descriptors', 'mappings', 'programs', 'maps'])
      expect([kind, after[kind]]).toEqual([kind, before[kind]]);
    expect([after['programs'], after['maps']]).toEqual([0, 0]);
  });
});
