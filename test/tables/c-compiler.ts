/** Asks the machine's C compiler and the installed kernel headers for numbers, to hold our tables against. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe } from 'vitest';

const folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-tables-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function hasCompiler(): boolean {
  try {
    writeFileSync(path.join(folder, 'probe.c'), '#include <linux/bpf.h>\nint main(void) { return 0; }\n');
    execFileSync('cc', ['-o', path.join(folder, 'probe'), path.join(folder, 'probe.c')], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * A suite that compares with the installed headers; skipped, with the reason, where there is no C compiler or another machine.
 *
 * @param needs `'x64'` where the headers are those of one machine.
 */
export function describeInC(name: string, body: () => void, needs?: 'x64'): void {
  const otherMachine = needs !== undefined && needs !== process.arch;
  const missing = otherMachine
    ? 'the registers of another machine'
    : 'no C compiler with kernel headers (apt install gcc libc6-dev)';
  if (!otherMachine && hasCompiler()) describe(name, body);
  else describe.skip(name, { meta: { missing } }, body);
}

/**
 * Evaluates C expressions.
 *
 * @param headers `linux/bpf.h`
 * @param expressions each becomes a signed 64-bit number; unsigned 32-bit values stay positive.
 */
export function evaluateInC(headers: readonly string[], expressions: readonly string[]): number[] {
  const name = path.join(folder, `values-${Math.abs(hash(expressions.join()))}`);
  const lines = [
    '#include <stddef.h>',
    '#include <stdio.h>',
    ...headers.map((header) => `#include <${header}>`),
    'int main(void) {',
    ...expressions.map((expression) => `  printf("%lld\\n", (long long)(${expression}));`),
    '  return 0;\n}\n',
  ];
  writeFileSync(`${name}.c`, lines.join('\n'));
  execFileSync('cc', ['-o', name, `${name}.c`]);
  return execFileSync(name, { encoding: 'utf8' }).trim().split('\n').map(Number);
}

function hash(text: string): number {
  let value = 0;
  for (const character of text) value = (Math.imul(value, 31) + character.charCodeAt(0)) | 0;
  return value;
}
