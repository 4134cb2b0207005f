/** Stacks of processes: files, offsets and names, from their own symbol tables. */
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attach } from '../../runtime/attach/attach.js';
import { loadObject, type StackTraceMap } from '../../runtime/index.js';
import { describeKernel } from '../support/kernel.js';
import { systemCall } from '../support/machine.js';
import { compileC } from './support/object.js';
import { eventually } from './support/child.js';

/** Calls getpriority(2) from two functions deep, for each line that it reads. */
const CALLER = `
#include <stdio.h>
__attribute__((noinline)) long inner(long which) {
#ifdef __aarch64__
  register long number __asm__("x8") = ${systemCall.getpriority}, result __asm__("x0") = which, who __asm__("x1") = 0;
  __asm__ volatile("svc 0" : "+r"(result) : "r"(number), "r"(who) : "memory");
#else
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(${systemCall.getpriority}L), "D"(which), "S"(0L) : "rcx", "r11", "memory");
#endif
  return result;
}
__attribute__((noinline)) long outer(long which) { return inner(which) + 1; }
int main(void) {
  while (getchar() != EOF) outer(0x7462);
  return 0;
}
`;

const PROGRAM = `
struct { __uint(type, BPF_MAP_TYPE_STACK_TRACE); __uint(key_size, 4); __uint(value_size, 127 * 8); __uint(max_entries, 64); } stacks SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, __u32); __type(value, __s32); __uint(max_entries, 64); } ids SEC(".maps");
struct call { __u64 common; int number; int padding; __u64 which; };
SEC("tracepoint/syscalls/sys_enter_getpriority") int on_call(struct call *ctx) {
  if (ctx->which != 0x7462) return 0;
  __u32 pid = bpf_get_current_pid_tgid() >> 32;
  __s32 id = bpf_get_stackid(ctx, &stacks, BPF_F_USER_STACK);
  bpf_map_update_elem(&ids, &pid, &id, BPF_ANY);
  return 0;
}
`;

describeKernel('stacks of processes', {}, () => {
  let folder: string;
  const running: ChildProcess[] = [];

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-stacks-'));
  });
  afterAll(() => {
    for (const child of running) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  const build = (name: string, ...flags: string[]) => {
    const file = path.join(folder, name);
    const { status, stderr } = spawnSync(
      'clang-19',
      [
        '-O1',
        '-fno-omit-frame-pointer',
        '-mno-omit-leaf-frame-pointer',
        '-fno-optimize-sibling-calls',
        ...flags,
        '-x',
        'c',
        '-',
        '-o',
        file,
      ],
      { input: CALLER, encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
    return file;
  };

  /** The stack of one call of a process that goes on, or of one that has ended. */
  const stackOf = async (file: string, ends: boolean) => {
    using object = loadObject(compileC(PROGRAM));
    using link = attach(object.programs['on_call']!);
    expect(link.closed).toBe(false);
    const child = spawn(file, { stdio: ['pipe', 'ignore', 'inherit'] });
    running.push(child);
    const pid = child.pid as number;
    child.stdin.write('x');
    await eventually(() => object.maps['ids']!.has(pid), 'the call');
    if (ends) {
      child.stdin.end();
      await once(child, 'close');
    }
    const stacks = object.maps['stacks'] as unknown as StackTraceMap;
    return stacks.stack(object.maps['ids']!.get(pid) as number, { pid });
  };

  it.each<[string, string[]]>([
    ['position-independent', ['-pie', '-fPIE']],
    ['at a fixed address', ['-no-pie']],
    ['stripped, with dynamic symbols', ['-rdynamic', '-s']],
  ])('have the names of a program that is %s', async (name, flags) => {
    const file = build(`caller-${name.replaceAll(' ', '-')}`, ...flags);
    const frames = await stackOf(file, false);
    expect(frames.slice(0, 3).map(({ symbol }) => symbol)).toEqual(['inner', 'outer', 'main']);
    for (const frame of frames.slice(0, 3)) {
      expect(frame.file).toBe(file);
      expect(frame.offset).toBeGreaterThan(0);
      expect(frame.module).toBeUndefined();
    }
    // The C library called main.
    expect(frames[3]!.file).toMatch(/libc/);
  });

  it('have files and offsets where a program has no symbols, of which addr2line knows more', async () => {
    const file = build('caller-stripped', '-no-pie', '-s');
    const symbols = build('caller-symbols', '-no-pie');
    const [frame] = await stackOf(file, false);
    expect(frame).toMatchObject({ symbol: undefined, offset: 0, file });
    const offset = Number(frame!.fileOffset);
    const dump = execFileSync('llvm-objdump-19', ['-d', '--disassemble-symbols=inner', symbols], { encoding: 'utf8' });
    // The address behind the system call; a file at a fixed address has its text at 0x400000 of memory.
    const [, behind] = /(?:syscall|svc\s.*)\s*\n\s*([\da-f]+):/.exec(dump) ?? [];
    expect(0x400000 + offset).toBe(Number.parseInt(behind!, 16));
  });

  it('have the names of a program that was removed', async () => {
    const file = build('caller-removed');
    using object = loadObject(compileC(PROGRAM));
    using link = attach(object.programs['on_call']!);
    expect(link.closed).toBe(false);
    const child = spawn(file, { stdio: ['pipe', 'ignore', 'inherit'] });
    running.push(child);
    await eventually(() => child.pid !== undefined, 'the process');
    child.stdin.write('x');
    await eventually(() => object.maps['ids']!.has(child.pid), 'the call');
    rmSync(file);
    const stacks = object.maps['stacks'] as unknown as StackTraceMap;
    const id = object.maps['ids']!.get(child.pid) as number;
    expect(stacks.stack(id, { pid: child.pid as number })[0]).toMatchObject({ symbol: 'inner', file });
    // Without the process there are addresses alone.
    expect(stacks.stack(id)[0]).toMatchObject({ symbol: undefined, offset: 0 });
    expect(stacks.stack(id)[0]).not.toHaveProperty('file');
  });

  it('are addresses alone where the process is gone', async () => {
    const [frame] = await stackOf(build('caller-gone'), true);
    expect(frame).toEqual({ address: expect.any(BigInt) as bigint, symbol: undefined, offset: 0, module: undefined });
  });
});
