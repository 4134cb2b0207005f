/** What a program type is: its section, its context, what it returns, and how it reaches packets. */
import type { ProgramKind } from '../model.js';
import type { CompilerOptions } from '../options.js';

/** How `ctx.packet` is read and written. */
export type PacketAccess =
  /** No packet. */
  | 'none'
  /** `data` and `data_end`, which hold the whole packet. */
  | 'direct'
  /** `data` and `data_end` for the linear part or the first buffer, helpers for the rest. */
  | 'linear'
  /** LD_ABS and `skb_load_bytes`; not written. */
  | 'load';

export type ContextKind = 'SkBuff' | 'XdpContext' | 'PtRegs' | 'Tracepoint' | 'RawArgs';

export interface ProgramType {
  readonly kind: ProgramKind;
  /** The struct of the C context, for BTF. */
  readonly contextStruct: string;
  readonly context: ContextKind;
  readonly packet: PacketAccess;
  /** What ends a program that went out of bounds, unless its options say otherwise. */
  readonly defaultResult: number;
  /** How many expressions precede the function: `'sys_close'`. */
  readonly targets: number;
  /** The ELF section that libbpf knows. */
  section(targets: readonly string[], options: CompilerOptions): string;
  /** `ingressFilter` turns what the function returns into a verdict. */
  readonly nonZeroBecomes?: { readonly zero: number; readonly nonZero: number };
}
