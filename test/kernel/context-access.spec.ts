/** That the running kernel lets programs read and write the context fields that the table says, and no others. */
import koffi from 'koffi';
import { expect, it } from 'vitest';
import { contextFields, type Access, type ContextField } from '../../compiler/programs/contexts.js';
import type { ProgramKind } from '../../compiler/model.js';
import type { ContextKind } from '../../compiler/programs/program-type.js';
import { describeKernel, kernelIsAtLeast } from '../support/kernel.js';

/** `enum bpf_prog_type`. */
const PROGRAM_TYPES = { socketFilter: 1, kprobe: 2, tc: 3, tcAction: 4, xdp: 6, rawTracepoint: 17 } as const;

const SIZE_BITS = { 1: 0x10, 2: 0x08, 4: 0x00, 8: 0x18 } as const;
const LOAD = 0x61;
const STORE = 0x63;
const MOVE = 0xb7;
const EXIT = 0x95;

type Instruction = readonly [code: number, registers: number, offset: number];

function encode(instructions: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(instructions.length * 8);
  instructions.forEach(([code, registers, offset], index) => {
    bytes.writeUInt8(code, index * 8);
    bytes.writeUInt8(registers, index * 8 + 1);
    bytes.writeInt16LE(offset, index * 8 + 2);
  });
  return bytes;
}

let loadProgram: ((...values: unknown[]) => number) | undefined;
let close: ((descriptor: number) => number) | undefined;

/** Whether the verifier accepts a program, which is not kept. */
function accepts(type: number, instructions: readonly Instruction[]): boolean {
  loadProgram ??= koffi
    .load('libbpf.so.1')
    .func(
      'int bpf_prog_load(int type, const char *name, const char *license, void *code, size_t count, void *options)',
    );
  close ??= koffi.load(null).func('int close(int descriptor)');
  const code = encode([...instructions, [MOVE, 0, 0], [EXIT, 0, 0]]);
  const descriptor = loadProgram(type, 'access', 'GPL', code, code.length / 8, null);
  if (descriptor >= 0) close(descriptor);
  return descriptor >= 0;
}

function accessInKernel(type: number, field: ContextField): Access | undefined {
  const size = SIZE_BITS[field.size];
  const ends = [field.offset, field.offset + ((field.count ?? 1) - 1) * field.size];
  if (!ends.every((offset) => accepts(type, [[LOAD | size, 0x12, offset]]))) return undefined;
  const writable = ends.every((offset) =>
    accepts(type, [
      [MOVE, 2, 0],
      [STORE | size, 0x21, offset],
    ]),
  );
  return writable ? 'write' : 'read';
}

describeKernel('access to context fields', {}, () => {
  const cases: readonly [ContextKind, keyof typeof PROGRAM_TYPES & ProgramKind][] = [
    ['SkBuff', 'socketFilter'],
    ['SkBuff', 'tc'],
    ['SkBuff', 'tcAction'],
    ['XdpContext', 'xdp'],
    ['PtRegs', 'kprobe'],
    ['RawArgs', 'rawTracepoint'],
  ];
  it.each(cases)('of %s is what a %s program may do', (context, kind) => {
    const fields = contextFields(context).filter(({ firstKernel = '5.0' }) => kernelIsAtLeast(firstKernel));
    expect(fields.length).toBeGreaterThan(0);
    const own = fields.map((field) => [field.name, field.access[kind]]);
    expect(own).toEqual(fields.map((field) => [field.name, accessInKernel(PROGRAM_TYPES[kind], field)]));
  });
});
