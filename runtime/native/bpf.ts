/**
 * Reads and writes of single entries of maps, with memory that stays where it is: each is one foreign call of few numbers.
 * What follows a system call runs slowly, so every argument and every branch counts here.
 */
import { addressOf } from './library.js';
import { libbpf } from './libbpf.js';

/** bpf_map_lookup_elem, bpf_map_update_elem and bpf_map_delete_elem, with addresses as numbers. */
interface Calls {
  readonly lookup: (fd: number, key: number, value: number) => number;
  readonly update: (fd: number, key: number, value: number, flags: number) => number;
  readonly remove: (fd: number, key: number) => number;
}

let calls: Calls | undefined;

function bindCalls(): Calls {
  return {
    lookup: libbpf.bind('int bpf_map_lookup_elem(int fd, size_t key, size_t value)'),
    update: libbpf.bind('int bpf_map_update_elem(int fd, size_t key, size_t value, uint64_t flags)'),
    remove: libbpf.bind('int bpf_map_delete_elem(int fd, size_t key)'),
  };
}

/** Room for one key and one value of a map. */
export class EntryMemory {
  /** All of it; keys begin at `key`, values that are written at `value`, values that were read at `found`. */
  readonly view: DataView;
  readonly bytes: Uint8Array;
  /** All of it by words of 4 and of 8 bytes: the key begins at index 0 of both. */
  readonly u32: Uint32Array;
  readonly u64: BigUint64Array;
  readonly key = 0;
  readonly value: number;
  readonly found: number;
  readonly #keyAddress: number;
  readonly #valueAddress: number;
  readonly #foundAddress: number;
  readonly #lookup: Calls['lookup'];
  readonly #update: Calls['update'];
  readonly #remove: Calls['remove'];

  /**
   * @param keySize in bytes.
   * @param valueSize in bytes; for per-CPU maps of all CPUs together.
   */
  constructor(keySize: number, valueSize: number) {
    this.value = roundUp(keySize);
    this.found = this.value + roundUp(valueSize);
    // A buffer made as such is never moved.
    const buffer = new ArrayBuffer(this.found + roundUp(valueSize));
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
    this.u32 = new Uint32Array(buffer);
    this.u64 = new BigUint64Array(buffer);
    this.#keyAddress = Number(addressOf(this.bytes));
    this.#valueAddress = this.#keyAddress + this.value;
    this.#foundAddress = this.#keyAddress + this.found;
    ({ lookup: this.#lookup, update: this.#update, remove: this.#remove } = calls ??= bindCalls());
  }

  /** Reads the value of the key. @returns 0, or -errno. */
  lookup(fd: number): number {
    return this.#lookup(fd, this.#keyAddress, this.#foundAddress);
  }

  /** Writes the value at the key. @returns 0, or -errno. */
  update(fd: number, flags: number): number {
    return this.#update(fd, this.#keyAddress, this.#valueAddress, flags);
  }

  /** Deletes the entry of the key. @returns 0, or -errno. */
  remove(fd: number): number {
    return this.#remove(fd, this.#keyAddress);
  }
}

function roundUp(size: number): number {
  return Math.ceil(size / 8) * 8;
}
