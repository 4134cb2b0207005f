// `npm run bench -- pairs`: the same programs in TypeScript and in C, and what the kernel gets of each.
import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { userHeaders } from './headers.mjs';
import { cases } from './pairs/cases.mjs';
import { stayOnOneCpu, Subject } from './pairs/kernel.mjs';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), 'pairs');
const measures = ['instructions', 'jited', 'time', 'verified'];
const goals = { instructions: 1.02, jited: 1.02, time: 1.02, verified: 1.05 };
const worst = 1.25;
/** Runs before a program is timed. */
const warmUp = 5_000;
/** The kernel changes its own code for each call that runs an XDP program repeatedly, which has to count for nothing. */
const nanosecondsOfRound = { xdp: 4_000_000, tc: 500_000, socket: 500_000 };

/** @param {readonly string[]} options what follows `pairs` on the command line. */
export async function comparePairs(options) {
  const { names, rounds, json } = readArguments(options);
  const objects = mkdtempSync(path.join(tmpdir(), 'tsbpf-pairs-'));
  try {
    stayOnOneCpu();
    const results = [];
    for (const name of names) results.push(await comparePair(name, rounds, objects));
    const means = summarize(results);
    console.log(
      json ? JSON.stringify({ rounds, goals, worst, means, results }, undefined, 2) : report(results, means, rounds),
    );
    if (results.some(({ differs }) => differs)) process.exitCode = 1;
  } catch (failure) {
    console.error(`bench: ${failure.message}`);
    process.exitCode = 3;
  } finally {
    rmSync(objects, { recursive: true });
  }
}

function readArguments(args) {
  try {
    const options = { rounds: { type: 'string', default: '31' }, json: { type: 'boolean', default: false } };
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    if (!/^[1-9]\d{0,3}$/.test(values.rounds))
      throw new Error(`--rounds takes a number from 1 to 9999, not '${values.rounds}'`);
    const unknown = positionals.find((name) => !Object.hasOwn(cases, name));
    if (unknown !== undefined)
      throw new Error(`there is no pair '${unknown}'; there are ${Object.keys(cases).join(', ')}`);
    return {
      names: positionals.length > 0 ? positionals : Object.keys(cases),
      rounds: Number(values.rounds),
      json: values.json,
    };
  } catch (failure) {
    console.error(`bench: ${failure.message}\nusage: npm run bench -- pairs [NAME…] [--rounds 31] [--json]`);
    return process.exit(2);
  }
}

async function comparePair(name, rounds, objects) {
  const objectOfOwn = await compileTypeScript(name);
  const objectOfReference = compileC(name, objects);
  const own = new Subject(objectOfOwn);
  const reference = new Subject(objectOfReference);
  try {
    const differs = findDifference(cases[name], own, reference);
    if (differs) return { name, differs };
    const empty = compileC(`empty-${kindOf(own)}`, objects);
    const time = timePair(cases[name], objectOfOwn, objectOfReference, empty, rounds);
    const figures = ({ instructions, jitedBytes, verified }) => ({ instructions, jited: jitedBytes, verified });
    const [typescript, c] = [
      { ...figures(own), time: time.own },
      { ...figures(reference), time: time.reference },
    ];
    return {
      name,
      typescript,
      c,
      halves: time.halves,
      ratio: Object.fromEntries(measures.map((measure) => [measure, typescript[measure] / c[measure]])),
    };
  } finally {
    for (const subject of [own, reference]) subject.close();
  }
}

function kindOf({ program }) {
  return program.section.split('/')[0];
}

async function compileTypeScript(name) {
  const { compile, formatDiagnostics } = await import('../dist/compiler/index.js');
  const compilation = await compile(path.join(folder, `${name}.ts`));
  const object = compilation.object();
  if (!object) throw new Error(`${name}.ts does not compile:\n${formatDiagnostics(compilation.diagnostics)}`);
  return object;
}

function compileC(name, objects) {
  const output = path.join(objects, `${name}.o`);
  const options = ['-O2', '-g', '-target', 'bpf', '-mcpu=v3', ...userHeaders()];
  execFileSync('clang-19', [...options, '-c', path.join(folder, `${name}.c`), '-o', output], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return readFileSync(output);
}

/** Where the two do not do the same, in words; undefined where they do. */
function findDifference({ packets, context, fill, maps = [], hidden = {}, events, repeat = 1 }, own, reference) {
  for (const subject of [own, reference]) subject.fill(fill);
  for (const [index, packet] of packets.entries()) {
    const [a, b] = [own, reference].map((subject) => subject.run(packet, context, repeat));
    if (a.value !== b.value) return `packet ${index}: TypeScript gives ${a.value}, C gives ${b.value}`;
    if (a.packet !== b.packet) return `packet ${index} is ${a.packet} after TypeScript, ${b.packet} after C`;
  }
  for (const name of maps) {
    const [a, b] = [own, reference].map((subject) => subject.entries(name, hidden[name]).join(', '));
    if (a !== b) return `map '${name}' holds ${a} after TypeScript, ${b} after C`;
  }
  if (events) {
    const text = (event) =>
      Buffer.from(event instanceof Uint8Array ? event.fill(0, ...events.hidden) : events.encode(event)).toString('hex');
    const [a, b] = [own, reference].map((subject) => subject.events(events.map).map(text).join(', '));
    if (a !== b || a === '') return `ring buffer '${events.map}' gives ${a} after TypeScript, ${b} after C`;
  }
  return undefined;
}

/**
 * Nanoseconds a run beyond what the empty program takes. What disturbs a run only ever adds to its time, by more than most
 * of these programs take, so that the least of many short rounds counts; each begins with another program. Where the kernel
 * puts a program is drawn by lot, and makes up to a third of a loop's time: each round loads all of them anew.
 */
function timePair(pair, own, reference, empty, rounds) {
  const objects = [empty, reference, own];
  const times = objects.map(() => []);
  for (let round = 0; round < rounds; round++) {
    const subjects = objects.map((object) => new Subject(object));
    try {
      const measure = (index, repeat) => subjects[index].time(pair.packets[0], pair.context, repeat);
      for (const subject of subjects.slice(1)) prepare(pair, subject);
      const once = Math.max(...subjects.map((_, index) => measure(index, warmUp) / warmUp));
      const repeat = Math.max(100, Math.ceil(nanosecondsOfRound[kindOf(subjects[2])] / once));
      for (let turn = 0; turn < subjects.length; turn++) {
        const index = (round + turn) % subjects.length;
        times[index].push(measure(index, repeat) / repeat);
      }
    } finally {
      for (const subject of subjects) subject.close();
    }
  }
  const [idle, ...busy] = times.map((list) => Math.min(...list));
  return { reference: busy[0] - idle, own: busy[1] - idle, halves: times.map(differenceOfHalves) };
}

/** How far the least of every other round is from that of the others: by so much a program differs from itself. */
function differenceOfHalves(times) {
  const [even, odd] = [0, 1].map((half) => Math.min(...times.filter((_, round) => round % 2 === half)));
  return Math.abs(even - odd);
}

/** Fills the maps and lets every packet through, as when results were compared: runs find the entries that they look up. */
function prepare({ packets, context, fill }, subject) {
  subject.fill(fill);
  for (const packet of packets) subject.run(packet, context, 1);
}

function summarize(results) {
  const counted = results.filter(({ differs }) => !differs);
  const mean = (measure) => {
    const measured = counted.filter((result) => isMeasured(result, measure));
    return Math.exp(measured.reduce((sum, { ratio }) => sum + Math.log(ratio[measure]), 0) / measured.length);
  };
  return Object.fromEntries(measures.map((measure) => [measure, mean(measure)]));
}

/** Not what took no longer than the empty program: a ratio of that says nothing. */
function isMeasured({ typescript, c }, measure) {
  return typescript[measure] > 0 && c[measure] > 0;
}

/** What nine of ten programs differ from themselves at most, in nanoseconds. */
function resolutionOf(results) {
  const all = results.flatMap(({ halves = [] }) => halves).sort((a, b) => a - b);
  return all[Math.floor(all.length * 0.9)] ?? 0;
}

/** Whether TypeScript is worse by more than may be: of times, by more than a program differs from itself. */
function isWorse({ typescript, c }, measure, resolution) {
  return typescript[measure] - worst * c[measure] > (measure === 'time' ? resolution : 0);
}

function report(results, means, rounds) {
  const titles = ['instructions', 'jited bytes', 'ns a run', 'verified'];
  const digits = (measure) => (measure === 'time' ? 1 : 0);
  const cells = ({ typescript, c, ratio }, measure) =>
    `${typescript[measure].toFixed(digits(measure)).padStart(8)} /${c[measure].toFixed(digits(measure)).padStart(7)} ${ratio[measure].toFixed(2)}`;
  const row = (result) => {
    if (result.differs) return `${result.name.padEnd(18)}  does not count: ${result.differs}`;
    return result.name.padEnd(18) + measures.map((measure) => cells(result, measure)).join('');
  };
  const verdict = (measure) =>
    `${means[measure].toFixed(3)} of ${goals[measure]}${means[measure] <= goals[measure] ? '' : ' (missed)'}`;
  const counted = results.filter(({ differs }) => !differs);
  const resolution = resolutionOf(counted);
  const above = counted.flatMap((result) =>
    measures.filter((measure) => isWorse(result, measure, resolution)).map((measure) => `${result.name} (${measure})`),
  );
  const short = counted.filter((result) => !isMeasured(result, 'time')).map(({ name }) => name);
  return [
    ' '.repeat(18) + titles.map((title) => title.padStart(22)).join(''),
    ...results.map(row),
    '',
    `TypeScript / C, and the ratio; run time is processor time beyond the empty program's, the least of ${rounds} rounds.`,
    `Two halves of the rounds differ by ${resolution.toFixed(1)} ns or less, for nine of ten programs; no pair is judged by less.`,
    `Geometric means of ${counted.length} pairs: ${measures.map((measure, index) => `${titles[index]} ${verdict(measure)}`).join(', ')}.`,
    ...(short.length > 0
      ? [`That of run time is without ${short.join(', ')}: as quick as the empty program, as far as could be measured.`]
      : []),
    above.length === 0 ? `No pair is worse than ${worst}.` : `Worse than ${worst}: ${above.join(', ')}.`,
  ].join('\n');
}
