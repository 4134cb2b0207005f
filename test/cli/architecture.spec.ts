/** `--arch`: whose registers the probes of an object read, whatever machine compiles them. */
import { describe, expect, test } from 'vitest';
import { folderWith, tsbpf } from './command-line.js';

const probe = (parameters: string, result: string) => `import { kprobe, type PtRegs, type u64 } from 'tsbpf';
class Probes {
  @kprobe('some_function')
  static on(${parameters}): number {
    return Number((${result}) & 0xffn);
  }
}
`;

/** The offsets, in bytes, of what a program reads of its context, which is in r1 when it begins. */
function build(source: string, architecture: string) {
  const cwd = folderWith({ 'a.ts': source });
  const { status, stdout, stderr } = tsbpf(['build', 'a.ts', '--arch', architecture, '--emit', 'asm', '-o', '-'], {
    cwd,
  });
  const reads = [...stdout.matchAll(/= \*\(\w+ \*\)\(r\d \+ (\d+)\)/g)].map(([, offset]) => Number(offset));
  return { status, stderr, reads: reads.sort((a, b) => a - b) };
}

// struct pt_regs of each (asm/ptrace.h), in words of 8 bytes: rdi, rsi, rcx and ax are words 14, 13, 11 and 10.
describe('--arch', () => {
  test.each([
    ['x86_64', [8 * 11, 8 * 13, 8 * 14]],
    ['arm64', [0, 8, 24]],
  ])('%s: arguments are where its functions have them', (architecture, reads) => {
    const source = probe('ctx: PtRegs, a: u64, b: u64', 'a ^ b ^ ctx.parm4');
    expect(build(source, architecture)).toEqual({ status: 0, stderr: '', reads });
  });

  test('arm64 has eight arguments in registers', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
    const source = (count: number) =>
      probe(
        `ctx: PtRegs, ${names
          .slice(0, count)
          .map((name) => `${name}: u64`)
          .join(', ')}`,
        names[count - 1]!,
      );
    expect(build(source(8), 'arm64')).toEqual({ status: 0, stderr: '', reads: [56] });
    expect(build(source(9), 'arm64').stderr).toMatch(/only the first eight arguments are in registers/);
    expect(build(source(7), 'x86_64').stderr).toMatch(/only the first six arguments are in registers/);
  });

  test.each([
    ['x86_64', 'ctx.regs[3]', /'regs' of the context of a kprobe program on x86_64/],
    ['arm64', 'ctx.rdi', /'rdi' of the context of a kprobe program on arm64/],
  ])('%s: refuses the other machine’s %s', (architecture, register, message) => {
    const { status, stderr } = build(probe('ctx: PtRegs', register), architecture);
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
  });

  test.each([
    ['x86_64', 'ctx.rdi', 112],
    ['arm64', 'ctx.regs[3]', 24],
  ])('%s: reads its own %s', (architecture, register, offset) => {
    expect(build(probe('ctx: PtRegs', register), architecture)).toEqual({ status: 0, stderr: '', reads: [offset] });
  });

  test('check leaves out the verifier of a machine that has other registers', () => {
    const cwd = folderWith({ 'a.ts': probe('ctx: PtRegs', 'ctx.regs[30] ^ ctx.pstate') });
    const { status, stdout } = tsbpf(['check', 'a.ts', '--arch', 'arm64'], { cwd });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  test('load runs programs of its own machine', () => {
    const [own, other] = process.arch === 'arm64' ? ['arm64', 'x86_64'] : ['x86_64', 'arm64'];
    const cwd = folderWith({ 'a.ts': probe('ctx: PtRegs', 'ctx.parm1') });
    const { status, stderr } = tsbpf(['load', 'a.ts', '--arch', other], { cwd });
    expect(status).toBe(2);
    expect(stderr).toContain(`TSBPF3007: --arch ${other}: expected ${own}`);
  });
});
