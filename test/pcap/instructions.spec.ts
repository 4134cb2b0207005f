/** Every classic instruction, lowered and run by the kernel: against values by hand, the reference, and libpcap. */
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import { formatDiagnostics } from '../../compiler/diagnostics/index.js';
import { memoryHost } from '../../compiler/host.js';
import { compile } from '../../compiler/index.js';
import { writeRaw } from '../../compiler/pcap/cbpf.js';
import * as libpcap from '../../runtime/native/libpcap.js';
import { batchOf } from '../support/batch-run.js';
import { makeProgram } from '../support/cbpf-maker.js';
import { BPF, runReference, type Code } from '../support/cbpf-reference.js';
import { describeKernel } from '../support/kernel.js';
import { canBeTested, makePackets, Numbers } from '../support/packet-maker.js';
import { TestObject } from '../support/test-run.js';

/** Expressions of the form `code 3` mean the program of that number. */
const programs = new Map<string, Uint8Array>();

vi.mock(import('../../runtime/native/libpcap.js'), async (original) => {
  const whole = await original();
  const compileExpression: typeof whole.compileExpression = (expression, linkType) => {
    const code = programs.get(expression);
    return code ? { code } : whole.compileExpression(expression, linkType);
  };
  return { ...whole, compileExpression };
});

const root = path.resolve(import.meta.dirname, '../..');
const kinds = { xdp: 'xdp(', tc: "tc('ingress', ", socketFilter: 'socketFilter(' } as const;
type Kind = keyof typeof kinds;

function encode(code: readonly Code[]): Uint8Array {
  return writeRaw(code.map(([opcode, jumpTrue, jumpFalse, k]) => ({ code: opcode, jumpTrue, jumpFalse, k })));
}

/** One object of a program for each piece of code, `filter_0` and following. */
async function load(codes: readonly (readonly Code[])[], kind: Kind): Promise<TestObject> {
  programs.clear();
  codes.forEach((code, index) => programs.set(`code ${index}`, encode(code)));
  const lines = codes.map(
    (_, index) => `export const filter_${index} = ${kinds[kind]}(ctx) => (pcapFilter('code ${index}', ctx) ? 2 : 1));`,
  );
  const file = path.join(root, 'test/kernel/compiled/classic.ts');
  const text = ["import { pcapFilter, socketFilter, tc, xdp } from 'tsbpf';", ...lines].join('\n');
  const compilation = await compile(file, {}, memoryHost({ [file]: text }, root));
  const object = compilation.object();
  if (!object) throw new Error(formatDiagnostics(compilation.diagnostics, { directory: root, color: false }));
  return new TestObject(object);
}

const plain = (code: number, k = 0): Code => [code, 0, 0, k];
const load8 = (offset: number) => plain(BPF.LD | BPF.B | BPF.ABS, offset);
const loadA = (value: number) => plain(BPF.LD | BPF.IMM, value);
const loadX = (value: number) => plain(BPF.LDX | BPF.IMM, value);
const alu = (operator: number, k: number) => plain(BPF.ALU | operator, k);
const aluX = (operator: number) => plain(BPF.ALU | operator | BPF.X);
const tax = plain(BPF.MISC | BPF.TAX);
const txa = plain(BPF.MISC | BPF.TXA);
const accept = plain(BPF.RET, 1);
const reject = plain(BPF.RET, 0);
/** Takes the packet where the accumulator is that. */
const isThat = (value: number): Code[] => [[BPF.JMP | BPF.JEQ, 0, 1, value], accept, reject];

/** Byte i of the packet is i, but for byte 14, which is an IPv4 header of 24 bytes. 64 bytes. */
const packet = Uint8Array.from({ length: 64 }, (_, index) => (index === 14 ? 0x46 : index));

/** Code, and what the accumulator is behind it; undefined where the filter rejects the packet before. */
const cases: Readonly<Record<string, readonly [code: readonly Code[], accumulator: number | undefined]>> = {
  'ld #k': [[loadA(0x12345678)], 0x12345678],
  'the accumulator begins as 0': [[alu(BPF.ADD, 0)], 0],
  'the index begins as 0': [[loadA(5), txa], 0],
  'ldb [k]': [[load8(33)], 33],
  'ldh [k]': [[plain(BPF.LD | BPF.H | BPF.ABS, 20)], 0x1415],
  'ld [k]': [[plain(BPF.LD | BPF.W | BPF.ABS, 20)], 0x14151617],
  'ld [k] at an odd offset': [[plain(BPF.LD | BPF.W | BPF.ABS, 21)], 0x15161718],
  'ldb at the last byte': [[load8(63)], 63],
  'ldb past the end': [[load8(64)], undefined],
  'ldh that crosses the end': [[plain(BPF.LD | BPF.H | BPF.ABS, 63)], undefined],
  'ld that crosses the end': [[plain(BPF.LD | BPF.W | BPF.ABS, 61)], undefined],
  'ld far past the end': [[plain(BPF.LD | BPF.W | BPF.ABS, 0x7fffffff)], undefined],
  'ldb [x + k]': [[loadX(4), plain(BPF.LD | BPF.B | BPF.IND, 30)], 34],
  'ldh [x + k]': [[load8(4), tax, plain(BPF.LD | BPF.H | BPF.IND, 30)], 0x2223],
  'ld [x + k]': [[load8(4), tax, plain(BPF.LD | BPF.W | BPF.IND, 30)], 0x22232425],
  'ldb [x + k] at the last byte': [[load8(60), tax, plain(BPF.LD | BPF.B | BPF.IND, 3)], 63],
  'ldb [x + k] past the end': [[load8(60), tax, plain(BPF.LD | BPF.B | BPF.IND, 4)], undefined],
  'ldb [x + k] does not wrap': [
    [plain(BPF.LD | BPF.B | BPF.ABS, 0), alu(BPF.SUB, 1), tax, plain(BPF.LD | BPF.B | BPF.IND, 2)],
    undefined,
  ],
  'ld #pktlen': [[plain(BPF.LD | BPF.LEN)], 64],
  'ldx #pktlen': [[plain(BPF.LDX | BPF.LEN), txa], 64],
  'ldx #k': [[loadX(77), txa], 77],
  'ldxb 4*([k]&0xf)': [[plain(BPF.LDX | BPF.B | BPF.MSH, 14), txa], 24],
  'ldxb 4*([k]&0xf) past the end': [[plain(BPF.LDX | BPF.B | BPF.MSH, 64), txa], undefined],
  'ldxb 4*([k]&0xf) keeps the accumulator': [[loadA(9), plain(BPF.LDX | BPF.B | BPF.MSH, 14)], 9],
  'st and ld M[k]': [[loadA(9), plain(BPF.ST, 3), loadA(1), plain(BPF.LD | BPF.MEM, 3)], 9],
  'stx and ldx M[k]': [[loadX(8), plain(BPF.STX, 15), loadX(1), plain(BPF.LDX | BPF.MEM, 15), txa], 8],
  'words of memory are apart': [
    [loadA(1), plain(BPF.ST, 0), loadA(2), plain(BPF.ST, 1), plain(BPF.LD | BPF.MEM, 0)],
    1,
  ],
  'add k': [[load8(20), alu(BPF.ADD, 5)], 25],
  'add wraps at 32 bits': [[loadA(0xffffffff), alu(BPF.ADD, 2)], 1],
  'add x': [[load8(20), tax, load8(30), aluX(BPF.ADD)], 50],
  'sub k': [[load8(20), alu(BPF.SUB, 5)], 15],
  'sub wraps': [[load8(20), alu(BPF.SUB, 21)], 0xffffffff],
  'sub x': [[load8(20), tax, load8(30), aluX(BPF.SUB)], 10],
  'mul k': [[load8(20), alu(BPF.MUL, 7)], 140],
  'mul wraps': [[loadA(0x10001), alu(BPF.MUL, 0x10001)], 0x20001],
  'mul x': [[load8(20), tax, load8(30), aluX(BPF.MUL)], 600],
  'div k': [[load8(20), alu(BPF.DIV, 3)], 6],
  'div is unsigned': [[loadA(0xfffffffe), alu(BPF.DIV, 2)], 0x7fffffff],
  'div x': [[load8(3), tax, load8(20), aluX(BPF.DIV)], 6],
  'div by a zero of the packet': [[load8(0), tax, load8(20), aluX(BPF.DIV)], undefined],
  'mod k': [[load8(20), alu(BPF.MOD, 7)], 6],
  'mod is unsigned': [[loadA(0xffffffff), alu(BPF.MOD, 10)], 5],
  'mod x': [[load8(7), tax, load8(20), aluX(BPF.MOD)], 6],
  'mod by a zero of the packet': [[load8(0), tax, load8(20), aluX(BPF.MOD)], undefined],
  'or k': [[load8(20), alu(BPF.OR, 0xf01)], 0xf15],
  'or x': [[load8(1), tax, load8(20), aluX(BPF.OR)], 21],
  'and k': [[load8(21), alu(BPF.AND, 0x14)], 20],
  'and x': [[load8(12), tax, load8(20), aluX(BPF.AND)], 4],
  'xor k': [[load8(21), alu(BPF.XOR, 0xff)], 0xea],
  'xor x': [[load8(21), tax, load8(20), aluX(BPF.XOR)], 1],
  'lsh k': [[load8(20), alu(BPF.LSH, 4)], 320],
  'lsh loses what leaves 32 bits': [[loadA(0x80000001), alu(BPF.LSH, 1)], 2],
  'lsh x': [[load8(4), tax, load8(20), aluX(BPF.LSH)], 320],
  'lsh by 32 of the packet': [[load8(32), tax, load8(20), aluX(BPF.LSH)], 0],
  'rsh k': [[load8(20), alu(BPF.RSH, 2)], 5],
  'rsh is unsigned': [[loadA(0x80000000), alu(BPF.RSH, 31)], 1],
  'rsh x': [[load8(2), tax, load8(20), aluX(BPF.RSH)], 5],
  'rsh by 40 of the packet': [[load8(40), tax, load8(20), aluX(BPF.RSH)], 0],
  neg: [[load8(1), plain(BPF.ALU | BPF.NEG)], 0xffffffff],
  'tax and txa': [[load8(20), tax, loadA(0), txa], 20],
  'ja over one': [[loadA(1), plain(BPF.JMP | BPF.JA, 1), loadA(2)], 1],
  'ja to the next': [[loadA(1), plain(BPF.JMP | BPF.JA, 0), loadA(2)], 2],
  'jeq k, true': [[load8(20), [BPF.JMP | BPF.JEQ, 0, 1, 20], loadA(1)], 1],
  'jeq k, false': [[load8(20), [BPF.JMP | BPF.JEQ, 0, 1, 21], loadA(1)], 20],
  'jeq of a half, true': [[plain(BPF.LD | BPF.H | BPF.ABS, 20), [BPF.JMP | BPF.JEQ, 1, 0, 0x1415], loadA(1)], 0x1415],
  'jeq of a half with more': [[plain(BPF.LD | BPF.H | BPF.ABS, 20), [BPF.JMP | BPF.JEQ, 1, 0, 0x11415], loadA(1)], 1],
  'jeq x, true': [[loadX(20), load8(20), [BPF.JMP | BPF.JEQ | BPF.X, 1, 0, 0], loadA(1)], 20],
  'jeq x, false': [[loadX(21), load8(20), [BPF.JMP | BPF.JEQ | BPF.X, 1, 0, 0], loadA(1)], 1],
  'jgt k, equal': [[load8(20), [BPF.JMP | BPF.JGT, 1, 0, 20], loadA(1)], 1],
  'jgt k, greater': [[load8(20), [BPF.JMP | BPF.JGT, 1, 0, 19], loadA(1)], 20],
  'jgt is unsigned': [[loadA(0xffffffff), [BPF.JMP | BPF.JGT, 1, 0, 1], loadA(1)], 0xffffffff],
  'jgt x': [[loadX(21), load8(20), [BPF.JMP | BPF.JGT | BPF.X, 1, 0, 0], loadA(1)], 1],
  'jge k, equal': [[load8(20), [BPF.JMP | BPF.JGE, 1, 0, 20], loadA(1)], 20],
  'jge k, less': [[load8(20), [BPF.JMP | BPF.JGE, 1, 0, 21], loadA(1)], 1],
  'jge x': [[loadX(20), load8(20), [BPF.JMP | BPF.JGE | BPF.X, 1, 0, 0], loadA(1)], 20],
  'jset k, some bit': [[load8(20), [BPF.JMP | BPF.JSET, 1, 0, 6], loadA(1)], 20],
  'jset k, no bit': [[load8(20), [BPF.JMP | BPF.JSET, 1, 0, 0xeb], loadA(1)], 1],
  'jset of a word': [[plain(BPF.LD | BPF.ABS, 20), [BPF.JMP | BPF.JSET, 1, 0, 0x01000000], loadA(1)], 1],
  'jset x': [[loadX(4), load8(20), [BPF.JMP | BPF.JSET | BPF.X, 1, 0, 0], loadA(1)], 20],
  'ways that meet with different registers': [
    [
      load8(20),
      [BPF.JMP | BPF.JEQ, 0, 2, 20],
      loadX(30),
      plain(BPF.JMP | BPF.JA, 1),
      loadX(31),
      plain(BPF.LD | BPF.B | BPF.IND, 2),
    ],
    32,
  ],
};

/** Returned at once, with what becomes of the packet. */
const returns: Readonly<Record<string, readonly [code: readonly Code[], verdict: boolean]>> = {
  'ret #0': [[load8(0), reject], false],
  'ret #k': [[load8(0), plain(BPF.RET, 0x40000)], true],
  'ret a, zero': [[load8(0), plain(BPF.RET | BPF.A)], false],
  'ret a, not zero': [[load8(1), plain(BPF.RET | BPF.A)], true],
};

describeKernel('classic instructions', {}, () => {
  for (const kind of Object.keys(kinds) as Kind[]) {
    it(`mean in ${kind} what they mean in the specification`, async () => {
      const wanted = [
        ...Object.entries(cases).map(([name, [code, value]]) => ({
          name,
          code: [...code, ...isThat(value ?? 0)],
          verdict: value !== undefined,
        })),
        ...Object.entries(returns).map(([name, [code, verdict]]) => ({ name, code, verdict })),
      ];
      // Where the code is expected to reject, it does not do so for its last test.
      const never = Object.entries(cases).flatMap(([name, [code, value]]) =>
        value === undefined ? [{ name: `${name}, whatever follows`, code: [...code, accept], verdict: false }] : [],
      );
      const all = [...wanted, ...never];
      for (const { name, code, verdict } of all) expect(runReference(code, packet) !== 0, name).toBe(verdict);
      using object = await load(
        all.map(({ code }) => code),
        kind,
      );
      using batch = batchOf([packet], kind === 'socketFilter' ? 14 : 0);
      const found = all.map(({ name }, index) => [name, batch.run(object.program(`filter_${index}`).fd)[0] === 2]);
      expect(found).toEqual(all.map(({ name, verdict }) => [name, verdict]));
    });

    it(`at random are in ${kind} what the reference and libpcap say`, async () => {
      const numbers = new Numbers(11);
      const codes = Array.from({ length: 60 }, () => makeProgram(numbers, 5 + numbers.below(30)));
      const made = makePackets(200, 5, { least: kind === 'socketFilter' ? 1 : 15 });
      const packets = (kind === 'tc' ? made.filter(canBeTested) : made).slice(0, 100);
      using object = await load(codes, kind);
      using batch = batchOf(packets, kind === 'socketFilter' ? 14 : 0);
      const wrong = codes.flatMap((code, index) => {
        const results = batch.run(object.program(`filter_${index}`).fd);
        const offline = libpcap.offlineFilter(encode(code));
        const differing = packets.filter((one, at) => {
          const expected = runReference(code, one) !== 0;
          return expected !== (results[at] === 2) || expected !== offline.matches(one);
        });
        offline.free();
        return differing.slice(0, 2).map((one) => ({ code, packet: Buffer.from(one).toString('hex') }));
      });
      expect(wrong).toEqual([]);
    });
  }
});
