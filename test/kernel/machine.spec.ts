/** That the kernel tests run where they say: each need is looked up here in a second way. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeKernel, kernelIsAtLeast, kernelVersion } from '../support/kernel.js';

describe('the running kernel', () => {
  it('is the one that the guest was started for', () => {
    const [major, minor] = kernelVersion();
    expect(execFileSync('uname', ['-r'], { encoding: 'utf8' })).toMatch(new RegExp(`^${major}\\.${minor}\\D`));
    if (process.env.TSBPF_VM !== undefined) expect(`${major}.${minor}`).toBe(process.env.TSBPF_VM);
  });

  it('is compared by number', () => {
    const [major, minor] = kernelVersion();
    expect(kernelIsAtLeast('5.9')).toBe(true);
    expect(kernelIsAtLeast(`${major}.${minor}`)).toBe(true);
    expect(kernelIsAtLeast(`${major}.${minor + 1}`)).toBe(false);
  });
});

describeKernel('a kernel with kprobes', { needs: ['kprobes'] }, () => {
  it('lists what can be probed', () => {
    expect(existsSync('/sys/kernel/debug/kprobes/list')).toBe(true);
    expect(readFileSync('/proc/kallsyms', 'latin1')).toMatch(/ register_kprobe$/m);
  });
});
