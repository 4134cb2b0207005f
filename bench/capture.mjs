// `npm run bench -- capture`: what `tsbpf capture -w` keeps of a veth's packets, beside `tcpdump -w`, in turns.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from './measure.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const namespaces = ['sender', 'receiver'].map((side) => `tsbpf-bench-${process.pid}-${side}`);
const receiving = 'bench0';
/** Frames of so many bytes, sent as fast as they can be or at so many a second. */
const traffic = [
  { name: '64 bytes, as fast as can be', size: 64, rate: 0 },
  { name: '64 bytes, 100,000 a second', size: 64, rate: 100_000 },
  { name: '512 bytes, as fast as can be', size: 512, rate: 0 },
  { name: '1514 bytes, as fast as can be', size: 1514, rate: 0 },
];
const MILLISECONDS = 1000;
/** The capture that runs. */
let running;

/** @param {readonly string[]} parameters of the command line. */
export async function compareCaptures(parameters) {
  const { rounds, json } = readArguments(parameters);
  const folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-bench-'));
  const cleanUp = () => {
    running?.kill('SIGKILL');
    for (const name of namespaces) tryRun('ip', 'netns', 'delete', name);
    rmSync(folder, { recursive: true, force: true });
  };
  // Nothing stays behind of one that is ended before it is done.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => (cleanUp(), process.exit(3)));
  try {
    const generator = path.join(folder, 'generator');
    execFileSync('gcc', ['-O2', '-o', generator, path.join(root, 'bench', 'capture', 'generator.c')]);
    makeNetwork();
    const results = [];
    for (const one of traffic) results.push({ ...one, ...(await compare(one, rounds, generator, folder)) });
    console.log(json ? JSON.stringify({ rounds, results }, undefined, 2) : report(results, rounds));
    if (results.some(({ unaccounted }) => unaccounted > 0)) process.exitCode = 1;
  } catch (failure) {
    console.error(`bench: ${failure.message}`);
    process.exitCode = 3;
  } finally {
    cleanUp();
  }
}

function readArguments(parameters) {
  try {
    const options = { rounds: { type: 'string', default: '5' }, json: { type: 'boolean', default: false } };
    const { rounds, json } = parseArgs({ args: parameters, options }).values;
    if (!/^[1-9]\d{0,2}$/.test(rounds)) throw new Error(`--rounds takes a number from 1 to 999, not '${rounds}'`);
    return { rounds: Number(rounds), json };
  } catch (failure) {
    console.error(`bench: ${failure.message}\nusage: npm run bench -- capture [--rounds 5] [--json]`);
    return process.exit(2);
  }
}

const run = (program, ...parameters) => execFileSync(program, parameters, { encoding: 'utf8' });

function tryRun(program, ...parameters) {
  try {
    run(program, ...parameters);
  } catch {
    // Was not made.
  }
}

/** A veth pair between two namespaces; nobody in the receiving one answers. */
function makeNetwork() {
  const [sender, receiver] = namespaces;
  for (const name of namespaces) run('ip', 'netns', 'add', name);
  run('ip', '-n', sender, 'link', 'add', 'bench1', 'type', 'veth', 'peer', 'name', receiving, 'netns', receiver);
  run('ip', '-n', sender, 'link', 'set', 'bench1', 'up');
  run('ip', '-n', receiver, 'link', 'set', receiving, 'up');
}

const inside = (namespace, command) => ['nsenter', `--net=/run/netns/${namespace}`, ...command];

/** What captures, by name: the command, the line that says that it has begun, and the counts that it ends with. */
function tools(folder) {
  const output = path.join(folder, 'out.pcap');
  const tsbpf = [process.execPath, path.join(root, 'dist', 'cli', 'main.js')];
  const filter = 'udp dst port 9';
  return {
    output,
    tsbpf: {
      command: [...tsbpf, 'capture', '-i', receiving, '-w', output, '--format', 'pcap', filter],
      counts: (text) => {
        const [, received, kept, dropped] = /(\d+) packets? received, (\d+) written, (\d+) dropped/.exec(text);
        return { received: Number(received), kept: Number(kept), dropped: Number(dropped) };
      },
    },
    tcpdump: {
      command: ['tcpdump', '-i', receiving, '-w', output, filter],
      counts: (text) => ({
        received: Number(/(\d+) packets? received by filter/.exec(text)[1]),
        kept: Number(/(\d+) packets? captured/.exec(text)[1]),
        dropped: Number(/(\d+) packets? dropped by kernel/.exec(text)[1]),
      }),
    },
  };
}

async function compare({ size, rate }, rounds, generator, folder) {
  const { output, ...both } = tools(folder);
  const runs = { tsbpf: [], tcpdump: [] };
  for (let round = 0; round < rounds; round++) {
    const names = round % 2 === 0 ? ['tsbpf', 'tcpdump'] : ['tcpdump', 'tsbpf'];
    for (const name of names) {
      runs[name].push(await capture(both[name], [generator, 'bench1', size, MILLISECONDS, rate].map(String)));
      const kept = packetsIn(output);
      if (kept !== runs[name].at(-1).kept)
        throw new Error(`${name} says ${runs[name].at(-1).kept}, and its file has ${kept}`);
      rmSync(output);
    }
  }
  const of = (name, key) => median(runs[name].map((one) => one[key]));
  const ratios = runs.tsbpf.map((one, index) => one.keptASecond / runs.tcpdump[index].keptASecond);
  return {
    ratio: median(ratios),
    tsbpf: { keptASecond: of('tsbpf', 'keptASecond'), lost: of('tsbpf', 'lost') },
    tcpdump: { keptASecond: of('tcpdump', 'keptASecond'), lost: of('tcpdump', 'lost') },
    unaccounted: Math.max(...runs.tsbpf.map(({ received, kept, dropped }) => Math.abs(received - kept - dropped))),
  };
}

/** One capture of one run of the generator. */
async function capture({ command, counts }, generate) {
  const [program, ...parameters] = inside(namespaces[1], command);
  const child = spawn(program, parameters, { stdio: ['ignore', 'ignore', 'pipe'] });
  running = child;
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (piece) => (text += piece));
  const ended = once(child, 'close');
  while (!/listening on|capturing on/.test(text)) {
    if (child.exitCode !== null) throw new Error(text);
    await sleep(20);
  }
  const [sent, nanoseconds] = run(...inside(namespaces[0], generate))
    .split(' ')
    .map(Number);
  await sleep(1500);
  child.kill('SIGINT');
  await ended;
  const counted = counts(text);
  return {
    ...counted,
    sent,
    keptASecond: (counted.kept / nanoseconds) * 1e9,
    lost: counted.dropped / Math.max(1, counted.received),
  };
}

/** Counts the records of a pcap file in little-endian order. */
function packetsIn(file) {
  const bytes = statSync(file).size < 2 ** 31 ? readFileSync(file) : undefined;
  if (!bytes) throw new Error('the file is too large to be counted');
  let packets = 0;
  for (let at = 24; at < bytes.length; at += 16 + bytes.readUInt32LE(at + 8)) packets++;
  return packets;
}

function report(results, rounds) {
  const lines = results.map(({ name, ratio, tsbpf, tcpdump, unaccounted }) =>
    [
      name.padEnd(30),
      ratio.toFixed(2).padStart(6),
      ...[tsbpf, tcpdump].flatMap(({ keptASecond, lost }) => [
        Math.round(keptASecond).toLocaleString('en').padStart(10),
        `${(lost * 100).toFixed(1)}%`.padStart(6),
      ]),
      String(unaccounted).padStart(12),
    ].join(' '),
  );
  const heading = `${'packets kept a second'.padEnd(30)}  ratio      tsbpf   lost    tcpdump   lost  unaccounted`;
  return [`medians of ${rounds} rounds; ratio: tsbpf / tcpdump, to reach: 1 or more`, heading, ...lines].join('\n');
}
