/**
 * Classic BPF by its specification: McCanne and Jacobson, "The BSD Packet Filter" (1993), section 3, and what libpcap's
 * manual pages say of what came later. Written to be read, not to be fast.
 */

/** One `struct bpf_insn`: `[code, jt, jf, k]`. */
export type Code = readonly [code: number, jumpTrue: number, jumpFalse: number, k: number];

/** Opcodes are sums of these, as in the paper's and in pcap/bpf.h. */
export const BPF = {
  ...{ LD: 0, LDX: 1, ST: 2, STX: 3, ALU: 4, JMP: 5, RET: 6, MISC: 7 },
  ...{ W: 0, H: 8, B: 0x10 },
  ...{ IMM: 0, ABS: 0x20, IND: 0x40, MEM: 0x60, LEN: 0x80, MSH: 0xa0 },
  ...{
    ADD: 0,
    SUB: 0x10,
    MUL: 0x20,
    DIV: 0x30,
    OR: 0x40,
    AND: 0x50,
    LSH: 0x60,
    RSH: 0x70,
    NEG: 0x80,
    MOD: 0x90,
    XOR: 0xa0,
  },
  ...{ JA: 0, JEQ: 0x10, JGT: 0x20, JGE: 0x30, JSET: 0x40 },
  ...{ K: 0, X: 8, A: 0x10, TAX: 0, TXA: 0x80 },
} as const;

/**
 * What a filter returns for a packet.
 *
 * @param length of the packet on the wire.
 */
export function runReference(program: readonly Code[], packet: Uint8Array, length = packet.length): number {
  let a = 0;
  let x = 0;
  const memory = Array<number>(16).fill(0);
  const bytes = (offset: number, size: number): number | undefined => {
    if (offset + size > packet.length) return undefined;
    let value = 0;
    for (let index = 0; index < size; index++) value = value * 256 + packet[offset + index]!;
    return value;
  };
  for (let at = 0; ;) {
    const [code, jumpTrue, jumpFalse, k] = program[at++]!;
    const size = { [BPF.W]: 4, [BPF.H]: 2, [BPF.B]: 1 }[code & 0x18]!;
    switch (code & 7) {
      case BPF.LD: {
        const mode = code & 0xe0;
        const values: Record<number, number | undefined> = {
          [BPF.IMM]: k,
          [BPF.ABS]: bytes(k, size),
          [BPF.IND]: bytes(x + k, size),
          [BPF.MEM]: memory[k],
          [BPF.LEN]: length,
        };
        const value = values[mode];
        if (value === undefined) return 0;
        a = value;
        break;
      }
      case BPF.LDX: {
        const byte = bytes(k, 1);
        if ((code & 0xe0) === BPF.MSH && byte === undefined) return 0;
        x = { [BPF.IMM]: k, [BPF.MEM]: memory[k]!, [BPF.LEN]: length, [BPF.MSH]: 4 * ((byte ?? 0) % 16) }[code & 0xe0]!;
        break;
      }
      case BPF.ST:
        memory[k] = a;
        break;
      case BPF.STX:
        memory[k] = x;
        break;
      case BPF.ALU: {
        const operand = code & BPF.X ? x : k;
        const result = compute(code & 0xf0, BigInt(a), BigInt(operand));
        if (result === undefined) return 0;
        a = Number(BigInt.asUintN(32, result));
        break;
      }
      case BPF.JMP: {
        const operand = code & BPF.X ? x : k;
        if ((code & 0xf0) === BPF.JA) {
          at += k;
          break;
        }
        const holds = {
          [BPF.JEQ]: a === operand,
          [BPF.JGT]: a > operand,
          [BPF.JGE]: a >= operand,
          [BPF.JSET]: (a & operand) !== 0,
        }[code & 0xf0]!;
        at += holds ? jumpTrue : jumpFalse;
        break;
      }
      case BPF.RET:
        return code & BPF.A ? a : k;
      case BPF.MISC:
        if (code & BPF.TXA) a = x;
        else x = a;
        break;
    }
  }
}

function compute(operator: number, a: bigint, b: bigint): bigint | undefined {
  switch (operator) {
    case BPF.ADD:
      return a + b;
    case BPF.SUB:
      return a - b;
    case BPF.MUL:
      return a * b;
    case BPF.DIV:
      return b === 0n ? undefined : a / b;
    case BPF.MOD:
      return b === 0n ? undefined : a % b;
    case BPF.OR:
      return a | b;
    case BPF.AND:
      return a & b;
    case BPF.XOR:
      return a ^ b;
    case BPF.LSH:
      return b < 32n ? a << b : 0n;
    case BPF.RSH:
      return b < 32n ? a >> b : 0n;
    default:
      return -a;
  }
}
