// `npm run bench -- start`: from the start of a process to its first event, beside bpftrace with the same event.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { clearInterval, setInterval } from 'node:timers';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { wholeNumber } from './flood.mjs';
import { median } from './measure.mjs';

const root = path.dirname(import.meta.dirname);
const command = path.join(root, 'dist', 'cli', 'main.js');
const launcher = path.join(root, 'dist', 'cli', 'tsbpf.sh');
const goals = { time: 0.6, memory: 0.7 };

/** The user-space half around the module that `tsbpf build --emit module` has made. */
const reader = `import { attach } from 'tsbpf';
import { onOpen, opens } from './opens.bpf.js';
attach(onOpen);
for await (const { pid, comm, path } of opens) process.stdout.write(\`\${pid} \${comm} \${path}\\n\`);
`;
const script = 'tracepoint:syscalls:sys_enter_openat { printf("%d %s %s\\n", pid, comm, str(args->filename)); }';

/** @param {readonly string[]} parameters of the command line. */
export async function compareStart(parameters) {
  const folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-start-'));
  try {
    const options = { rounds: { type: 'string', default: '15' }, json: { type: 'boolean', default: false } };
    const { rounds, json } = parseArgs({ args: [...parameters], options }).values;
    const count = wholeNumber(rounds, '--rounds', 9999);
    if (process.getuid?.() !== 0) throw new Error('programs are loaded by root alone');
    const results = await compare(prepare(folder), count);
    console.log(json ? JSON.stringify({ rounds: count, goals, results }) : report(results, count));
  } catch (failure) {
    console.error(`bench: ${failure.message}`);
    process.exitCode = 3;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @returns the commands to compare, by name; bpftrace is the last, where there is one. */
function prepare(folder) {
  const build = (...options) => {
    const parameters = ['build', path.join(root, 'bench/programs/opens.ts'), ...options];
    const { status, stderr } = spawnSync(process.execPath, [command, ...parameters], { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`programs/opens.ts does not compile: ${stderr}`);
  };
  build('-o', 'opens.o');
  build('--emit', 'module', '-o', 'opens.bpf.js');
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(path.join(folder, 'reader.js'), reader);
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(root, path.join(folder, 'node_modules', 'tsbpf'));
  const commands = {
    'tsbpf, module': [process.execPath, path.join(folder, 'reader.js')],
    'tsbpf load': ['/bin/sh', launcher, 'load', path.join(folder, 'opens.o')],
  };
  const hasBpftrace = spawnSync('bpftrace', ['--version']).status === 0;
  if (!hasBpftrace)
    console.error('bench: there is no bpftrace to compare with; on Debian `apt-get install bpftrace` has it');
  return hasBpftrace ? { ...commands, bpftrace: ['bpftrace', '-B', 'line', '-e', script] } : commands;
}

async function compare(commands, rounds) {
  const names = Object.keys(commands);
  const results = Object.fromEntries(names.map((name) => [name, { time: [], cpu: [], memory: [] }]));
  // The first run is longer, so that what it compiled is kept for those that are measured.
  for (const name of names) await firstEvent(commands[name], 2000);
  for (let round = 0; round < rounds; round++) {
    for (let index = 0; index < names.length; index++) {
      const name = names[(round + index) % names.length];
      for (const [figure, value] of Object.entries(await firstEvent(commands[name]))) results[name][figure].push(value);
    }
  }
  const medians = (figures) =>
    Object.fromEntries(Object.entries(figures).map(([name, values]) => [name, median(values)]));
  return Object.fromEntries(names.map((name) => [name, medians(results[name])]));
}

/**
 * @param {number} stay milliseconds between the first event and the end of the process.
 * @returns milliseconds to the first event on standard output, and the largest resident set until then in KiB.
 */
async function firstEvent([program, ...parameters], stay = 0) {
  // Files are opened all the while, so that there is an event as soon as somebody looks.
  const opening = setInterval(() => closeSync(openSync('/dev/null', 'r')), 1);
  const began = performance.now();
  // Where it is set, Node reads all certificates before anything else.
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'], env });
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  const ended = once(child, 'close');
  let printed = '';
  const isEvent = () => /^ *\d+ +\S/m.test(printed);
  const first = new Promise((resolve) => {
    child.stdout.on('data', (chunk) => {
      if (!isEvent() && ((printed += chunk), isEvent())) {
        const time = performance.now() - began;
        const [, memory] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
        resolve({ time, cpu: processorTime(child.pid), memory: Number(memory) });
      }
    });
  });
  const failed = ended.then(([status]) => ({ status }));
  const result = await Promise.race([first, failed]);
  clearInterval(opening);
  if ('status' in result) throw new Error(`${program} ended with status ${result.status}: ${said.trim()}`);
  await setTimeout(stay);
  child.kill('SIGINT');
  await ended;
  return result;
}

/** Of all threads that live, in milliseconds: the first figure of schedstat is nanoseconds on a processor. */
function processorTime(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  const times = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return times.reduce((sum, time) => sum + time, 0) / 1e6;
}

function report(results, rounds) {
  const reference = results.bpftrace;
  const ratio = (value, of, goal) => (of === undefined ? '' : ` (${(value / of).toFixed(2)}${goal})`);
  const lines = Object.entries(results).map(([name, { time, cpu, memory }]) => {
    const isReference = name === 'bpftrace';
    const beside = (figure, value, goal) => (isReference ? '' : ratio(value, reference?.[figure], goal));
    return [
      `${name}: ${time.toFixed(0)} ms${beside('time', time, `, to reach ${goals.time}`)}`,
      `${cpu.toFixed(0)} ms of the processor${beside('cpu', cpu, '')}`,
      `${(memory / 1024).toFixed(0)} MiB${beside('memory', memory, `, to reach ${goals.memory}`)}`,
    ].join('; ');
  });
  return [`to the first event, medians of ${rounds} rounds`, ...lines].join('\n');
}
