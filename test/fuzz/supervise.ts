/** Hands pieces of the work to processes, and finds out which program, source or object ended or hung one of them. */
import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { Failure, FromWorker, Piece } from './pieces.js';

export interface Work extends Piece {
  /** How many make a piece. */
  readonly size: number;
  readonly workers: number;
}

export interface Report {
  readonly kind: Piece['kind'];
  readonly seed: number;
  readonly count: number;
  readonly seconds: number;
  readonly counts: Readonly<Record<string, number>>;
  /** The slowest answer to a source, in milliseconds of the processor. */
  readonly slowest: number;
  readonly failures: readonly Failure[];
}

/**
 * A process is given up after so long without a word, in seconds; the machine may be busy with other things. The seconds are
 * counted as they pass here, so that none pass while all of it is stopped.
 */
const silence = { programs: 600, sources: 60, objects: 60, filters: 300 };

type Outcome =
  | Extract<FromWorker, { kind: 'done' }>
  | { readonly kind: 'ended'; readonly why: string; readonly started: number | undefined };

export async function runPieces({ size, workers, ...all }: Work, say: (line: string) => void): Promise<Report> {
  const pieces: Piece[] = [];
  for (let from = all.from; from < all.from + all.count; from += size)
    pieces.push({ ...all, from, count: Math.min(size, all.from + all.count - from) });
  const start = performance.now();
  const failures: Failure[] = [];
  const counts: Record<string, number> = {};
  let done = 0;
  let slowest = 0;
  const seconds = () => Math.round((performance.now() - start) / 1000);
  const fail = (failure: Failure) => {
    failures.push(failure);
    const one = all.kind.slice(0, -1);
    say(`${one} ${failure.index}: ${failure.what}\n${failure.text.slice(0, 6000)}`);
    say(`  again: npm run fuzz -- --seed ${all.seed} --${one} ${failure.index}`);
  };
  const finish = (piece: Piece, outcome: Outcome) => {
    if (outcome.kind === 'ended') {
      const { left, blamed } = divide(piece, outcome);
      pieces.push(...left);
      if (blamed !== undefined) fail({ index: blamed, what: outcome.why, text: '' });
      done += piece.count - left.reduce((sum, { count }) => sum + count, 0);
      return;
    }
    outcome.failures.forEach(fail);
    for (const [name, count] of Object.entries(outcome.counts)) counts[name] = (counts[name] ?? 0) + count;
    slowest = Math.max(slowest, outcome.slowest);
    done += piece.count;
    say(
      `${done} of ${all.count} ${all.kind}, ${failures.length} failed, ${seconds()} s, ${rate(done, seconds())} a second`,
    );
  };
  await Promise.all(Array.from({ length: Math.max(1, workers) }, () => work(pieces, all.kind, finish)));
  say(`${all.kind}: ${done}, failed ${failures.length}, in ${seconds()} s; ${JSON.stringify(counts)}`);
  return { kind: all.kind, seed: all.seed, count: done, seconds: seconds(), counts, slowest, failures };
}

const rate = (done: number, seconds: number) => (seconds === 0 ? '-' : (done / seconds).toFixed(1));

/** What is left of a piece that ended its process, and who did it, once that is known. */
function divide(piece: Piece, { started }: Extract<Outcome, { kind: 'ended' }>): { left: Piece[]; blamed?: number } {
  const { from, count } = piece;
  if (piece.kind !== 'programs' && started !== undefined) {
    const before = { ...piece, count: started - from };
    const after = { ...piece, from: started + 1, count: from + count - started - 1 };
    return { left: [before, after].filter((part) => part.count > 0), blamed: started };
  }
  if (count === 1) return { left: [], blamed: from };
  const middle = count >> 1;
  return {
    left: [
      { ...piece, count: middle },
      { ...piece, from: from + middle, count: count - middle },
    ],
  };
}

/** One process after the other, until there are no pieces. */
async function work(
  pieces: Piece[],
  kind: Piece['kind'],
  finish: (piece: Piece, outcome: Outcome) => void,
): Promise<void> {
  let child: ChildProcess | undefined;
  for (let piece = pieces.shift(); piece; piece = pieces.shift()) {
    child ??= fork(path.join(import.meta.dirname, 'worker.mjs'), { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    const outcome = await give(child, piece, silence[kind]);
    if (outcome.kind === 'ended') child = undefined;
    finish(piece, outcome);
  }
  child?.disconnect();
}

function give(child: ChildProcess, piece: Piece, patience: number): Promise<Outcome> {
  return new Promise((resolve) => {
    let started: number | undefined;
    let errors = '';
    let silent = 0;
    const listen = (message: FromWorker) => {
      silent = 0;
      if (message.kind === 'started') started = message.index;
      if (message.kind === 'done') settle(message);
    };
    const end = (code: number | null, signal: string | null) =>
      settle({ kind: 'ended', why: `the process ended (${signal ?? code}): ${errors.trim().slice(0, 500)}`, started });
    const hear = (chunk: Buffer) => void (errors += chunk.toString('utf8'));
    const settle = (outcome: Outcome) => {
      clearInterval(timer);
      child.off('message', listen).off('exit', end);
      child.stderr?.off('data', hear);
      resolve(outcome);
    };
    const timer = setInterval(() => {
      if (++silent < patience) return;
      settle({ kind: 'ended', why: `no answer within ${patience} s`, started });
      child.kill('SIGKILL');
    }, 1000);
    child.on('message', listen).on('exit', end);
    child.stderr?.on('data', hear);
    child.send(piece);
  });
}
