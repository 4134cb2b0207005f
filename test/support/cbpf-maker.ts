/** Classic BPF programs at random: every instruction, in every order that the checks of libpcap and the kernel admit. */
import { BPF, type Code } from './cbpf-reference.js';
import type { Numbers } from './packet-maker.js';

const offsets = [0, 1, 2, 6, 12, 13, 14, 16, 20, 23, 26, 30, 33, 54, 60, 100, 126, 200, 1500, 65534, 70000, 0xfffffff0];
const constants = [
  0, 1, 2, 3, 4, 5, 6, 14, 15, 17, 31, 32, 33, 64, 80, 255, 0x800, 0x86dd, 0xffff, 0x7fffffff, 0xffffffff,
];

/** @param length of the program; the last instruction returns. */
export function makeProgram(numbers: Numbers, length: number): Code[] {
  const program: Code[] = Array.from({ length: length - 1 }, (_, at) => makeInstruction(numbers, length - 2 - at));
  program.push(numbers.chance(3) ? [BPF.RET | BPF.A, 0, 0, 0] : [BPF.RET, 0, 0, numbers.pick([0, 1, 0x40000])]);
  return program;
}

/** @param room how many instructions stand between it and the last one. */
function makeInstruction(numbers: Numbers, room: number): Code {
  const plain = (code: number, k: number): Code => [code, 0, 0, k];
  const constant = () => (numbers.chance(4) ? numbers.next() : numbers.pick(constants));
  const offset = () => (numbers.chance(8) ? numbers.next() : numbers.pick(offsets));
  const size = numbers.pick([BPF.W, BPF.H, BPF.B]);
  const source = numbers.pick([BPF.K, BPF.X]);
  const skip = () => numbers.below(Math.min(room, 6) + 1);
  switch (numbers.below(16)) {
    case 0:
    case 1:
    case 2:
      return plain(BPF.LD | size | BPF.ABS, offset());
    case 3:
    case 4:
      return plain(BPF.LD | size | BPF.IND, offset());
    case 5:
      return numbers.pick([
        plain(BPF.LD | BPF.W | BPF.LEN, 0),
        plain(BPF.LDX | BPF.W | BPF.LEN, 0),
        plain(BPF.LD | BPF.W | BPF.IMM, constant()),
        plain(BPF.LDX | BPF.W | BPF.IMM, constant()),
      ]);
    case 6:
      return plain(BPF.LDX | BPF.B | BPF.MSH, offset());
    case 7:
      return plain(numbers.pick([BPF.LD, BPF.LDX]) | BPF.W | BPF.MEM, numbers.below(4));
    case 8:
      return plain(numbers.pick([BPF.ST, BPF.STX]), numbers.below(4));
    case 9:
      return plain(BPF.MISC | numbers.pick([BPF.TAX, BPF.TXA]), 0);
    case 10:
    case 11:
    case 12: {
      const operator = numbers.below(11) << 4;
      const isDivision = operator === BPF.DIV || operator === BPF.MOD;
      const isShift = operator === BPF.LSH || operator === BPF.RSH;
      if (operator === BPF.NEG) return plain(BPF.ALU | BPF.NEG, 0);
      // Constants that the checks refuse; those of the index register are known when the filter runs.
      const k = isShift ? numbers.below(32) : isDivision ? constant() || 7 : constant();
      return plain(BPF.ALU | operator | source, source === BPF.K ? k : 0);
    }
    case 13:
      return plain(BPF.JMP | BPF.JA, skip());
    default: {
      const condition = numbers.pick([BPF.JEQ, BPF.JGT, BPF.JGE, BPF.JSET]);
      return [BPF.JMP | condition | source, skip(), skip(), source === BPF.K ? constant() : 0];
    }
  }
}
