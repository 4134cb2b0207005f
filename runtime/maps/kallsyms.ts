/** Names for kernel addresses, from /proc/kallsyms. */
import { readFileSync } from 'node:fs';

/** Where an address is: in a function, so many bytes from its start. */
export interface KernelSymbol {
  readonly name: string;
  /** Bytes from the start of the function. */
  readonly offset: number;
  /** The kernel module that has it; absent for the kernel itself. */
  readonly module?: string;
}

/** The symbols of a text in the format of /proc/kallsyms, sorted by address. */
export class SymbolTable {
  readonly #addresses: BigUint64Array;
  readonly #names: readonly string[];

  constructor(text: string) {
    const symbols = text
      .split('\n')
      .map((line) => line.split(/\s+/))
      .filter(([address, , name]) => address && name && /[1-9a-f]/.test(address))
      .map(([address, , name, module]) => [BigInt(`0x${address}`), module ? `${name} ${module}` : name] as const)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.#addresses = BigUint64Array.from(symbols, ([address]) => address);
    this.#names = symbols.map(([, name]) => name as string);
  }

  /** Whether there is any symbol: without privilege the kernel shows all addresses as 0. */
  get empty(): boolean {
    return this.#names.length === 0;
  }

  /** The function that an address is in; undefined where it lies before all symbols. */
  find(address: bigint): KernelSymbol | undefined {
    let low = 0;
    let high = this.#addresses.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#addresses[middle] as bigint) <= address) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return undefined;
    const [name, module] = (this.#names[low - 1] as string).split(' ') as [string, string?];
    const offset = Number(address - (this.#addresses[low - 1] as bigint));
    return module ? { name, offset, module: module.replace(/^\[|\]$/g, '') } : { name, offset };
  }
}

let table: SymbolTable | undefined;

/** The kernel's own symbols, read once. */
export function kernelSymbols(): SymbolTable {
  return (table ??= new SymbolTable(readFileSync('/proc/kallsyms', 'latin1')));
}
