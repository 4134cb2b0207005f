// What the benchmarks of maps and of events share: the subject in TypeScript, the reference in C, and rounds of both.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from '../measure.mjs';
import { compileReference, Reference } from './reference.mjs';

const folder = path.dirname(fileURLToPath(import.meta.url));

/**
 * Runs a benchmark and prints what it gave.
 *
 * @param {string} name on the command line.
 * @param {readonly string[]} args what follows it there.
 * @param {(bench: object, rounds: number) => Promise<object[]>} compare gives rows: `{ name, own, reference, unit, goal }`,
 *   of which `own` and `reference` are lists of one figure a round, and `higher` says that more is better. The goal
 *   is one of the ratio, `most` one of the figure itself.
 */
export async function sideBySide(name, args, compare) {
  const { rounds, json } = readArguments(name, args);
  const files = mkdtempSync(path.join(tmpdir(), 'tsbpf-bench-'));
  const open = [];
  const keep = (thing) => (open.push(thing), thing);
  try {
    const { stayOnOneCpu } = await import('../pairs/kernel.mjs');
    const program = compileReference(files);
    const object = compileProducer(files);
    const { loadObject } = await import('../../dist/runtime/object.js');
    stayOnOneCpu();
    const cpu = 0;
    const bench = {
      load: () => keep(loadObject(object)),
      module: () => buildModule(files),
      reference: (at = cpu) => keep(new Reference(program, at)),
      cpu,
    };
    const results = (await compare(bench, rounds)).map(summarize);
    console.log(json ? JSON.stringify({ rounds, results }, undefined, 2) : report(results, rounds));
  } catch (failure) {
    console.error(`bench: ${failure.stack}`);
    process.exitCode = 3;
  } finally {
    for (const thing of open.reverse()) thing.close();
    rmSync(files, { recursive: true });
  }
}

function readArguments(name, args) {
  try {
    const options = { rounds: { type: 'string', default: '15' }, json: { type: 'boolean', default: false } };
    const { rounds, json } = parseArgs({ args, options }).values;
    if (!/^[1-9]\d{0,3}$/.test(rounds)) throw new Error(`--rounds takes a number from 1 to 9999, not '${rounds}'`);
    return { rounds: Number(rounds), json };
  } catch (failure) {
    console.error(`bench: ${failure.message}\nusage: npm run bench -- ${name} [--rounds 15] [--json]`);
    return process.exit(2);
  }
}

/**
 * The module that `tsbpf build --emit module` makes of the subject.
 *
 * @param {string} files a folder for it.
 */
async function buildModule(files) {
  const cli = path.join(folder, '..', '..', 'dist', 'cli', 'main.js');
  const output = path.join(files, 'producer.mjs');
  const build = [cli, 'build', path.join(folder, 'producer.ts'), '--emit', 'module', '-o', output];
  mkdirSync(path.join(files, 'node_modules'));
  symlinkSync(path.join(folder, '..', '..'), path.join(files, 'node_modules', 'tsbpf'));
  execFileSync(process.execPath, build, { stdio: ['ignore', 'ignore', 'inherit'] });
  return import(pathToFileURL(output).href);
}

/** In a process of its own: what the compiler leaves in the heap would make each garbage collection of the reader longer. */
function compileProducer(files) {
  const output = path.join(files, 'producer.o');
  const source = path.join(folder, 'producer.ts');
  const cli = path.join(folder, '..', '..', 'dist', 'cli', 'main.js');
  execFileSync(process.execPath, [cli, 'build', source, '-o', output], { stdio: ['ignore', 'ignore', 'inherit'] });
  return readFileSync(output);
}

/** The kernel's number of a loaded program. */
export async function programId(program) {
  const { objectInfo } = await import('../../dist/runtime/native/libbpf.js');
  // `id` is the second word of struct bpf_prog_info.
  const info = new Uint32Array(58);
  if (objectInfo(program.load().fd, new Uint8Array(info.buffer), new Uint32Array([info.byteLength])) < 0)
    throw new Error(`program '${program.name}' cannot be asked for its number`);
  return info[1];
}

/** The processor time of all threads of this process that work takes, in user and kernel mode. */
export function time(work) {
  const begin = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(begin);
  return { nanoseconds: (user + system) * 1000, result };
}

function summarize({ name, own, reference, unit, goal, most, higher = false }) {
  const ratios = own.map((figure, round) => figure / reference[round]);
  return { name, unit, own: median(own), reference: median(reference), ratio: median(ratios), goal, most, higher };
}

function report(results, rounds) {
  const rows = [
    ['', 'tsbpf', 'C', '', 'ratio', 'goal'],
    ...results.map(({ name, own, reference, unit, ratio, goal, most, higher }) => [
      name,
      figure(own),
      figure(reference),
      unit,
      ratio.toFixed(2),
      goal === undefined
        ? most === undefined
          ? ''
          : `≤${most} ${unit.split('/')[0]}${own > most ? ' missed' : ''}`
        : `${higher ? '≥' : '≤'}${goal}${(higher ? ratio < goal : ratio > goal) ? ' missed' : ''}`,
    ]),
  ];
  const widths = [40, 12, 12, 12, 8, 14];
  const line = (row) =>
    row.map((cell, at) => (at === 0 || at === 3 ? ` ${cell}`.padEnd(widths[at]) : cell.padStart(widths[at]))).join('');
  return [
    ...rows.map(line),
    '',
    `Medians of ${rounds} rounds, in which both ran in turns; the ratio is the median of the rounds' own.`,
  ].join('\n');
}

function figure(value) {
  return value >= 1000 ? Math.round(value).toLocaleString('en') : value.toFixed(1);
}
