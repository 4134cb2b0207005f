// `npm run bench -- cycles`: whether a process that loads, attaches, reads and closes again and again keeps anything.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { compileFlood, product, wholeNumber } from './flood.mjs';

/** @param {readonly string[]} parameters of the command line. */
export async function countLeftovers(parameters) {
  try {
    const options = { cycles: { type: 'string', default: '10000' }, json: { type: 'boolean', default: false } };
    const { cycles, json } = parseArgs({ args: [...parameters], options }).values;
    const result = await repeat(wholeNumber(cycles, '--cycles', 1_000_000));
    console.log(json ? JSON.stringify(result) : report(result));
    process.exitCode = isClean(result) ? 0 : 1;
  } catch (failure) {
    console.error(`bench: ${failure.message}`);
    process.exitCode = 3;
  }
}

async function repeat(cycles) {
  const object = await compileFlood();
  // The first cycles open libraries and warm caches, which stay.
  for (let warming = 0; warming < 20; warming++) await cycle(object, { programs: new Set(), maps: new Set() });
  // The kernel's numbers for what the cycles make; it gives none twice.
  const made = { programs: new Set(), maps: new Set() };
  const before = await holdings(made);
  let events = 0;
  const began = performance.now();
  for (let count = 0; count < cycles; count++) events += await cycle(object, made);
  return { cycles, events, seconds: (performance.now() - began) / 1000, before, after: await holdings(made) };
}

/** @returns how many events came: each queue carries one. */
async function cycle(object, made) {
  const { attach, loadObject } = await product('runtime/index.js');
  const { programInfo } = await product('runtime/native/program-info.js');
  const loaded = loadObject(object);
  const { tsbpf_flood_ring: ring, tsbpf_flood_perf: queue, byCpu } = loaded.maps;
  const link = attach(loaded.programs.tsbpf_flood_call);
  const iterator = ring.events();
  const next = iterator.next();
  getPriority();
  const { value } = await next;
  await iterator.return();
  link.close();
  const events = queue.read({ batch: true }).length;
  const { size } = byCpu;
  for (const map of [ring, queue, byCpu]) made.maps.add(map.id);
  made.programs.add(programInfo(loaded.programs.tsbpf_flood_call.fd).id);
  loaded.close();
  if (value === undefined || events === 0 || size === 0) throw new Error('a cycle saw no event');
  return 1 + events;
}

/** What this process has, and what the kernel has yet of what it made. */
async function holdings(made) {
  // What was closed is given back by the event loop.
  for (let turn = 0; turn < 10; turn++) await setImmediate();
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    mappings: readFileSync('/proc/self/maps', 'utf8')
      .split('\n')
      .filter((line) => /anon_inode|bpf|perf/.test(line)).length,
    programs: await remaining('prog', made.programs),
    maps: await remaining('map', made.maps),
    resident: process.memoryUsage.rss(),
  };
}

/** How many of these the kernel has after a while: it gives a program's maps back some time after the program. */
async function remaining(kind, ids) {
  for (const end = performance.now() + 5000; ; await setTimeout(50)) {
    const listed = JSON.parse(execFileSync('bpftool', ['-j', kind, 'show'], { encoding: 'utf8', maxBuffer: 1 << 28 }));
    const { length } = listed.filter(({ id }) => ids.has(id));
    if (length === 0 || performance.now() > end) return length;
  }
}

const KINDS = ['descriptors', 'mappings', 'programs', 'maps'];

function isClean({ before, after }) {
  return KINDS.every((kind) => after[kind] <= before[kind]);
}

function report(result) {
  const { cycles, events, seconds, before, after } = result;
  const changes = KINDS.map((kind) => `${kind} ${before[kind]} → ${after[kind]}`).join(', ');
  const memory = `resident ${(before.resident / 2 ** 20).toFixed(0)} → ${(after.resident / 2 ** 20).toFixed(0)} MiB`;
  return `${cycles} cycles in ${seconds.toFixed(1)} s, ${events} events: ${changes}, ${memory}: ${isClean(result) ? 'nothing stays' : 'SOMETHING STAYS'}`;
}
