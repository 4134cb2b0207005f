/** What a checked object holds. */
import type { Btf } from './btf.js';
import type { BtfExt } from './btf-ext.js';

export interface ObjectProgram {
  readonly name: string;
  /** The ELF section, which tells the loader the program's type: `kprobe/…`, `xdp`; `.text` for shared functions. */
  readonly section: string;
  /** In bytes from the start of the section. */
  readonly offset: number;
  readonly instructions: Uint8Array;
  /** In slots of 8 bytes. */
  readonly count: number;
  readonly relocations: readonly ProgramRelocation[];
}

export interface ProgramRelocation {
  /** The instruction's index within the program. */
  readonly index: number;
  /** The variable, map or function; a section's name where the symbol has none. */
  readonly symbol: string;
}

export interface ObjectMap {
  readonly name: string;
  /** The kernel's BPF_MAP_TYPE_*. */
  readonly type: number;
  /** In bytes; 0 where the map has no keys. */
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  /** LIBBPF_PIN_BY_NAME is 1. */
  readonly pinning: number;
  /** BTF ids; 0 where the object gives only a size. */
  readonly keyType: number;
  readonly valueType: number;
  /** Of a map of maps: what each of its entries is. */
  readonly inner?: ObjectMap;
}

export interface ObjectVariable {
  readonly name: string;
  /** BTF id. */
  readonly type: number;
  /** In bytes from the start of the section. */
  readonly offset: number;
  readonly size: number;
}

export interface ObjectGlobals {
  readonly section: string;
  /** In bytes. */
  readonly size: number;
  /** Empty for a `.bss`, which begins as zeroes. */
  readonly initial: Uint8Array;
  /** From BTF, ascending by offset. */
  readonly variables: readonly ObjectVariable[];
}

export interface ObjectSpec {
  readonly programs: readonly ObjectProgram[];
  /** Functions that programs call, of `.text`. */
  readonly functions: readonly ObjectProgram[];
  readonly maps: readonly ObjectMap[];
  readonly globals: readonly ObjectGlobals[];
  /** Empty where the object has no license section. */
  readonly license: string;
  readonly btf: Btf | undefined;
  readonly btfExt: BtfExt | undefined;
}
