/**
 * Reads and writes of single entries of maps, with memory that stays where it is: each is one foreign call of few numbers.
 * What follows a system call runs slowly, so every argument and every branch counts here.
 */
import { addressOf } from './library.js';
import { libbpf } from './libbpf.js';
import { fixedSystemCalls } from './system-call.js';

/** Addresses are numbers. All return 0, or -errno. */
export interface EntryCalls {
  readonly lookup: (fd: number, key: number, value: number) => number;
  readonly update: (fd: number, key: number, value: number, flags: number) => number;
  readonly remove: (fd: number, key: number) => number;
}

let calls: EntryCalls | undefined;

/** By libbpf: bpf_map_lookup_elem, bpf_map_update_elem and bpf_map_delete_elem. */
export function libbpfCalls(): EntryCalls {
  return {
    lookup: libbpf.bind('int bpf_map_lookup_elem(int fd, size_t key, size_t value)'),
    update: libbpf.bind('int bpf_map_update_elem(int fd, size_t key, size_t value, uint64_t flags)'),
    remove: libbpf.bind('int bpf_map_delete_elem(int fd, size_t key)'),
  };
}

/** The number of bpf(2) on x86-64, and its commands BPF_MAP_LOOKUP_ELEM, BPF_MAP_UPDATE_ELEM and BPF_MAP_DELETE_ELEM. */
const BPF = 321;
const COMMANDS = [1, 2, 3];
/** Of union bpf_attr (linux/bpf.h), up to the flags. */
const ATTRIBUTE_SIZE = 32;
const WORD = 2 ** 32;

/**
 * By bpf(2) itself, with arguments that stay where they are.
 *
 * @returns undefined where that cannot be done.
 */
export function directCalls(): EntryCalls | undefined {
  // struct { __u32 map_fd; __aligned_u64 key, value; __u64 flags; }. A buffer made as such is never moved.
  const attribute = new Uint32Array(new ArrayBuffer(ATTRIBUTE_SIZE));
  const second = addressOf(new Uint8Array(attribute.buffer));
  const made = fixedSystemCalls(COMMANDS.map((first) => ({ number: BPF, first, second, third: ATTRIBUTE_SIZE })));
  if (!made) return undefined;
  const [lookup, update, remove] = made as [() => number, () => number, () => number];
  const prepare = (fd: number, key: number, value: number, flags: number) => {
    attribute[0] = fd;
    attribute[2] = key;
    attribute[3] = key / WORD;
    attribute[4] = value;
    attribute[5] = value / WORD;
    attribute[6] = flags;
    attribute[7] = flags / WORD;
  };
  return {
    lookup: (fd, key, value) => (prepare(fd, key, value, 0), lookup()),
    update: (fd, key, value, flags) => (prepare(fd, key, value, flags), update()),
    remove: (fd, key) => (prepare(fd, key, 0, 0), remove()),
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
  readonly #lookup: EntryCalls['lookup'];
  readonly #update: EntryCalls['update'];
  readonly #remove: EntryCalls['remove'];

  /**
   * @param keySize in bytes.
   * @param valueSize in bytes; for per-CPU maps of all CPUs together.
   * @param by how the kernel is asked.
   */
  constructor(keySize: number, valueSize: number, by: EntryCalls = (calls ??= directCalls() ?? libbpfCalls())) {
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
    ({ lookup: this.#lookup, update: this.#update, remove: this.#remove } = by);
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
