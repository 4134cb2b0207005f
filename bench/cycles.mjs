// `npm run bench -- cycles`: whether a process that loads, attaches, reads and closes again and again keeps anything.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { compileFlood, product, wholeNumber } from './flood.mjs';

/** Of the names in programs/flood.ts, as the kernel cuts them. */
const PREFIX = 'tsbpf_flood';

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
  for (let warming = 0; warming < 20; warming++) await cycle(object);
  const before = await holdings();
  let events = 0;
  const began = performance.now();
  for (let count = 0; count < cycles; count++) events += await cycle(object);
  return { cycles, events, seconds: (performance.now() - began) / 1000, before, after: await holdings() };
}

/** @returns how many events came: each queue carries one. */
async function cycle(object) {
  const { attach, loadObject } = await product('runtime/index.js');
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
  loaded.close();
  if (value === undefined || events === 0 || size === 0) throw new Error('a cycle saw no event');
  return 1 + events;
}

/** What this process has, and what the kernel has of its names. */
async function holdings() {
  // What was closed is given back by the event loop.
  for (let turn = 0; turn < 10; turn++) await setImmediate();
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    mappings: readFileSync('/proc/self/maps', 'utf8')
      .split('\n')
      .filter((line) => /anon_inode|bpf|perf/.test(line)).length,
    programs: named('prog'),
    maps: named('map'),
    resident: process.memoryUsage.rss(),
  };
}

function named(kind) {
  const listed = JSON.parse(execFileSync('bpftool', ['-j', kind, 'show'], { encoding: 'utf8', maxBuffer: 1 << 28 }));
  return listed.filter(({ name }) => name?.startsWith(PREFIX)).length;
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
