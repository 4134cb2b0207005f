/** The two back ends: the same IR gives the same code, and what LLVM refuses comes back as messages. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { AssembleOptions, Backend } from '../../compiler/backend/backend.js';
import { findClangBackend } from '../../compiler/backend/clang.js';
import { findBackend } from '../../compiler/backend/index.js';
import { findLibraryBackend, passPipeline } from '../../compiler/backend/llvm-backend.js';
import { parseMessage } from '../../compiler/backend/messages.js';

const folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-backend-'));
afterAll(() => rmSync(folder, { recursive: true }));

const usual: AssembleOptions = { cpu: 'v3', emit: 'object', optimize: true };

const program = `
source_filename = "program.ts"
@total = global i64 0, align 8
define internal i64 @twice(i64 %value) { %sum = add i64 %value, %value
  ret i64 %sum }
define i32 @onClose(ptr %context) section "kprobe/close" {
  %id = call i64 inttoptr (i64 14 to ptr)()
  %double = call i64 @twice(i64 %id)
  %old = atomicrmw add ptr @total, i64 %double monotonic
  %low = trunc i64 %id to i32
  ret i32 %low
}
`;

function need(backend: Backend | undefined): Backend {
  if (!backend) throw new Error('this test needs libLLVM and clang');
  return backend;
}

const library = need(findLibraryBackend());
const clang = need(findClangBackend(`clang-${library.version}`));

/** A section's bytes, as llvm-objcopy cuts them out. */
function section(object: Uint8Array | undefined, name: string): Buffer {
  const file = path.join(folder, 'object.o');
  const part = path.join(folder, 'section.bin');
  writeFileSync(file, object ?? new Uint8Array());
  execFileSync(`llvm-objcopy-${library.version}`, [`--dump-section=${name}=${part}`, file]);
  return readFileSync(part);
}

describe.each([library, clang])('$kind', (backend) => {
  const errors = (ir: string, options: Partial<AssembleOptions> = {}): string[] => {
    const { output, messages } = backend.assemble(ir, { ...usual, ...options });
    expect(output).toBeUndefined();
    return messages.filter((message) => message.severity === 'error').map((message) => message.text);
  };

  it('makes an ELF object for BPF, twice the same', () => {
    const first = backend.assemble(program, usual);
    expect(first.messages).toEqual([]);
    expect(Buffer.from(first.output!).subarray(0, 4).toString('latin1')).toBe('\x7fELF');
    expect(Buffer.from(first.output!).readUInt16LE(18)).toBe(247);
    expect(Buffer.compare(first.output!, backend.assemble(program, usual).output!)).toBe(0);
  });

  it('makes assembly and IR as text', () => {
    const text = (emit: 'assembly' | 'ir'): string =>
      Buffer.from(backend.assemble(program, { ...usual, emit }).output!).toString('utf8');
    expect(text('assembly')).toContain('call 14');
    expect(text('ir')).toContain('define i32 @onClose');
    expect(text('ir')).not.toContain('@twice');
  });

  it('keeps helper calls and drops what is unused without optimisation', () => {
    const { output, messages } = backend.assemble(program, { ...usual, emit: 'assembly', optimize: false });
    expect(messages).toEqual([]);
    expect(Buffer.from(output!).toString('utf8')).toContain('call 14');
  });

  it('places syntax errors and names what the verifier of LLVM refuses', () => {
    const { messages } = backend.assemble('define i32 @f() {\n  ret i32 oops\n}\n', usual);
    expect(messages[0]).toMatchObject({ severity: 'error', line: 2, text: expect.stringContaining('expected') });
    const unordered = 'define i32 @f() {\n  %a = add i32 %b, 1\n  %b = add i32 %a, 1\n  ret i32 %b\n}\n';
    expect(errors(unordered)[0]).toMatch(/dominate|broken/i);
  });

  it.each([
    [
      'a dynamic signed division',
      'define i64 @f(i64 %a, i64 %b) { %r = sdiv i64 %a, %b\n ret i64 %r }',
      /signed division/,
    ],
    ['six arguments', `define i64 @f(${Array.from('abcdef', (n) => `i64 %${n}`)}) { ret i64 %f }`, /arguments/],
    [
      'a large stack',
      'define i64 @f() { %s = alloca [600 x i8]\n %r = call i64 inttoptr (i64 14 to ptr)(ptr %s)\n ret i64 %r }',
      /stack limit/,
    ],
    ['floating point', 'define double @f(double %a) { %r = fadd double %a, %a\n ret double %r }', /__adddf3/],
    ['a symbol that is a section', '@license = global i32 0, section "license"', /license/],
    ['a fence', 'define void @f() {\n fence seq_cst\n ret void }', /fence/],
    ['an atomic maximum', 'define void @f(ptr %a) {\n %r = atomicrmw max ptr %a, i64 1 seq_cst\n ret void }', /atomic/],
    ['a narrow atomic', 'define void @f(ptr %a) {\n %r = atomicrmw add ptr %a, i8 1 seq_cst\n ret void }', /32 or 64/],
    ['a thread-local variable', '@t = thread_local global i32 0', /thread-local/],
  ])('reports %s', (_name, ir, message) => {
    expect(errors(ir).join('\n')).toMatch(message);
  });

  it('refuses an atomic exchange below v3', () => {
    const ir = 'define i64 @f(ptr %a) {\n %r = atomicrmw xchg ptr %a, i64 1 seq_cst\n ret i64 %r }';
    expect(errors(ir, { cpu: 'v2' }).join()).toMatch(/v3/);
    expect(backend.assemble(ir, usual).messages).toEqual([]);
  });
});

it('gives the same code from both back ends, at every level', { timeout: 60_000 }, () => {
  for (const cpu of ['v1', 'v2', 'v3', 'v4'] as const) {
    const [one, other] = [library, clang].map((backend) => backend.assemble(program, { ...usual, cpu }).output);
    for (const name of ['kprobe/close', '.relkprobe/close']) {
      expect(section(one, name).equals(section(other, name)), `${name} at ${cpu}`).toBe(true);
    }
    expect(section(one, 'kprobe/close').length).toBeGreaterThan(0);
  }
});

it('leaves no file behind and puts no path of the machine into the object', () => {
  const before = readdirSync(tmpdir()).sort();
  for (const backend of [library, clang]) {
    const bytes = Buffer.from(backend.assemble(program, usual).output!).toString('latin1');
    expect(bytes).toContain('program.ts');
    expect(bytes).not.toContain(process.cwd());
  }
  expect(
    readdirSync(tmpdir())
      .sort()
      .filter((name) => /clang|stdin/.test(name) && !before.includes(name)),
  ).toEqual([]);
});

it('finds what TSBPF_LLVM names, and nothing where it names nothing', () => {
  const saved = process.env.TSBPF_LLVM;
  try {
    process.env.TSBPF_LLVM = 'clang';
    expect(findBackend()?.kind).toBe('clang');
    process.env.TSBPF_LLVM = '/nowhere/libLLVM.so';
    expect(findBackend()).toBeUndefined();
    process.env.TSBPF_LLVM = library.path;
    expect(findBackend()).toMatchObject({ kind: 'libllvm', path: library.path });
    process.env.TSBPF_LLVM = '/bin/true';
    expect(findBackend()).toBeUndefined();
  } finally {
    if (saved === undefined) delete process.env.TSBPF_LLVM;
    else process.env.TSBPF_LLVM = saved;
  }
});

it('knows that v4 is younger than LLVM 15, and which passes the versions take', () => {
  expect(passPipeline(19, 'optimize')).toBe('default<O2>');
  expect(passPipeline(17, 'tidy')).not.toContain('fixpoint');
  const old = findLibraryBackend('libLLVM-15.so.1');
  if (!old) return;
  expect(old.version).toBe(15);
  expect(old.assemble(program, { ...usual, cpu: 'v4' }).messages[0].text).toMatch(/v4 needs LLVM 18/);
  expect(old.assemble(program, usual).messages).toEqual([]);
  expect(old.assemble(program, { ...usual, optimize: false }).messages).toEqual([]);
});

it('takes messages apart', () => {
  expect(parseMessage('<unknown>:0:0: in function f: too many arguments', 'error')).toEqual({
    severity: 'error',
    text: 'in function f: too many arguments',
  });
  expect(parseMessage('<stdin>:3:7: error: expected type', 'warning')).toEqual({
    severity: 'error',
    text: 'expected type',
    line: 3,
    column: 7,
  });
  expect(parseMessage('src/app.ts:12:0: in function f: no', 'error')).toMatchObject({ line: 12 });
});
