/** A process that does pieces of the work: what ends or hangs it is found out by the one that started it. */
import type { Answer } from './answer.js';
import { comparePrograms } from './compare.js';
import { feed } from './feed.js';
import { compareFilters } from './filters.js';
import { generate } from './generate/program.js';
import { describeLevel, levels } from './levels.js';
import { sourceOf } from './module-text.js';
import { damagedObject, feedObject } from './objects.js';
import { reduce } from './reduce.js';
import { damagedSource } from './sources.js';
import type { Failure, FromWorker, Piece } from './pieces.js';

/** How long one failure may be reduced, in milliseconds. */
const reduction = 60_000;
/** Of each kind, as many are reduced in one process. */
const mostReduced = 2;
const reduced = new Map<string, number>();

const send = (message: FromWorker) => process.send?.(message);

process.on('message', (piece: Piece) => {
  const work = { programs: runPrograms, sources: runSources, objects: runObjects, filters: runFilters }[piece.kind](
    piece,
  );
  work.then(
    (result) => send(result),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    },
  );
});

async function runPrograms({ seed, from, count }: Piece): Promise<FromWorker> {
  const programs = Array.from({ length: count }, (_, offset) => generate(seed, from + offset));
  const { differences, compared, rows, refused } = await comparePrograms(programs, levels);
  const failures: Failure[] = [];
  for (const difference of differences) {
    const seen = reduced.get(difference.kind) ?? 0;
    reduced.set(difference.kind, seen + 1);
    send({ kind: 'alive' });
    const small = seen < mostReduced ? await reduce(difference, reduction, () => send({ kind: 'alive' })) : difference;
    const { program } = difference;
    failures.push({
      index: program.index,
      what: `${difference.kind} at ${describeLevel(difference.level)}`,
      text: `${sourceOf(small.program)}\n${small.text}`,
    });
  }
  return { kind: 'done', failures, counts: { compared, rows, ...Object.fromEntries(refused) }, slowest: 0 };
}

async function runFilters({ seed, from, count }: Piece): Promise<FromWorker> {
  return { kind: 'done', slowest: 0, ...(await compareFilters(seed, from, count, () => send({ kind: 'alive' }))) };
}

async function runSources(piece: Piece): Promise<FromWorker> {
  return answerAll(piece, async (seed, index) => {
    const source = damagedSource(seed, index);
    return { answer: await feed(source), text: source.text };
  });
}

async function runObjects(piece: Piece): Promise<FromWorker> {
  return answerAll(piece, async (seed, index) => ({ answer: feedObject(await damagedObject(seed, index)), text: '' }));
}

async function answerAll(
  { seed, from, count }: Piece,
  ask: (seed: number, index: number) => Promise<{ readonly answer: Answer; readonly text: string }>,
): Promise<FromWorker> {
  const failures: Failure[] = [];
  const counts: Record<string, number> = {};
  let slowest = 0;
  for (let index = from; index < from + count; index += 1) {
    send({ kind: 'started', index });
    const { answer, text } = await ask(seed, index);
    counts[answer.kind] = (counts[answer.kind] ?? 0) + 1;
    slowest = Math.max(slowest, answer.milliseconds);
    if (answer.failure !== undefined) failures.push({ index, what: answer.failure, text });
  }
  return { kind: 'done', failures, counts, slowest };
}
