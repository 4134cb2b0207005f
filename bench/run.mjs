// `npm run bench`: what a build of bench/programs/flows.ts costs, beside clang on its C twin. `npm run bench -- pairs` is in
// pairs.mjs, and so on.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, release, tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { userHeaders } from './headers.mjs';
import { measure, median } from './measure.mjs';
import { startWatching } from './watch.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const programs = path.join(root, 'bench', 'programs');
const reference = 'clang, vmlinux.h';
/** By what is compared: the largest ratio to the reference. */
const goals = { tsbpf: { wall: 0.8, memory: 1.2 }, 'tsbpf --watch': { wall: 0.25 } };

const [, , what, ...parameters] = process.argv;
if (what === 'pairs') {
  const { comparePairs } = await import('./pairs.mjs');
  await comparePairs(parameters);
} else if (what === 'filters') {
  const { compareFilters } = await import('./filters.mjs');
  await compareFilters(parameters);
} else if (what === 'maps') {
  const { compareMaps } = await import('./maps.mjs');
  await compareMaps(parameters);
} else if (what === 'events') {
  const { compareEvents } = await import('./events.mjs');
  await compareEvents(parameters);
} else if (what === 'start') {
  const { compareStart } = await import('./start.mjs');
  await compareStart(parameters);
} else if (what === 'losses') {
  const { countLosses } = await import('./losses.mjs');
  await countLosses(parameters);
} else if (what === 'cycles') {
  const { countLeftovers } = await import('./cycles.mjs');
  await countLeftovers(parameters);
} else if (what === 'xdp') {
  const { compareXdp } = await import('./xdp.mjs');
  await compareXdp(parameters);
} else if (what === 'capture') {
  const { compareCaptures } = await import('./capture.mjs');
  await compareCaptures(parameters);
} else {
  await main();
}

async function main() {
  const { rounds, json } = readArguments();
  const folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-bench-'));
  let watching;
  try {
    watching = await watchFlows(folder);
    const [cold, ...rest] = Object.entries(commands(folder)).map(([name, command]) => [name, () => measure(command)]);
    const results = await compare(Object.fromEntries([cold, ['tsbpf --watch', watching.measure], ...rest]), rounds);
    console.log(json ? JSON.stringify({ rounds, reference, goals, results }, undefined, 2) : report(results, rounds));
  } catch (failure) {
    console.error(`bench: ${failure.message}`);
    process.exitCode = 3;
  } finally {
    watching?.stop();
    rmSync(folder, { recursive: true });
  }
}

function readArguments() {
  try {
    const options = { rounds: { type: 'string', default: '15' }, json: { type: 'boolean', default: false } };
    const { rounds, json } = parseArgs({ options }).values;
    if (!/^[1-9]\d{0,3}$/.test(rounds)) throw new Error(`--rounds takes a number from 1 to 9999, not '${rounds}'`);
    return { rounds: Number(rounds), json };
  } catch (failure) {
    console.error(`bench: ${failure.message}\nusage: npm run bench -- [--rounds 15] [--json]`);
    return process.exit(2);
  }
}

/** What is compared, by name; each writes its object into the folder. */
function commands(folder) {
  const command = path.join(root, 'dist', 'cli', 'main.js');
  const launcher = path.join(root, 'dist', 'cli', 'tsbpf.sh');
  if (!existsSync(launcher)) throw new Error('there is no dist/; run `npm run build` first');
  makeSnapshot();
  const build = (name) => ['build', path.join(programs, 'flows.ts'), '-o', path.join(folder, name)];
  const source = path.join(programs, 'flows.bpf.c');
  const clang = ['clang-19', '-O2', '-g', '-target', 'bpf', '-mcpu=v3', '-c', source];
  return {
    tsbpf: [launcher, ...build('ts.o')],
    'tsbpf, no snapshot': [process.execPath, command, ...build('plain.o')],
    'clang, UAPI': [...clang, ...userHeaders(), '-o', path.join(folder, 'uapi.o')],
    [reference]: [...clang, '-DVMLINUX', '-I', kernelHeader(), '-o', path.join(folder, 'vmlinux.o')],
  };
}

/** A `--watch` of a copy, in which another limit is written each time, so that the object changes. */
function watchFlows(folder) {
  const [file, output] = ['flows.ts', 'watch.o'].map((name) => path.join(folder, name));
  const text = readFileSync(path.join(programs, 'flows.ts'), 'utf8');
  const textOf = (count) => text.replace('maxEntries: 10240', `maxEntries: ${10240 + count}`);
  const command = [process.execPath, path.join(root, 'dist', 'cli', 'main.js'), 'build', file, '-o', output, '--watch'];
  return startWatching(command, file, output, textOf);
}

/** What the first build on a machine leaves to a process in the background. */
function makeSnapshot() {
  // So that the launcher finds this node, and is not told to do without the snapshot.
  process.env.PATH = `${path.dirname(process.execPath)}:${process.env.PATH}`;
  for (const name of ['TSBPF_SNAPSHOT', 'NODE_OPTIONS', 'NODE_V8_COVERAGE', 'NODE_DEBUG']) delete process.env[name];
  const make = path.join(root, 'dist', 'cli', 'snapshot', 'make.js');
  const node = path.join(path.dirname(process.execPath), 'node');
  execFileSync(process.execPath, [make, node], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** The folder of a vmlinux.h of the running kernel, made once. */
function kernelHeader() {
  const cache = process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache');
  const folder = path.join(cache, 'tsbpf', 'bench', release());
  const file = path.join(folder, 'vmlinux.h');
  if (existsSync(file)) return folder;
  mkdirSync(folder, { recursive: true });
  const tool = ['/usr/sbin/bpftool', '/usr/bin/bpftool', '/sbin/bpftool'].find(existsSync) ?? 'bpftool';
  const dump = ['btf', 'dump', 'file', '/sys/kernel/btf/vmlinux', 'format', 'c'];
  writeFileSync(`${file}.${process.pid}`, execFileSync(tool, dump, { maxBuffer: 1 << 28 }));
  renameSync(`${file}.${process.pid}`, file);
  return folder;
}

/** One run of each in every round, beginning with another each time, after one of each that does not count. */
async function compare(runOf, rounds) {
  const names = Object.keys(runOf);
  const runs = new Map(names.map((name) => [name, []]));
  for (const name of names) await runOf[name]();
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length];
      runs.get(name).push(await runOf[name]());
    }
  }
  const figures = names.map((name) => [name, summarize(runs.get(name))]);
  const base = Object.fromEntries(figures)[reference];
  return figures.map(([name, own]) => ({ name, ...own, ratio: ratio(own, base) }));
}

function summarize(runs) {
  const of = (field) => median(runs.map((run) => run[field]));
  return { wall: of('wall'), fastest: Math.min(...runs.map((run) => run.wall)), cpu: of('cpu'), memory: of('memory') };
}

function ratio(own, base) {
  return Object.fromEntries(['wall', 'cpu', 'memory'].map((field) => [field, own[field] / base[field]]));
}

function report(results, rounds) {
  const rows = [
    ['', 'wall ms', 'fastest', 'cpu ms', 'peak MiB', 'wall', 'cpu', 'memory'],
    ...results.map(({ name, wall, fastest, cpu, memory, ratio }) => [
      name,
      ...[wall, fastest, cpu, memory / 1024].map((value) => value.toFixed(0)),
      ...[ratio.wall, ratio.cpu, ratio.memory].map((value) => value.toFixed(2)),
    ]),
  ];
  const line = (row) => row.map((cell, index) => (index === 0 ? cell.padEnd(20) : cell.padStart(9))).join('');
  const verdicts = Object.entries(goals).flatMap(([name, goal]) =>
    Object.entries(goal).map(([field, most]) => {
      const own = results.find((result) => result.name === name).ratio[field];
      return `${name}: ${field} ${own.toFixed(2)} of ${most}${own <= most ? '' : ' (missed)'}`;
    }),
  );
  return [
    ...rows.map(line),
    '',
    `Medians of ${rounds} rounds; the last three columns are ratios to '${reference}'.`,
    `To reach: ${verdicts.join('; ')}.`,
  ].join('\n');
}
