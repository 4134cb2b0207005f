import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { folderWith, lengthFilter, tsbpf, wrongFilter } from './command-line.js';

test('an object and the file it was built from are shown alike, instructions below their lines', () => {
  const cwd = folderWith({ 'a.ts': lengthFilter });
  expect(tsbpf(['build', 'a.ts'], { cwd }).status).toBe(0);
  const ofObject = tsbpf(['dump', 'a.o'], { cwd });
  expect(ofObject).toMatchObject({ status: 0, stderr: '' });
  expect(ofObject.stdout).toMatch(/return skb\.len;[^]*exit/);
  expect(tsbpf(['dump', 'a.ts'], { cwd }).stdout).toBe(ofObject.stdout);
});

test('an object that was cut short is refused, wherever the cut is', () => {
  const cwd = folderWith({ 'a.ts': lengthFilter });
  expect(tsbpf(['build', 'a.ts'], { cwd }).status).toBe(0);
  const whole = readFileSync(path.join(cwd, 'a.o'));
  for (const length of [4, 63, Math.floor(whole.length / 2), whole.length - 1]) {
    writeFileSync(path.join(cwd, 'cut.o'), whole.subarray(0, length));
    const { status, stdout, stderr } = tsbpf(['dump', 'cut.o'], { cwd });
    expect(stderr).toMatch(/^error TSBPF\d{4}: .*cut\.o/);
    expect(stderr).not.toMatch(/^ +at /m);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  }
});

test('what is neither object nor TypeScript is refused', () => {
  const cwd = folderWith({ 'a.o': 'text', 'empty.o': '' });
  for (const file of ['a.o', 'empty.o']) {
    expect(tsbpf(['dump', file], { cwd })).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(new RegExp(`^error TSBPF3010: ${file} is not an object`)),
    });
  }
});

const parents = `import { bpf, rawTracepoint } from 'tsbpf';
import type { FixedArray, i32, KernelStruct, Pointer, RawArgs, u64 } from 'tsbpf';
interface task_struct extends KernelStruct { real_parent: Pointer<task_struct>; tgid: i32; signal: Pointer<signal_struct> }
interface signal_struct extends KernelStruct { rlim: FixedArray<{ rlim_cur: u64 }, 16> }

@rawTracepoint('sys_enter')
export function onCall(_ctx: RawArgs, _registers: u64, id: u64) {
  const task = bpf.getCurrentTask<task_struct>();
  if (id === 1n) return task.real_parent.tgid;
  return bpf.typeExists<signal_struct>() && task.signal.rlim[7].rlim_cur > 5n;
}
`;

test('what a loader is asked about the kernel stands at its instruction', () => {
  const cwd = folderWith({ 'a.ts': parents });
  const { status, stdout } = tsbpf(['dump', 'a.ts'], { cwd });
  expect(status).toBe(0);
  const asked = [...stdout.matchAll(/^ +\d+: .* {2}(CO-RE .*)$/gm)].map(([, text]) => text);
  expect(new Set(asked)).toEqual(
    new Set([
      'CO-RE <byte_off> task_struct.real_parent',
      ...['byte_off', 'byte_sz', 'lshift_u64', 'rshift_u64'].map((kind) => `CO-RE <${kind}> task_struct.tgid`),
      'CO-RE <type_exists> signal_struct',
      'CO-RE <byte_off> task_struct.signal',
      ...['byte_off', 'byte_sz', 'lshift_u64', 'rshift_u64'].map(
        (kind) => `CO-RE <${kind}> signal_struct.rlim[7].rlim_cur`,
      ),
    ]),
  );
  expect(stdout).toMatch(/struct task_struct \{[^}]*struct task_struct \*real_parent;/);
});

test('a file with an error shows the error', () => {
  const cwd = folderWith({ 'a.ts': wrongFilter });
  const { status, stdout, stderr } = tsbpf(['dump', 'a.ts'], { cwd });
  expect(stderr).toMatch(/^a\.ts:6:\d+ - error/m);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
});
