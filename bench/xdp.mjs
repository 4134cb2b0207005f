// `npm run bench -- xdp`: packets a second of XDP programs in TypeScript and in C, on live frames between two ends of a veth pair.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { userHeaders } from './headers.mjs';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), 'xdp');
const names = ['drop', 'count', 'transmit'];
const goal = 0.98;
/** Frames of one call. */
const frames = 1 << 18;
const ends = [`tsbpf-a${process.pid % 10000}`, `tsbpf-b${process.pid % 10000}`];

/** @param {readonly string[]} args what follows `xdp` on the command line. */
export async function compareXdp(args) {
  const { rounds, json } = readArguments(args);
  const objects = mkdtempSync(path.join(tmpdir(), 'tsbpf-xdp-'));
  try {
    const { attachXdp, loadObject, testRun } = await import('../dist/runtime/index.js');
    const { stayOnOneCpu, threadTime } = await import('./pairs/kernel.mjs');
    stayOnOneCpu();
    ip('link', 'add', ends[0], 'type', 'veth', 'peer', 'name', ends[1]);
    for (const end of ends) ip('link', 'set', end, 'up');
    const [{ ifindex }] = JSON.parse(ip('-j', 'link', 'show', 'dev', ends[0]));
    const sink = loadObject(compileC('drop', objects));
    // The other end takes frames, and drops them, only where it has a program itself.
    const receiver = attachXdp(sink.programs.drop, { interface: ends[1], mode: 'native' });
    const results = [];
    for (const name of names) {
      const loaded = [await compileTypeScript(name), compileC(name, objects)].map((bytes) => loadObject(bytes));
      const programs = loaded.map((object) => Object.values(object.programs)[0].load());
      // The kernel's own figure is in whole nanoseconds a frame, and a clock on the wall would count what else runs here.
      const run = (program) => {
        const before = threadTime();
        testRun(program, { packet, context: { ingress_ifindex: ifindex }, repeat: frames, liveFrames: true });
        return (frames * 1e9) / Number(threadTime() - before);
      };
      results.push({ name, ...compare(programs, run, rounds) });
      for (const object of loaded) object.close();
    }
    receiver.close();
    sink.close();
    console.log(json ? JSON.stringify({ rounds, frames, goal, results }, undefined, 2) : report(results, rounds));
  } catch (failure) {
    console.error(`bench: ${failure.message}`);
    process.exitCode = 3;
  } finally {
    rmSync(objects, { recursive: true });
    try {
      ip('link', 'delete', ends[0]);
    } catch {
      // Was not made.
    }
  }
}

/** Ethernet, IPv4 and UDP, 64 bytes. */
const packet = Uint8Array.from({ length: 64 }, (_, index) => index);
packet.set([0x08, 0x00, 0x45, 0, 0, 50], 12);
packet[23] = 17;

/** Rounds in turn, each beginning with the other; what a round is disturbed by only slows it, so the best of each counts too. */
function compare([own, reference], run, rounds) {
  const rates = [[], []];
  for (const program of [own, reference]) run(program);
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? [0, 1] : [1, 0];
    for (const index of order) rates[index].push(run([own, reference][index]));
  }
  const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
  const ratios = rates[0].map((rate, index) => rate / rates[1][index]);
  return {
    typescript: median(rates[0]),
    c: median(rates[1]),
    ratio: median(ratios),
    ratioOfBest: Math.max(...rates[0]) / Math.max(...rates[1]),
  };
}

function readArguments(args) {
  try {
    const options = { rounds: { type: 'string', default: '31' }, json: { type: 'boolean', default: false } };
    const { values } = parseArgs({ args, options });
    if (!/^[1-9]\d{0,3}$/.test(values.rounds))
      throw new Error(`--rounds takes a number from 1 to 9999, not '${values.rounds}'`);
    return { rounds: Number(values.rounds), json: values.json };
  } catch (failure) {
    console.error(`bench: ${failure.message}\nusage: npm run bench -- xdp [--rounds 31] [--json]`);
    return process.exit(2);
  }
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

function ip(...words) {
  return execFileSync('ip', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function report(results, rounds) {
  const million = (rate) => (rate / 1e6).toFixed(2).padStart(9);
  const lines = results.map(
    ({ name, typescript, c, ratio, ratioOfBest }) =>
      `${name.padEnd(10)} ${million(typescript)} ${million(c)}   ${ratio.toFixed(3)}   ${ratioOfBest.toFixed(3)}`,
  );
  return [
    `Millions of packets in a second of processor time, medians of ${rounds} rounds of ${frames} live frames; ratios TypeScript / C (goal: at least ${goal})`,
    'program    TypeScript         C   ratio   of the best rounds',
    ...lines,
  ].join('\n');
}
