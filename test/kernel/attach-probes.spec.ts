/** Tracepoints, raw tracepoints, kernel and user-space functions: every CPU, the right events, nothing left behind. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attach } from '../../runtime/attach/attach.js';
import { kernelFunctions, syscallSymbol } from '../../runtime/attach/kernel-symbols.js';
import { tracefs } from '../../runtime/attach/tracefs.js';
import { resolveBinary } from '../../runtime/attach/uprobe.js';
import { onlineCpus } from '../../runtime/events/cpus.js';
import { privateMount } from '../../runtime/native/mount.js';
import { describeKernel, missing } from '../support/kernel.js';
import { command } from './support/network.js';
import { loadC, type TestObject } from './support/object.js';

/** Each program counts in an entry of its own, by CPU, what the process named in entry 0 of `only` does. */
const program = (section: string, name: string, entry: number, any = false) => `
SEC("${section}") int ${name}(void *ctx) {
  __u32 zero = 0, entry = ${entry} * 64 + (bpf_get_smp_processor_id() & 63);
  __u64 *wanted = bpf_map_lookup_elem(&only, &zero), *count = bpf_map_lookup_elem(&counts, &entry);
  if (wanted && count && (${any ? 1 : 0} || bpf_get_current_pid_tgid() >> 32 == *wanted)) __sync_fetch_and_add(count, 1);
  return 0;
}`;

const MAPS = `
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1024); __type(key, __u32); __type(value, __u64); } counts SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); } only SEC(".maps");
`;

let object: TestObject;
let folder: string;

function total(entry: number): number {
  return onlineCpus().reduce((sum, cpu) => sum + object.count('counts', entry * 64 + cpu), 0);
}

/** How much an entry grows while something runs. */
function growth(entry: number, run: () => void): number {
  const before = total(entry);
  run();
  return total(entry) - before;
}

/** Calls getpriority(2) from this process, on whichever CPU that is. */
function call(times: number): void {
  for (let index = 0; index < times; index++) execGetPriority();
}
const execGetPriority = (await import('node:os')).getPriority;

describeKernel('probes', {}, () => {
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-probes-'));
    object = loadC(
      MAPS +
        program('tracepoint/syscalls/sys_enter_getpriority', 'on_tracepoint', 1) +
        program('raw_tp/sched_process_exec', 'on_raw', 2, true) +
        program('tp/sched/sched_process_exec', 'on_exec', 3, true) +
        program('tracepoint', 'anywhere', 4) +
        program('socket', 'filter', 5).replace(/bpf_get_current_pid_tgid\(\) >> 32/, '0'),
    );
    object.setCount('only', 0, process.pid);
  });
  afterAll(() => {
    object?.[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  it('count a system call exactly, while they are attached', () => {
    const link = attach(object.program('on_tracepoint'));
    expect(growth(1, () => call(100))).toBe(100);
    link.close();
    link.close();
    expect(link.closed).toBe(true);
    expect(growth(1, () => call(100))).toBe(0);
  });

  it('are many at one event, each counted', () => {
    using first = attach(object.program('on_tracepoint'));
    using second = attach(object.program('anywhere'), { event: 'syscalls:sys_enter_getpriority' });
    expect([first.closed, second.closed]).toEqual([false, false]);
    expect(growth(1, () => expect(growth(4, () => call(10))).toBe(10))).toBe(10);
    expect(() => attach(object.program('on_tracepoint'))).toThrow(
      /The program 'on_tracepoint' is attached there already/,
    );
    expect(growth(1, () => call(10))).toBe(10);
  });

  it('see every CPU', () => {
    using link = attach(object.program('on_exec'));
    expect(link.target).toBe('tracepoint sched:sched_process_exec');
    for (const cpu of onlineCpus()) {
      const key = 3 * 64 + cpu;
      const before = object.count('counts', key);
      // taskset itself may start elsewhere; what it executes runs there.
      command('taskset', '-c', String(cpu), 'true');
      expect(object.count('counts', key)).toBeGreaterThan(before);
    }
  });

  it('see raw tracepoints', () => {
    using link = attach(object.program('on_raw'));
    expect(growth(2, () => command('true'))).toBeGreaterThan(0);
    link.close();
    expect(growth(2, () => command('true'))).toBe(0);
  });

  it('go where the options say', () => {
    using link = attach(object.program('anywhere'), { event: 'syscalls:sys_enter_getpriority' });
    expect(growth(4, () => call(7))).toBe(7);
    expect(link.target).toBe('tracepoint syscalls:sys_enter_getpriority');
  });

  it('say what they lack, and near names for events that are not there', () => {
    const anywhere = object.program('anywhere');
    expect(() => attach(anywhere)).toThrow(/does not say an event .*attach\(anywhere, \{ event: /);
    expect(() => attach(anywhere, { event: 'syscalls:sys_enter_getpriorty' })).toThrow(
      /no tracepoint 'syscalls:sys_enter_getpriorty'\. Did you mean 'syscalls:sys_enter_getpriority'/,
    );
    expect(() => attach(anywhere, { event: 'shed:sched_switch' })).toThrow(/Did you mean 'sched:sched_switch'/);
    expect(() => attach(object.program('on_raw'), { event: 'sched_swich' })).toThrow(/Did you mean 'sched_switch'/);
    expect(() => attach(object.program('filter'))).toThrow(/new SocketFilter\(program\)/);
  });

  it('refuse a function that was not compiled', () => {
    expect(() => attach(function onClose() {})).toThrow(/function 'onClose' that was not compiled\. Run the file with/);
  });

  it('find tracefs even where it is not mounted', () => {
    expect(existsSync(`${tracefs()}/events/sched/sched_switch/id`)).toBe(true);
    const mount = privateMount('tracefs');
    expect(readFileSync(`${mount}/events/sched/sched_switch/id`, 'utf8')).toBe(
      readFileSync(`${tracefs()}/events/sched/sched_switch/id`, 'utf8'),
    );
    expect(privateMount('nosuchfs')).toBeUndefined();
  });
});

describeKernel('kernel symbols', {}, () => {
  it('are found for system calls, with and without sys_', () => {
    const prefix = { x64: '__x64_', arm64: '__arm64_' }[process.arch as string] ?? '';
    expect(syscallSymbol('clone')).toBe(`${prefix}sys_clone`);
    expect(syscallSymbol('sys_close')).toBe(`${prefix}sys_close`);
    expect(kernelFunctions().has(syscallSymbol('openat'))).toBe(true);
  });

  it('are suggested where there is none', () => {
    expect(() => syscallSymbol('opnat')).toThrow(/no function 'sys_opnat'\. Did you mean 'sys_openat'/);
  });
});

describeKernel('user-space functions', { needs: ['uprobes'] }, () => {
  let binary: string;
  let probes: TestObject;

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-uprobes-'));
    binary = path.join(folder, 'subject');
    const source = `__attribute__((noinline)) int observed_function(int x) { __asm__ volatile(""); return x + 1; }
      int main(void) { int sum = 0; for (int i = 0; i < 25; i++) sum = observed_function(sum); return sum != 25; }`;
    execFileSync('clang-19', ['-O1', '-x', 'c', '-', '-o', binary], { input: source });
    probes = loadC(
      MAPS +
        program(`uprobe/${binary}:observed_function`, 'on_entry', 1, true) +
        program(`uretprobe/${binary}:observed_function`, 'on_return', 2, true) +
        program('uprobe', 'on_other', 3, true),
    );
    object = probes;
  });
  afterAll(() => {
    probes?.[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are counted at entry and return in every process, while attached', () => {
    const entry = attach(probes.program('on_entry'));
    const exit = attach(probes.program('on_return'));
    expect(growth(1, () => execFileSync(binary))).toBe(25);
    expect(growth(2, () => execFileSync(binary))).toBe(25);
    entry.close();
    expect(growth(1, () => execFileSync(binary))).toBe(0);
    expect(growth(2, () => execFileSync(binary))).toBe(25);
    exit.close();
    expect(growth(2, () => execFileSync(binary))).toBe(0);
  });

  it('may be named by options, in one process alone', () => {
    using everywhere = attach(probes.program('on_other'), { binary, symbol: 'observed_function' });
    expect(growth(3, () => execFileSync(binary))).toBe(25);
    everywhere.close();
    using elsewhere = attach(probes.program('on_other'), { binary, symbol: 'observed_function', pid: process.pid });
    expect(growth(3, () => execFileSync(binary))).toBe(0);
    expect(elsewhere.closed).toBe(false);
  });

  it('are suggested where there is none', () => {
    expect(() => attach(probes.program('on_other'), { binary, symbol: 'observed_functon' })).toThrow(
      /has no function 'observed_functon'\. Did you mean 'observed_function'/,
    );
    expect(() => attach(probes.program('on_other'), { binary: '/none/such', symbol: 'x' })).toThrow(
      /no binary or library/,
    );
    expect(() => attach(probes.program('on_other'), { binary: '/etc/passwd', symbol: 'x' })).toThrow(
      /not a 64-bit ELF/,
    );
    expect(() => attach(probes.program('on_other'))).toThrow(/does not say a binary and a function/);
  });

  it('find binaries on PATH and libraries by name', () => {
    expect(statSync(resolveBinary('env')).ino).toBe(statSync(command('which', 'env').trim()).ino);
    expect(resolveBinary('libc.so.6')).toMatch(/\/libc[.-].*so/);
  });
});

const KPROBES =
  MAPS +
  program('kprobe/sys_getpriority', 'on_entry', 1) +
  program('kretprobe/sys_getpriority', 'on_return', 2) +
  program('kprobe', 'on_other', 3);

describeKernel('kernel functions', { needs: ['kprobes'] }, () => {
  beforeAll(() => {
    object = loadC(KPROBES);
    object.setCount('only', 0, process.pid);
  });
  afterAll(() => object[Symbol.dispose]());

  it('are counted at entry and return, while attached', () => {
    const entry = attach(object.program('on_entry'));
    const exit = attach(object.program('on_return'));
    expect(entry.target).toBe(`kprobe ${syscallSymbol('getpriority')}`);
    expect(growth(1, () => call(50))).toBe(50);
    expect(growth(2, () => call(50))).toBe(50);
    entry.close();
    expect(growth(1, () => call(50))).toBe(0);
    exit.close();
    expect(growth(2, () => call(50))).toBe(0);
  });

  it('are counted on every CPU', () => {
    object.setCount('only', 0, 0);
    using everywhere = loadC(MAPS + program('kprobe/sys_getpriority', 'on_any', 1, true));
    using link = attach(everywhere.program('on_any'));
    expect(link.closed).toBe(false);
    for (const cpu of onlineCpus()) {
      const before = everywhere.count('counts', 64 + cpu);
      command('taskset', '-c', String(cpu), process.execPath, '-e', 'for (let i = 0; i < 9; i++) os.getPriority()');
      expect(everywhere.count('counts', 64 + cpu) - before).toBeGreaterThanOrEqual(9);
    }
    object.setCount('only', 0, process.pid);
  });

  it('may be named by options', () => {
    using link = attach(object.program('on_other'), { symbol: syscallSymbol('getpriority') });
    expect(growth(3, () => call(5))).toBe(5);
    expect(link.closed).toBe(false);
  });

  it('are suggested where there is none', () => {
    expect(() => attach(object.program('on_other'), { symbol: 'sys_getpriorty' })).toThrow(
      /no function 'sys_getpriorty'\. Did you mean .*'sys_getpriority'/,
    );
    expect(() => attach(object.program('on_other'), { symbol: 'do_exitt' })).toThrow(/Did you mean .*'do_exit'/);
    expect(() => attach(object.program('on_other'))).toThrow(/does not say a kernel function/);
  });
});

const withoutKprobes = missing({ needs: ['kprobes'] }) !== undefined && missing() === undefined;

describeKernel('a kernel without kprobes', {}, () => {
  it.runIf(withoutKprobes)('is named as the reason', () => {
    using kprobes = loadC(KPROBES);
    expect(() => attach(kprobes.program('on_entry'))).toThrow(
      /no support for kprobes; it needs .*CONFIG_KPROBE_EVENTS/,
    );
  });
});
