/** The object reader on what clang compiles: its text against llvm-objdump's, its types against the C source. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  checkObject,
  disassemble,
  formatDefinition,
  formatObject,
  LineTable,
  readElf,
} from '../../compiler/object/index.js';
import { arithmetic, compile, signedArithmetic, tracer } from './samples.js';

/** llvm-objdump's text by instruction, without its notes on where a jump leads. */
function objdump(object: Uint8Array, section: string): Map<number, string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-objdump-'));
  const file = path.join(folder, 'sample.o');
  writeFileSync(file, object);
  const flags = ['-d', '--mcpu=v4', '--no-show-raw-insn', '-j', section, file];
  const text = execFileSync('llvm-objdump-19', flags, { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  const lines = [...text.matchAll(/^\s+(\d+):\s+(.*?)(?: <[a-z]+\+0x[0-9a-f]+>)?$/gm)];
  return new Map(lines.map(([, index, instruction]) => [Number(index), instruction.replace(/\s+/g, ' ')]));
}

/** objdump names the half register in loads and stores; the kernel's log and this disassembler do not. */
function wholeRegisters(text: string): string {
  return text.includes('*(') && !/^lock|atomic/.test(text) ? text.replace(/\bw(\d)/g, 'r$1') : text;
}

describe('disassemble', () => {
  it.each([
    ['v3', arithmetic],
    ['v4', signedArithmetic],
  ])('agrees with llvm-objdump on code for %s', (cpu, source) => {
    const object = compile(source, `-mcpu=${cpu}`);
    const theirs = objdump(object, 't');
    const section = readElf(object).sections.find((one) => one.name === 't')!;
    const ours = disassemble(section.bytes.data);
    expect(ours.length).toBe(theirs.size);
    expect(ours.length).toBeGreaterThan(100);
    for (const { index, text } of ours) expect(text).toBe(wholeRegisters(theirs.get(index) ?? ''));
  });

  const word = (...bytes: number[]): string => disassemble(Uint8Array.from(bytes))[0].text;

  it('writes each operation as the instruction-set document defines it', () => {
    expect(word(0x06, 0, 0, 0, 0x40, 0, 1, 0)).toBe('gotol +0x10040');
    expect(word(0x05, 0, 0xfe, 0xff, 0, 0, 0, 0)).toBe('goto -0x2');
    expect(word(0xbf, 0x21, 8, 0, 0, 0, 0, 0)).toBe('r1 = (s8)r2');
    expect(word(0xbc, 0x21, 16, 0, 0, 0, 0, 0)).toBe('w1 = (s16)w2');
    expect(word(0x81, 0x21, 4, 0, 0, 0, 0, 0)).toBe('r1 = *(s32 *)(r2 + 0x4)');
    expect(word(0xd7, 0x01, 0, 0, 32, 0, 0, 0)).toBe('r1 = bswap32 r1');
    expect(word(0xdc, 0x01, 0, 0, 16, 0, 0, 0)).toBe('r1 = be16 r1');
    expect(word(0x3f, 0x21, 1, 0, 0, 0, 0, 0)).toBe('r1 s/= r2');
    expect(word(0x28, 0, 0, 0, 12, 0, 0, 0)).toBe('r0 = *(u16 *)skb[0xc]');
    expect(word(0x85, 0, 0, 0, 14, 0, 0, 0)).toBe('call 14');
    expect(word(0xff, 0, 0, 0, 0, 0, 0, 0)).toBe('<unknown: ff 00 00 00 00 00 00 00>');
    const named = disassemble(Uint8Array.from([0x85, 0, 0, 0, 14, 0, 0, 0]), {
      helper: (id) => (id === 14 ? 'me' : undefined),
    });
    expect(named[0].text).toBe('call 14 (me)');
  });
});

describe('checkObject', () => {
  const bytes = compile(tracer, '-g');
  const object = checkObject(bytes);

  it('lists programs, functions, license and globals', () => {
    expect(object.programs.map(({ name, section }) => [name, section])).toEqual([
      ['onClose', 'kprobe/close'],
      ['onPacket', 'xdp'],
    ]);
    expect(object.functions.map(({ name, section }) => [name, section])).toEqual([['helper', '.text']]);
    expect(object.programs[0].instructions.length).toBe(object.programs[0].count * 8);
    expect(object.license).toBe('GPL');
    const globals = Object.fromEntries(
      object.globals.map(({ section, variables }) => [section, variables.map((v) => v.name)]),
    );
    expect(globals).toMatchObject({ '.rodata': ['limit'], '.data': ['started'], '.data.own': ['own'] });
    expect(globals['.bss'].sort()).toEqual(['hidden', 'total']);
    expect([...object.globals.find(({ section }) => section === '.data')!.initial]).toEqual([7, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('lists maps as the source defines them', () => {
    const maps = new Map(object.maps.map((map) => [map.name, map]));
    expect(maps.get('counts')).toMatchObject({ type: 1, keySize: 4, valueSize: 64, maxEntries: 1024, flags: 0 });
    expect(maps.get('ring')).toMatchObject({ type: 27, keySize: 0, valueSize: 0, maxEntries: 4096 });
    expect(maps.get('outer')).toMatchObject({ type: 12, keySize: 4, maxEntries: 2 });
    expect(object.btf!.resolve(maps.get('counts')!.valueType)).toMatchObject({ kind: 'struct', name: 'event' });
  });

  it('reads types with bit fields, unions and enums', () => {
    const btf = object.btf!;
    const inner = btf.find('inner', 'struct')!;
    expect(inner.size).toBe(24);
    expect(inner.members.map(({ name, bitOffset, bitSize }) => [name, bitOffset, bitSize])).toEqual([
      ['a', 0, 3],
      ['b', 3, 5],
      ['', 64, 0],
      ['color', 128, 0],
    ]);
    expect(btf.find('color', 'enum')!.values).toEqual([
      { name: 'RED', value: 0n },
      { name: 'GREEN', value: 5n },
    ]);
    expect(btf.sizeOf(btf.find('event', 'struct')!.members[2].type)).toBe(16);
    expect(formatDefinition(btf, btf.find('event', 'struct')!)).toContain('  char comm[16]; // at 16\n');
    expect(formatDefinition(btf, btf.find('event', 'struct')!)).toContain('  struct event *next; // at 56\n');
  });

  it('finds the source line of an instruction', () => {
    const lines = new LineTable(object);
    const text = tracer.split('\n');
    const called = disassemble(object.programs[0].instructions).find((one) => one.text === 'call 14')!;
    const expected = text.findIndex((line) => line.includes('pidtgid() >> 32'));
    expect(lines.find('onClose', called.index)).toMatchObject({
      line: expected + 1,
      file: expect.stringMatching(/sample\.c$/),
    });
    expect(lines.find('helper', 0)?.line).toBe(text.findIndex((line) => line.includes('u64 helper(')) + 1);
    expect(lines.find('onClose', 100_000)).toBeUndefined();
    expect(lines.find('nothing', 0)).toBeUndefined();
  });

  it('shows code between its source lines, then maps and types', () => {
    const text = formatObject(bytes);
    expect(text).toMatch(/sample\.c:\d+ {2}u32 key = pidtgid\(\) >> 32;\n +\d+: call 14/);
    expect(text).toContain('map counts: hash, key u32 (4), value struct event (64), 1024 entries');
    expect(text.indexOf('program onClose')).toBeLessThan(text.indexOf('map counts'));
    expect(text.indexOf('map counts')).toBeLessThan(text.indexOf('struct event {'));
  });

  it('takes an object without BTF, and knows then neither types nor lines', () => {
    const plain = checkObject(compile(arithmetic, '-mcpu=v3'));
    expect(plain.btf).toBeUndefined();
    expect(plain.programs.length).toBe(6);
    expect(new LineTable(plain).find('jumps', 0)).toBeUndefined();
    expect(() => checkObject(compile(tracer))).toThrow(/\.maps and no BTF/);
  });
});
