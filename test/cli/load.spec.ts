/** `tsbpf load`, on the running kernel. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { compileC } from '../kernel/support/object.js';
import { describeKernel } from '../support/kernel.js';
import { command, folderWith, startTsbpf, tsbpf, until } from './command-line.js';

/** A descriptor that no process has, by which the programs know the calls of these tests. */
const fd = 98_765;
const closeWrong = (times = 1) => {
  for (let call = 0; call < times; call++) expect(() => closeSync(fd)).toThrow('EBADF');
};

const source = `
import { ArrayMap, bpf, HashMap, RingBuffer, shared, tracepoint, u32 } from 'tsbpf';
import type { CharArray, Tracepoint, u64 } from 'tsbpf';
interface Close { pid: u32; comm: CharArray<16> }
const loadTestCloses = new RingBuffer<Close>({ size: 65536 });
const pidsLog2 = new ArrayMap<u64>({ maxEntries: 32 });
const perPid = new HashMap<u32, u64>({ maxEntries: 100 });
const state = shared<{ calls: u64; limit: u32 }>({ calls: 7n, limit: 10 });
@tracepoint('syscalls:sys_enter_close')
function onClose(ctx: Tracepoint<'syscalls:sys_enter_close'>) {
  if (ctx.fd !== ${fd}) return 0;
  const pid = u32(bpf.getCurrentPidTgid() >> 32n);
  state.calls += 1n;
  perPid.increment(pid, 1n);
  pidsLog2.increment(31 - Math.clz32(pid), 1n);
  loadTestCloses.push({ pid, comm: bpf.getCurrentComm() });
  return 0;
}
export { onClose };
console.log('the user-space half has run');
`;

const cSource = `
struct event { __u32 pid; __u32 fd; };
/* What nothing names by its type is not in an object. */
const struct event *unused __attribute__((unused));
struct { __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); __uint(key_size, 4); __uint(value_size, 4); } queue SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __type(key, __u32); __type(value, __u64); __uint(max_entries, 8); } sizes SEC(".maps");
int calls;
struct close_args { __u64 common; int number; int padding; __u64 fd; };
SEC("tracepoint/syscalls/sys_enter_close") int on_close(struct close_args *ctx) {
  if (ctx->fd != ${fd}) return 0;
  struct event event = { bpf_get_current_pid_tgid() >> 32, ctx->fd };
  bpf_perf_event_output(ctx, &queue, BPF_F_CURRENT_CPU, &event, sizeof event);
  __u32 five = 5;
  __u64 *count = bpf_map_lookup_elem(&sizes, &five);
  if (count) __sync_fetch_and_add(count, 1);
  return 0;
}
SEC("xdp") int count(struct xdp_md *ctx) { __sync_fetch_and_add(&calls, 1); return XDP_PASS; }
SEC("tc") int out(struct __sk_buff *ctx) { __sync_fetch_and_add(&calls, 1); return TC_ACT_OK; }
SEC("socket") int keep(struct __sk_buff *ctx) { __sync_fetch_and_add(&calls, 1); return 0; }
SEC("action") int act(struct __sk_buff *ctx) { return 0; }
`;

/** A `tsbpf load` that runs, and what it has printed so far. */
function start(parameters: string[], cwd: string) {
  const child = startTsbpf(['load', ...parameters], { cwd });
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]!.setEncoding('utf8').on('data', (text: string) => (printed[stream] += text));
  }
  return { child, printed, ended: once(child, 'close') };
}

const records = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const comm = () => spawnSync('cat', [`/proc/${process.pid}/comm`], { encoding: 'utf8' }).stdout.trim();

describeKernel('tsbpf load', { since: '5.8' }, () => {
  const typescript = () => folderWith({ 'closes.ts': source });
  const clang = () => folderWith({ 'closes.o': compileC(cSource) });

  it('compiles a file, prints its events in columns and its maps at the end, and leaves nothing behind', async () => {
    const { child, printed, ended } = start(['closes.ts'], typescript());
    await until(() => printed.stderr.includes('attached'));
    closeWrong(3);
    await until(() => printed.stdout.split('\n').length > 4);
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(printed.stderr).toBe('onClose: attached to tracepoint syscalls:sys_enter_close\n');
    const lines = printed.stdout.split('\n');
    expect(lines[0]!.trim().split(/ +/)).toEqual(['PID', 'COMM']);
    for (const line of lines.slice(1, 4)) expect(line.trim()).toBe(`${process.pid}  ${comm()}`);
    const power = Math.floor(Math.log2(process.pid));
    const amount = (value: number) => (value >= 1024 ? `${value / 1024}K` : `${value}`);
    expect(lines.slice(4)).toEqual([
      '',
      'pidsLog2',
      `  [${amount(2 ** power)}, ${amount(2 ** (power + 1))})  3  |${'@'.repeat(40)}|`,
      '',
      'perPid',
      `  ${'KEY'.padStart(String(process.pid).length)}  VALUE`,
      `  ${process.pid}      3`,
      '',
      'state',
      '  calls  10',
      '  limit  10',
      '',
    ]);
    const maps = JSON.parse(execFileSync('bpftool', ['-j', 'map', 'show'], { encoding: 'utf8' })) as {
      name?: string;
    }[];
    // The kernel keeps 15 letters of a name.
    await until(() => !maps.some(({ name }) => name === 'loadTestCloses'.slice(0, 15)));
  });

  it.each([
    ['a TypeScript file', 'set.ts'],
    ['an object', 'set.o'],
  ])('fills in constants of %s', async (_, name) => {
    const text = `
      import { RingBuffer, tracepoint } from 'tsbpf';
      import type { CharArray, Tracepoint, u32 } from 'tsbpf';
      interface Seen { fd: u32; label: CharArray<8> }
      const loadTestSeen = new RingBuffer<Seen>({ size: 65536 });
      const wanted: u32 = Number(process.argv[2]);
      const label: CharArray<8> = process.argv[3]!;
      @tracepoint('syscalls:sys_enter_close')
      function onClose(ctx: Tracepoint<'syscalls:sys_enter_close'>) {
        if (ctx.fd === wanted) loadTestSeen.push({ fd: ctx.fd, label });
        return 0;
      }
      export { onClose };`;
    const folder = folderWith({ 'set.ts': text });
    expect(tsbpf(['build', 'set.ts', '-o', 'set.o'], { cwd: folder }).status).toBe(0);
    const set = ['--set', `wanted=${fd}`, '--set', 'label=mine'];
    const { printed, ended } = start([name, ...set, '--json', '--count', '1'], folder);
    await until(() => printed.stdout.includes('attached'));
    closeWrong();
    expect(await ended).toEqual([0, null]);
    const event = records(printed.stdout).find((record) => 'event' in record);
    expect(event).toMatchObject({ event: { fd, label: 'mine' } });
  });

  it('prints JSON, one object a line', async () => {
    const { printed, ended } = start(['closes.ts', '--attach', '--json', '--count', '2'], typescript());
    await until(() => printed.stdout.includes('attached'));
    closeWrong(3);
    expect(await ended).toEqual([0, null]);
    const [attached, ...rest] = records(printed.stdout);
    expect(attached).toEqual({ program: 'onClose', attached: 'tracepoint syscalls:sys_enter_close' });
    const event = { map: 'loadTestCloses', event: { pid: process.pid, comm: comm() } };
    expect(rest.slice(0, 2)).toEqual([event, event]);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string;
    const power = Math.floor(Math.log2(process.pid));
    expect(rest.slice(2)).toEqual([
      { time, map: 'pidsLog2', histogram: [{ from: `${2 ** power}`, to: `${2 ** (power + 1) - 1}`, count: '3' }] },
      { time, map: 'perPid', key: process.pid, value: '3' },
      { time, map: '.data.state', value: { state: { calls: '10', limit: 10 } } },
    ]);
    expect(printed.stderr).toBe('');
  });

  it('changes the maps in place on a terminal', async () => {
    const folder = typescript();
    const run = `stty rows 40 cols 100; exec '${process.execPath}' '${command}' load closes.ts --interval 0.1 --duration 3`;
    const child = spawn('script', ['-qec', run, path.join(folder, 'typescript')], { cwd: folder });
    onTestFinished(() => void child.kill('SIGKILL'));
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    const ended = once(child, 'close');
    await until(() => printed.includes('attached'));
    closeWrong();
    await until(() => printed.includes('calls  8'));
    closeWrong();
    await until(() => printed.includes('calls  9'));
    expect(await ended).toEqual([0, null]);
    // Up over the lines of the block, and all below cleared (ECMA-48).
    // eslint-disable-next-line no-control-regex
    expect(printed).toMatch(/calls {2}8\r\n {2}limit {2}10\r\n\x1b\[\d+A\r?\x1b\[J/);
    expect(printed.match(/PID +COMM/g)).toHaveLength(1);
  });

  it('decodes the perf queue of an object of clang by the struct that is named, and draws what is asked for', async () => {
    const options = ['--attach', 'on_close', '--event', 'queue=event', '--histogram', 'sizes=linear:100', '--json'];
    const { printed, ended } = start(['closes.o', ...options, '--count', '2'], clang());
    await until(() => printed.stdout.includes('attached'));
    closeWrong(2);
    expect(await ended).toEqual([0, null]);
    const [, ...rest] = records(printed.stdout);
    expect(rest.slice(0, 2)).toEqual(Array(2).fill({ map: 'queue', event: { pid: process.pid, fd } }));
    expect(rest[2]).toMatchObject({ map: 'sizes', histogram: [{ from: '500', to: '599', count: '2' }] });
  });

  it('prints events that nothing describes as bytes, and says so', async () => {
    const { printed, ended } = start(['closes.o', '--attach', 'on_close', '--count', '1'], clang());
    await until(() => printed.stderr.includes('attached'));
    closeWrong();
    expect(await ended).toEqual([0, null]);
    expect(printed.stderr).toMatch(/queue: .*printed as bytes; --event queue=STRUCT says it \(.*event.*\)/);
    const bytes = Buffer.from(new Uint32Array([process.pid, fd]).buffer)
      .toString('hex')
      .replace(/(..)(?=.)/g, '$1:');
    // The kernel pads what a perf buffer carries.
    expect(printed.stdout.split('\n').slice(0, 2)).toEqual(['EVENT', expect.stringMatching(`^${bytes}(:00)*$`)]);
  });

  // Neither 2^16 bytes nor 2^18 hold so many records of 24 bytes or more while nobody reads.
  it.each([
    ['a perf queue', ['closes.o', '--attach', 'on_close', '--event', 'queue=event', '--json'], clang],
    ['a ring buffer', ['closes.ts', '--json'], typescript],
  ])('counts what was lost of %s', async (_, parameters, folder) => {
    const { child, printed, ended } = start(parameters, folder());
    await until(() => printed.stdout.includes('attached'));
    child.kill('SIGSTOP');
    const calls = 30_000;
    closeWrong(calls);
    child.kill('SIGCONT');
    child.kill('SIGINT');
    await ended;
    const all = records(printed.stdout);
    const received = all.filter(({ event }) => event !== undefined).length;
    const lost = all.filter(({ lost }) => lost !== undefined).reduce((sum, record) => sum + Number(record['lost']), 0);
    expect(lost).toBeGreaterThan(0);
    expect(received + lost).toBe(calls);
  });

  it('attaches to the packets of an interface, and takes the tc filter away again', async () => {
    const attach = ['count=lo,generic', 'out=lo,egress', 'keep=lo'].flatMap((text) => ['--attach', text]);
    const { child, printed, ended } = start(['closes.o', ...attach, '--json'], clang());
    await until(() => printed.stdout.split('attached').length > 3);
    expect(records(printed.stdout).map(({ attached }) => attached)).toEqual([
      'xdp of lo (generic)',
      'tc egress of lo',
      'packets of lo',
    ]);
    expect(execFileSync('tc', ['filter', 'show', 'dev', 'lo', 'egress'], { encoding: 'utf8' })).toContain('bpf');
    execFileSync('bash', ['-c', 'echo x >/dev/udp/127.0.0.1/9']);
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    const last = records(printed.stdout).at(-1) as { value: { calls: number } };
    // The datagram goes out and comes in; the socket sees both.
    expect(last.value.calls).toBeGreaterThanOrEqual(4);
    expect(execFileSync('tc', ['qdisc', 'show', 'dev', 'lo'], { encoding: 'utf8' })).not.toContain('clsact');
  });

  it('takes the tc filter away when its output is closed', async () => {
    const { child, printed, ended } = start(['closes.o', '--attach', 'out=lo', '--interval', '0.1'], clang());
    await until(() => printed.stderr.includes('attached'));
    child.stdout!.destroy();
    execFileSync('bash', ['-c', 'echo x >/dev/udp/127.0.0.1/9']);
    await ended;
    expect(execFileSync('tc', ['qdisc', 'show', 'dev', 'lo'], { encoding: 'utf8' })).not.toContain('clsact');
  });

  it.each<[string, string, string[], number, RegExp]>([
    ['no such file', 'none', ['nowhere.o'], 1, /TSBPF3001/],
    ['no object', 'none', ['text.o'], 1, /TSBPF2028.*text.o is no sound BPF object/],
    ['no interface', 'clang', ['closes.o', '--attach', 'count'], 2, /TSBPF3081.*\n.*--attach count=eth0/],
    ['an interface that is none', 'clang', ['closes.o', '--attach', 'count=nolo'], 1, /ENODEV.*nolo.*\n.*lo/],
    [
      'no such map',
      'clang',
      ['closes.o', '--attach', 'on_close', '--histogram', 'size=log2'],
      1,
      /TSBPF3083.*\n.*sizes/,
    ],
    ['no histogram', 'clang', ['closes.o', '--attach', 'on_close', '--histogram', 'queue=log2'], 1, /TSBPF3084/],
    ['no scale', 'clang', ['closes.o', '--attach', 'on_close', '--histogram', 'sizes=log3'], 2, /TSBPF3089.*MAP=log2/],
    [
      'no such struct',
      'clang',
      ['closes.o', '--attach', 'on_close', '--event', 'queue=evnt'],
      1,
      /TSBPF3085.*\n.*event/,
    ],
    ['no time', 'clang', ['closes.o', '--interval', 'soon'], 2, /TSBPF3007.*--interval soon/],
    ['a type error', 'none', ['wrong.ts'], 1, /wrong.ts:2:\d+ - error TS/],
    ['constants of user space', 'none', ['constant.ts'], 1, /TSBPF3086.*limit.*\n.*tsbpf run/],
    [
      'no such constant',
      'none',
      ['constant.ts', '--set', 'limit=1', '--set', 'limits=2'],
      2,
      /TSBPF3095.*limits.*\n.*limit/,
    ],
    ['a constant without a value', 'none', ['constant.ts', '--set', 'limit'], 2, /TSBPF3089.*NAME=VALUE/],
    ['a constant of another type', 'none', ['constant.ts', '--set', 'limit=ten'], 2, /--set limit.*ten/],
    ['no program', 'none', ['empty.ts'], 1, /TSBPF3009/],
  ])('says what is wrong: %s', (_, object, parameters, status, message) => {
    const folder = folderWith({
      'text.o': 'no object at all',
      'wrong.ts': `import { xdp } from 'tsbpf';\nexport const p = xdp(() => nothing);\n`,
      'constant.ts': `import { xdp } from 'tsbpf';\nconst limit = Number(process.argv[2]);\nexport const p = xdp((ctx) => ctx.packet.byteLength > limit ? 1 : 2);\n`,
      'empty.ts': 'export const nothing = 1;\n',
      ...(object === 'clang' && { 'closes.o': compileC(cSource) }),
    });
    const result = tsbpf(['load', ...parameters], { cwd: folder });
    expect(result.stderr).toMatch(message);
    expect(result.status).toBe(status);
    expect(result.stdout).toBe('');
    expect(result.stderr).not.toMatch(/^ +at /m);
  });
});

it('help shows no value that stands for none', () => {
  const { status, stdout } = tsbpf(['load', '--help']);
  expect(status).toBe(0);
  expect(stdout).toContain('--attach [NAME[=WHERE]]');
  expect(stdout).not.toMatch(/preset|default: none, |\[\]/);
});
