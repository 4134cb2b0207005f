/** A sample of `npm run fuzz` in every run of the tests, with a fresh seed. */
import { describe, expect, it } from 'vitest';
import { describeKernel } from '../support/kernel.js';
import { comparePrograms } from './compare.js';
import { feed } from './feed.js';
import { generate } from './generate/program.js';
import { describeLevel, levels } from './levels.js';
import { sourceOf } from './module-text.js';
import { damagedObject, feedObject } from './objects.js';
import { damagedSource } from './sources.js';

const seed = Number(process.env.TSBPF_FUZZ_SEED ?? Date.now() % 2 ** 32);
const batch = 50;
/** Each batch at one level, so that every level has its share. */
const batches = 10;

// Stack memory takes an index of run time from 5.12 on; what old verifiers refuse otherwise is no matter of the language.
describeKernel(`random programs of seed ${seed}`, { since: '6.12' }, () => {
  for (let number = 0; number < batches; number += 1) {
    const from = number * batch;
    const level = levels[(seed + number) % levels.length] as (typeof levels)[number];
    it(
      `${from} to ${from + batch - 1} (${describeLevel(level)}) give what Node gives`,
      { timeout: 120_000 },
      async () => {
        const programs = Array.from({ length: batch }, (_, offset) => generate(seed, from + offset));
        const { differences, compared } = await comparePrograms(programs, [level]);
        const found = differences.map(
          ({ program, kind, text }) =>
            `${sourceOf(program)}\n${kind}: ${text}\nmake it smaller: npm run fuzz -- --seed ${seed} --program ${program.index}`,
        );
        expect(found.join('\n\n')).toBe('');
        expect(compared).toBeGreaterThan(batch / 2);
      },
    );
  }
});

/** Loops that do much anew in each round: the verifier gave up where lowering's IR was not cleaned up as far. */
describeKernel('random programs whose loops are large', { since: '6.12' }, () => {
  it.for([
    [13852728, 8221],
    [19287904, 1023],
  ])('seed %i, program %i', { timeout: 60_000 }, async ([from = 0, index = 0]) => {
    const { differences } = await comparePrograms([generate(from, index)], [{ cpu: 'v1', optimize: false }]);
    expect(differences.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([]);
  });
});

describe(`damaged objects of seed ${seed}`, () => {
  it('get an error or work, and the process lives on', { timeout: 240_000 }, async () => {
    const failures: string[] = [];
    const kinds = new Set<string>();
    for (let index = 0; index < 500; index += 1) {
      const { kind, failure } = feedObject(await damagedObject(seed, index));
      kinds.add(kind);
      if (failure !== undefined) failures.push(`npm run fuzz -- --seed ${seed} --object ${index}: ${failure}`);
    }
    expect(failures).toEqual([]);
    expect([...kinds].sort()).toEqual(['accepted', 'refused']);
  });
});

describe(`damaged sources of seed ${seed}`, () => {
  it('get an answer', { timeout: 120_000 }, async () => {
    const failures: string[] = [];
    for (let index = 0; index < 40; index += 1) {
      const { failure } = await feed(damagedSource(seed, index));
      if (failure !== undefined) failures.push(`npm run fuzz -- --seed ${seed} --source ${index}: ${failure}`);
    }
    expect(failures).toEqual([]);
  });
});
