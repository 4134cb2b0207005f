/** Broken objects are refused with a reason, never with a crash, and libbpf survives what is accepted. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { Btf, checkObject, formatObject, ObjectError, readElf } from '../../compiler/object/index.js';
import { TsbpfError } from '../../runtime/errors.js';
import { mutant } from './mutate.js';
import { compile, tracer } from './samples.js';

const object = compile(tracer, '-g');
const count = Number(process.env.TSBPF_MUTANTS ?? 400);
const seed = Number(process.env.TSBPF_SEED ?? 1);

/** Whether it is accepted; anything thrown but an ObjectError fails the test. */
function accepts(bytes: Uint8Array, what: string): boolean {
  try {
    formatObject(bytes);
    return true;
  } catch (failure) {
    if (!(failure instanceof ObjectError)) throw new Error(`${what}: ${String(failure)}`, { cause: failure });
    expect(failure.message, what).not.toBe('');
    return false;
  }
}

it('refuses an object cut at any 64 bytes', () => {
  for (let length = 0; length < object.length; length += 64) {
    expect(accepts(object.subarray(0, length), `${length} bytes`)).toBe(false);
  }
});

it(`survives ${count} mutants from seed ${seed}, and so does libbpf those it accepts`, { timeout: 280_000 }, () => {
  const accepted = Array.from({ length: count }, (_, index) => mutant(object, seed + index)).filter((bytes, index) =>
    accepts(bytes, `mutant ${seed + index}`),
  );
  console.log(`${accepted.length} of ${count} mutants from seed ${seed} are accepted`);
  expect(accepted.length).toBeGreaterThan(0);
  expect(accepted.length).toBeLessThan(count);
  expect(openAll(accepted)).toBe(`opened ${accepted.length}\n`);
});

/** Opened by libbpf in a process of its own, which may die of it. */
function openAll(objects: readonly Uint8Array[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-mutants-'));
  try {
    const files = objects.map((_, index) => path.join(folder, `${index}.o`));
    files.forEach((file, index) => writeFileSync(file, objects[index]));
    const script = `
      import koffi from 'koffi'; import { readFileSync } from 'node:fs';
      const library = koffi.load('libbpf.so.1');
      library.func('void *libbpf_set_print(void *)')(null);
      const open = library.func('void *bpf_object__open_mem(void *, size_t, void *)');
      const close = library.func('void bpf_object__close(void *)');
      let opened = 0;
      for (; opened < ${files.length}; opened++) {
        const bytes = readFileSync(${JSON.stringify(folder)} + '/' + opened + '.o');
        const object = open(bytes, bytes.length, null);
        if (object && BigInt.asIntN(64, object) > 0n) close(object);
      }
      console.log('opened ' + opened);`;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    return run.status === 0 ? run.stdout : `ended by ${run.signal ?? run.status}: ${run.stderr}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The object with a change to one section, found by name. */
function changed(
  name: string,
  change: (view: DataView, section: { offset: number; size: number }) => void,
): Uint8Array {
  const bytes = object.slice();
  const section = readElf(object).sections.find((one) => one.name === name)!;
  change(new DataView(bytes.buffer, section.offset, section.size), section);
  return bytes;
}

it.each([
  ['an empty file', new Uint8Array(), /not an ELF/],
  ['text', new TextEncoder().encode('#!/bin/sh\n'.repeat(20)), /not an ELF/],
  ['a license without its end', changed('license', (view) => view.setUint8(3, 65)), /NUL/],
  ['a jump out of the function', changed('xdp', (view) => view.setUint32(0, 0x7fff0005, true)), /jumps out/],
  ['a register that does not exist', changed('xdp', (view) => view.setUint8(1, 0x0c)), /register/],
  [
    'a relocation beside its instruction',
    changed('.relxdp', (view) => view.setUint8(0, view.getUint8(0) + 1)),
    /not at an/,
  ],
  [
    'a relocation by no symbol',
    changed('.relxdp', (view) => view.setUint32(12, 99999, true)),
    /symbol that does not exist/,
  ],
  [
    'a symbol name out of its table',
    changed('.symtab', (view) => view.setUint32(24, 0x7fffffff, true)),
    /past the end/,
  ],
  ['names without their end', changed('.strtab', (view, { size }) => view.setUint8(size - 1, 65)), /NUL/],
  ['BTF of another version', changed('.BTF', (view) => view.setUint8(2, 9)), /version 9/],
  ['BTF with a string table too long', changed('.BTF', (view) => view.setUint32(20, 0xffffffff, true)), /belong/],
])('refuses %s', (_name, bytes, reason) => {
  expect(() => checkObject(bytes)).toThrow(reason);
  expect(() => checkObject(bytes)).toThrow(ObjectError);
});

/** BTF of the given types, each a list of 32-bit words after its name; all names are `a`. */
function btf(...types: number[][]): Uint8Array {
  const words = types.flatMap(([kind, value, ...rest]) => [1, kind, value, ...rest]);
  const data = new DataView(new ArrayBuffer(24 + words.length * 4 + 3));
  data.setUint32(0, 0x0001eb9f, true);
  [24, 0, words.length * 4, words.length * 4, 3].forEach((word, index) => data.setUint32(4 + index * 4, word, true));
  words.forEach((word, index) => data.setUint32(24 + index * 4, word, true));
  data.setUint8(24 + words.length * 4 + 1, 97);
  return new Uint8Array(data.buffer);
}

const kind = (number: number, count = 0): number => (number << 24) | count;

it.each([
  ['a typedef of itself', btf([kind(8), 1]), /contains itself/],
  ['typedefs in a circle', btf([kind(8), 2], [kind(8), 1]), /contains itself/],
  ['a pointer to itself', btf([kind(2), 1]), /contains itself/],
  ['an array of itself', btf([kind(3), 0, 1, 1, 1]), /contains itself/],
  ['a struct in itself', btf([kind(4, 1), 8, 1, 1, 0]), /contains itself/],
  ['an empty struct in itself', btf([kind(4, 1), 0, 1, 1, 0]), /contains itself/],
  ['a type that does not exist', btf([kind(2), 7]), /does not exist/],
  ['a member that does not fit', btf([kind(1), 4, 32], [kind(4, 1), 4, 1, 1, 8]), /does not fit/],
  // With kind_flag, the upper eight bits of a member's offset say how many bits it has.
  ['a bit field of no type', btf([(kind(4, 1) | 0x80000000) >>> 0, 8, 1, 0, 1 << 24]), /no integer type/],
  [
    'a bit field that is a pointer',
    btf([kind(2), 0], [(kind(4, 1) | 0x80000000) >>> 0, 8, 1, 1, 1 << 24]),
    /no integer/,
  ],
  ['an unknown kind', btf([kind(20), 0]), /unknown kind 20/],
  ['more members than there are bytes', btf([kind(4, 0xffff), 8]), /past the end/],
  ['an array of arrays larger than memory', btf([kind(1), 4, 32], [kind(3), 0, 1, 1, 0xffffffff]), /larger than any/],
])('refuses %s', (_name, bytes, reason) => {
  expect(() => Btf.parse(bytes)).toThrow(reason);
});

it('takes a struct that points to itself, and 50,000 typedefs in a row', () => {
  const list = Btf.parse(btf([kind(4, 1), 8, 1, 2, 0], [kind(2), 1]));
  expect(list.sizeOf(1)).toBe(8);
  const chain = Btf.parse(btf([kind(1), 4, 32], ...Array.from({ length: 50_000 }, (_, index) => [kind(8), index + 1])));
  expect(chain.sizeOf(50_001)).toBe(4);
});

it('gives the errors of BTF a class and a code, as all errors of the runtime have', () => {
  const error = thrownBy(() => Btf.parse(new Uint8Array([1, 2, 3])));
  expect(error).toBeInstanceOf(TsbpfError);
  expect(error).toMatchObject({ name: 'ObjectError', code: 'TSBPF2028' });
});

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

it('refuses a map of struct_ops in .maps, which ends a process in libbpf', () => {
  const source = `
struct { int (*type)[26]; int (*max_entries)[1]; } operations __attribute__((section(".maps"), used));
char _license[] __attribute__((section("license"), used)) = "GPL";
`;
  expect(() => checkObject(compile(source, '-g'))).toThrow('struct_ops');
});
