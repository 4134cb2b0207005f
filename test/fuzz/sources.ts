/** Sources as people write them, and generated ones: what the compiler is fed after they were damaged. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { generate } from './generate/program.js';
import { moduleOf } from './module-text.js';
import { mutate } from './mutate.js';
import { Random } from './random.js';

const root = path.resolve(import.meta.dirname, '../..');
const folders = ['examples', 'test/errors/programs', 'test/golden/programs', 'bench/programs'];

interface Source {
  /** Relative to the project: imports are taken from its folder. */
  readonly folder: string;
  readonly text: string;
}

let read: readonly Source[] | undefined;

function readSources(): readonly Source[] {
  return folders.flatMap((folder) =>
    readdirSync(path.join(root, folder))
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
      .sort()
      .map((name) => ({ folder, text: readFileSync(path.join(root, folder, name), 'utf8') })),
  );
}

export interface DamagedSource {
  /** Absolute; the file is in memory only. */
  readonly file: string;
  readonly text: string;
}

/** The damaged source of that number under that seed: always the same, as long as the sources are. */
export function damagedSource(seed: number, index: number): DamagedSource {
  const random = new Random(seed, index, 1);
  read ??= readSources();
  const written = random.pick(read);
  const { folder, text } = random.once(3)
    ? { folder: 'test/fuzz', text: moduleOf([generate(seed, random.below(1 << 20))]) }
    : written;
  return {
    file: path.join(root, folder, 'damaged.generated.ts'),
    text: mutate(text, random, random.pick(read).text),
  };
}
