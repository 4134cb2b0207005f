/** `tsbpf types`, and `tsbpf/kernel`: structs of the kernel as its own types describe them. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { describeKernel } from '../support/kernel.js';
import { folderWith, tsbpf } from './command-line.js';

const program = (module: string) => `import { bpf, rawTracepoint } from 'tsbpf';
import type { RawArgs, u64 } from 'tsbpf';
import type { sock, task_struct } from '${module}';

function port(sk: sock): number {
  return sk.__sk_common.skc_dport;
}
@rawTracepoint('sys_enter')
export function onCall(_ctx: RawArgs, _registers: u64, id: u64): number {
  const task = bpf.getCurrentTask<task_struct>();
  if (id === 1n) return port(bpf.pointer<sock>(bpf.addressOf(task.real_parent))!);
  return task.real_parent.in_execve + Number(task.comm === 'sh') + task.thread_pid.tasks.length;
}
`;

describeKernel('structs of the running kernel', { needs: ['btf'] }, () => {
  test('come from tsbpf/kernel, at a build and at a check', () => {
    const cwd = folderWith({ 'a.ts': program('tsbpf/kernel') });
    expect(tsbpf(['check', 'a.ts'], { cwd })).toEqual({ status: 0, stdout: '', stderr: '' });
    const { stdout } = tsbpf(['dump', 'a.ts'], { cwd });
    expect(stdout).toContain('CO-RE <byte_off> sock.__sk_common.skc_dport');
    // Of the hundreds of members, those that the program names.
    const [, body = ''] = /^struct task_struct \{[^\n]*\n([^}]*)\}/m.exec(stdout) ?? [];
    const names = [...body.matchAll(/(\w+)(?:\[\d+\])?(?: : \d+)?; \/\/ at/g)].map(([, name]) => name);
    expect(names.sort()).toEqual(['comm', 'in_execve', 'real_parent', 'thread_pid']);
  });

  test('say what the kernel does not have', () => {
    const cwd = folderWith({ 'a.ts': program('tsbpf/kernel').replace('{ sock, ', '{ no_such_struct as sock, ') });
    const { status, stdout } = tsbpf(['check', '--no-verifier', 'a.ts'], { cwd });
    expect(stdout).toMatch(/^a\.ts:3:15 - error TSBPF1009: .*'no_such_struct'/m);
    expect(stdout).not.toContain('TS2305');
    expect(status).toBe(1);
  });

  test('are written out for the editor, and for machines without a BTF', () => {
    const cwd = folderWith({ 'a.ts': program('./kernel.js') });
    const made = tsbpf(['types', 'task_struct', 'sock', 'pid', '-o', 'kernel.d.ts'], { cwd });
    expect(made).toEqual({ status: 0, stdout: '', stderr: '' });
    const text = readFileSync(path.join(cwd, 'kernel.d.ts'), 'utf8');
    expect(text).toMatch(/^export interface task_struct extends KernelStruct \{\n/m);
    expect(text).toMatch(/^ {2}real_parent: Pointer<task_struct>;$/m);
    expect(text).toMatch(/^ {2}in_execve: Bits<1, u32>;$/m);
    expect(text).toMatch(/^ {2}comm: CharArray<16>;$/m);
    // __be16 skc_dport, in a struct without a name inside a union without one.
    expect(text).toMatch(/^ {2}skc_dport: be16;$/m);
    // Only pointed to.
    expect(text).toMatch(/^export interface mm_struct extends KernelStruct \{\}$/m);
    expect(tsbpf(['check', 'a.ts'], { cwd })).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('are not written where one is not there', () => {
    const cwd = folderWith({});
    const { status, stderr } = tsbpf(['types', 'task_struct', 'task_strut', '-o', 'kernel.d.ts'], { cwd });
    expect(stderr).toMatch(/^error TSBPF3042: .*task_strut\n {2}hint: /);
    expect(status).toBe(1);
    expect(existsSync(path.join(cwd, 'kernel.d.ts'))).toBe(false);
  });
});

test('a BTF that is missing, cut short or something else is refused', () => {
  const cwd = folderWith({ 'a.ts': program('tsbpf/kernel'), 'text.btf': 'x'.repeat(100) });
  // The header of struct btf_header, with a type section that goes on after the file's end.
  const header = Buffer.from('9feb01001800000000000000ff0000000000000001000000', 'hex');
  writeFileSync(path.join(cwd, 'cut.btf'), header);
  for (const [file, reason] of [
    ['absent.btf', 'there is no absent.btf'],
    ['text.btf', 'text.btf: this is no BTF'],
    ['cut.btf', 'cut.btf: the BTF was cut short'],
  ] as const) {
    expect(tsbpf(['types', 'task_struct', '--btf', file], { cwd })).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining(`error TSBPF3041: ${reason}`),
    });
    const { status, stderr } = tsbpf(['build', '--btf', file, 'a.ts'], { cwd });
    expect(stderr).toMatch(/^a\.ts:3:\d+ - error TSBPF1008: The types of a kernel cannot be read: /m);
    expect(stderr).toContain(reason);
    expect(status).toBe(1);
  }
});
