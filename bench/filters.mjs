// `npm run bench -- filters`: tcpdump expressions by pcapFilter, beside the same classic BPF as C, and as the kernel converts it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { ethernetExpressions } from '../test/support/pcap-expressions.mjs';
import { longExpressions } from './filters/long-expressions.mjs';

const goals = { jited: 1, time: 1, kernel: 0.25 };
/** Shorter ones are lost in what a clock and a test run cost. */
const LEAST_TIME = 10;
/** Runs in one call: the kernel changes its own code for each call, which has to count for nothing. */
const REPEAT = 200_000;

/** @param {readonly string[]} options what follows `filters` on the command line. */
export async function compareFilters(options) {
  const { expressions, rounds, json } = readArguments(options);
  const folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-filters-'));
  try {
    const { stayOnOneCpu } = await import('./pairs/kernel.mjs');
    stayOnOneCpu();
    const results = [];
    for (const expression of expressions) results.push(await compareFilter(expression, rounds, folder));
    const means = summarize(results);
    console.log(json ? JSON.stringify({ rounds, goals, means, results }, undefined, 2) : report(results, means));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readArguments(args) {
  try {
    const options = {
      ...{ rounds: { type: 'string', default: '15' }, json: { type: 'boolean', default: false } },
      part: { type: 'string', default: '1/1' },
    };
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    if (!/^[1-9]\d{0,3}$/.test(values.rounds)) throw new Error(`--rounds takes a number, not '${values.rounds}'`);
    // Those that take every packet leave no code behind.
    const all = [...ethernetExpressions, ...longExpressions].filter((text) => text !== '' && text !== 'len >= 0');
    return {
      expressions: partOf(positionals.length > 0 ? positionals : all, values.part),
      rounds: Number(values.rounds),
      json: values.json,
    };
  } catch (failure) {
    console.error(
      `bench: ${failure.message}\nusage: npm run bench -- filters [EXPRESSION…] [--part 1/5] [--rounds 15] [--json]`,
    );
    return process.exit(2);
  }
}

/** Every `of`th expression, where `part` is `1/of` to `of/of`: all of them take minutes. */
function partOf(expressions, part) {
  const [, number, of] = /^([1-9]\d?)\/([1-9]\d?)$/.exec(part) ?? [];
  if (!number || Number(number) > Number(of)) throw new Error(`--part takes 1/5 and the like, not '${part}'`);
  return expressions.filter((_, at) => at % Number(of) === Number(number) - 1);
}

async function compareFilter(expression, rounds, folder) {
  const { Subject } = await import('./pairs/kernel.mjs');
  const { compileExpression } = await import('../dist/runtime/native/libpcap.js');
  const { code, error } = compileExpression(expression, 1);
  if (!code) throw new Error(error);
  const { packet, ends } = await choosePacket(code);
  const own = new Subject(await compileTypeScript(`pcapFilter(${JSON.stringify(expression)}, ctx)`));
  const empty = new Subject(compileC('', 'empty', folder));
  const c = await orNothing('VerifierError', async () => new Subject(await compileFilterC(code, expression, folder)));
  const { KernelFilter } = await import('./filters/kernel-filter.mjs');
  const nothing = new KernelFilter(undefined, packet);
  // The kernel takes no loops.
  const kernel = await orNothing('NotTaken', () => new KernelFilter(code, packet, ends));
  const runs = [empty, own, c].map((subject) => () => subject.time(packet, undefined, REPEAT) / REPEAT);
  const sends = [nothing, kernel].map((filter) => () => filter.time());
  const subjects = [empty, own, c, nothing, kernel];
  try {
    const least = subjects.map(() => Infinity);
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < subjects.length; turn++) {
        const index = (round + turn) % subjects.length;
        if (subjects[index]) least[index] = Math.min(least[index], [...runs, ...sends][index]());
      }
    }
    const [idle, ours, reference, plain, converted] = least;
    const time = {
      own: ours - idle,
      ...(c && { c: reference - idle }),
      ...(kernel && { kernel: (converted - plain) / kernel.copies }),
    };
    const bytes = (subject) => subject && subject.jitedBytes - empty.jitedBytes;
    return { expression, jited: { own: bytes(own), c: bytes(c) }, time };
  } finally {
    for (const subject of subjects) subject?.close();
  }
}

/** What `make` gives; undefined where it throws an error of that name. */
async function orNothing(name, make) {
  try {
    return await make();
  } catch (failure) {
    if (failure.name !== name) throw failure;
    return undefined;
  }
}

/** One that matches, where there is one: it goes the longest way. */
async function choosePacket(code) {
  const { offlineFilter } = await import('../dist/runtime/native/libpcap.js');
  const { packets } = await import('./filters/packets.mjs');
  const filter = offlineFilter(code);
  const found = packets.find((packet) => filter.matches(packet)) ?? packets[0];
  filter.free();
  // With every return an acceptance, only what reads past the end of the packet is rejected.
  const always = code.slice();
  for (let at = 0; at < always.length; at += 8) if ((always[at] & 7) === 6) always.set([6, 0, 0, 0, 1, 0, 0, 0], at);
  const ending = offlineFilter(always);
  const ends = ending.matches(found);
  ending.free();
  return { packet: found, ends };
}

async function compileTypeScript(condition) {
  const { compile, formatDiagnostics, memoryHost } = await import('../dist/compiler/index.js');
  const text = `import { pcapFilter, xdp } from 'tsbpf';\nexport const filter = xdp((ctx) => (${condition} ? 2 : 1));\n`;
  const compilation = await compile('filter.ts', {}, memoryHost({ 'filter.ts': text }));
  const object = compilation.object();
  if (!object) throw new Error(formatDiagnostics(compilation.diagnostics));
  return object;
}

async function compileFilterC(code, expression, folder) {
  const { decode } = await import('../dist/compiler/pcap/cbpf.js');
  const { printC } = await import('../dist/compiler/pcap/print-c.js');
  return compileC(printC(decode(code), expression), 'filter', folder);
}

function compileC(matches, name, folder) {
  const output = path.join(folder, `${name}.o`);
  const body = matches
    ? `const unsigned char *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
  return matches(data, end, end - data) ? 2 : 1;`
    : 'return 2;';
  const text = `${matches}
struct context { unsigned data, data_end; };
__attribute__((section("xdp"), used)) int filter(struct context *ctx) { ${body} }
__attribute__((section("license"), used)) char _license[] = "GPL";
`;
  const flags = ['-O2', '-g', '-target', 'bpf', '-mcpu=v3', '-x', 'c', '-c', '-', '-o', output];
  execFileSync('clang-19', flags, { input: text, stdio: ['pipe', 'ignore', 'inherit'] });
  return readFileSync(output);
}

function summarize(results) {
  const mean = (values) => ({
    mean: values.length > 0 ? Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length) : NaN,
    of: values.length,
  });
  const both = results.filter(({ jited }) => jited.c > 0 && jited.own > 0);
  const slow = results.filter(({ time }) => time.c > LEAST_TIME && time.own > 0);
  const converted = results.filter(({ time }) => time.kernel > LEAST_TIME && time.own > 0);
  return {
    jited: mean(both.map(({ jited }) => jited.own / jited.c)),
    time: mean(slow.map(({ time }) => time.own / time.c)),
    kernel: mean(converted.map(({ time }) => time.own / time.kernel)),
  };
}

/** Of what takes a nanosecond or two a ratio says little; the sum of many says more. */
function total(results, name) {
  const both = results.filter(({ time }) => time[name] !== undefined);
  const sum = (key) => both.reduce((nanoseconds, { time }) => nanoseconds + time[key], 0).toFixed(1);
  return `all ${both.length} expressions together: ours ${sum('own')} ns, ${name} ${sum(name)} ns`;
}

function report(results, means) {
  const number = (value) => (value === undefined ? '-' : value.toFixed(1)).padStart(8);
  const rows = results.map(
    ({ expression, jited, time }) =>
      `${String(jited.own).padStart(6)} ${String(jited.c ?? '-').padStart(6)} ${number(time.own)} ${number(time.c)} ${number(time.kernel)}  ${expression.slice(0, 70)}`,
  );
  const line = (name, { mean, of }) => `${name}: ${mean.toFixed(3)} of ${of} expressions (goal ${goals[name]})`;
  return [
    'jited bytes      ns a run, less the empty program',
    '  ours      C     ours        C   kernel  expression',
    ...rows,
    ...Object.entries(means).map(([name, mean]) => line(name, mean)),
    ...['c', 'kernel'].map((name) => total(results, name)),
  ].join('\n');
}
