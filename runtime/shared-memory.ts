/**
 * The memory of a `shared` object: the program's global variable, mapped into this process. Before a program is loaded
 * it is memory of our own, whose contents the first load writes into the kernel's.
 */
import { constants } from 'node:os';
import { systemError, UnsupportedFeatureError, TsbpfError } from './errors.js';
import type { MapDefinition } from './maps/definition.js';
import { closeDescriptor, mapMemory, pageSize, PROT_READ, PROT_WRITE } from './native/libc.js';

/** Views of one memory, one for each width, so that a value is read and written in one piece. */
export interface MemoryViews {
  readonly view: DataView;
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
  readonly u64: BigUint64Array;
  readonly i8: Int8Array;
  readonly i16: Int16Array;
  readonly i32: Int32Array;
  readonly i64: BigInt64Array;
}

/** @param buffer whose length is a multiple of 8. */
export function viewsOf(buffer: ArrayBuffer): MemoryViews {
  return {
    view: new DataView(buffer),
    u8: new Uint8Array(buffer),
    u16: new Uint16Array(buffer),
    u32: new Uint32Array(buffer),
    u64: new BigUint64Array(buffer),
    i8: new Int8Array(buffer),
    i16: new Int16Array(buffer),
    i32: new Int32Array(buffer),
    i64: new BigInt64Array(buffer),
  };
}

/** One section of globals, or one array of them, shared by all objects that contain it. */
export class SharedMemory {
  readonly definition: MapDefinition;
  /** How many entries the array is to have; undefined where the object says it. */
  readonly entries: number | undefined;
  readonly #size: number;
  #views: MemoryViews;
  #fd: number | undefined;

  /**
   * @param definition of the map that libbpf makes of the section `.data.<name>`, or of an array that can be mapped.
   * @param entries of the array, where the object leaves that to the loader.
   */
  constructor(definition: MapDefinition, entries?: number) {
    this.definition = definition;
    this.entries = entries;
    this.#size = Math.ceil(definition.spec.valueSize / 8) * 8 * (entries ?? 1);
    this.#views = viewsOf(new ArrayBuffer(this.#size));
  }

  /** The name of the constant that holds the object. */
  get name(): string {
    return this.definition.name;
  }

  /** The memory as it is now; ask anew for each access, since a load moves it. */
  get views(): MemoryViews {
    return this.#views;
  }

  /** The kernel map's descriptor, once a program was loaded. */
  get fd(): number | undefined {
    return this.#fd;
  }

  /**
   * Takes over the map that a load created: what was written so far goes into it, and all accesses from now on.
   *
   * @throws UnsupportedFeatureError before Linux 5.5, which cannot map it.
   */
  adopt(fd: number): void {
    const page = pageSize();
    const length = Math.ceil(this.#size / page) * page;
    try {
      const { buffer } = mapMemory(fd, length, PROT_READ | PROT_WRITE, 0, this.name);
      const mapped = viewsOf(buffer);
      mapped.u8.set(this.#views.u8);
      this.#views = mapped;
      this.#fd = fd;
    } catch (failure) {
      closeDescriptor(fd);
      if (!(failure instanceof TsbpfError) || failure.code === 'ENOMEM') throw failure;
      throw new UnsupportedFeatureError({
        feature: 'shared variables (mapped global data)',
        needs: 'Linux 5.5 or later',
        operation: 'map memory of',
        subject: this.name,
        cause: systemError(constants.errno.ENODEV, 'map memory of', this.name),
      });
    }
  }
}
