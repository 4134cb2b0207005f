/**
 * The map class UserRingBuffer: records from user space to programs, over mapped memory.
 */
import { TsbpfError } from '../errors.js';
import { liveStruct } from '../live-view.js';
import { codecOf, type Codec } from '../maps/codec.js';
import type { MapDefinition } from '../maps/definition.js';
import { readMapInfo } from '../maps/info.js';
import { BpfMap, kernelOnly } from '../maps/map.js';
import { registerMapClass } from '../maps/registry.js';
import { MapType } from '../maps/types.js';
import { roundSize } from './ring-buffer.js';
import { RingWriter, type Reservation } from './ring-writer.js';

export interface UserRingBufferOptions {
  /** Bytes, rounded up to a power of two of pages; 256 KiB by default. A record takes 8 more than its value. */
  readonly size?: number;
  /** A path on a BPF file system: what is pinned there is used, else the map is pinned there when it is created. */
  readonly pin?: string;
  /** BPF_F_… flags of linux/bpf.h. */
  readonly flags?: number;
}

/**
 * Records from user space to programs (BPF_MAP_TYPE_USER_RINGBUF, Linux 6.1): `ring.push(value)` here, `ring.drain((record)
 * => …)` in a program. What is full is said at once: nothing waits, nothing is lost. One process at a time may write.
 */
export class UserRingBuffer<T> extends BpfMap {
  #writer: RingWriter | undefined;
  readonly #reserved = new WeakMap<object, Reservation>();

  constructor(options: UserRingBufferOptions = {}, definition?: MapDefinition) {
    const { size, ...rest } = options;
    super(size === undefined ? rest : { ...rest, maxEntries: roundSize(size) }, definition);
  }

  /**
   * Writes a record, which programs read in the order of writing.
   *
   * @param value without BTF (a ring that was opened), a `Uint8Array` of any length.
   * @returns false where the ring is full; then nothing was written.
   * @throws TsbpfError: TSBPF2010 for a value that does not fit its type, TSBPF2167 for one that the ring can never hold.
   */
  push(value: T): boolean {
    const writer = this.#open();
    const codec = this.#codec(value);
    const room = writer.room(codec.size);
    if (!room) return false;
    codec.encodeInto(value, writer.views.view, room.offset, `a record of '${this.name}'`);
    writer.publish(room);
    return true;
  }

  /**
   * Room for a record, to be filled in place: assign to its fields, then `submit` or `discard` it. Programs read no record
   * behind it until then.
   *
   * @returns undefined where the ring is full.
   * @throws TsbpfError (TSBPF2168) where records are no structs.
   */
  reserve(): T | undefined {
    const layout = this.spec.value;
    if (layout?.kind !== 'struct') {
      throw new TsbpfError(`Records of '${this.name}' have no fields to fill in.`, {
        code: 'TSBPF2168',
        operation: 'reserve in',
        subject: this.name,
        hint: 'Use push(value).',
      });
    }
    const writer = this.#open();
    const room = writer.room(layout.size);
    if (!room) return undefined;
    writer.keep(room);
    const event = liveStruct(layout, writer, room.offset, `a record of '${this.name}'`);
    this.#reserved.set(event, room);
    return event as T;
  }

  /** Hands a reserved record to programs. */
  submit(event: T): void {
    this.#release(event, true);
  }

  /** Gives a reserved record up; programs pass over it. */
  discard(event: T): void {
    this.#release(event, false);
  }

  /** Bytes that programs have not read yet; 0 where they have read all. A record takes 8 more than its value. */
  get pending(): number {
    return this.#open().pending;
  }

  /**
   * In a program: calls back with each record that is there. A callback that returns 1 or true ends it.
   *
   * @returns how many records were read, or -errno (-EBUSY where another program is at it).
   */
  drain(_callback: (record: T) => void | number | boolean): number {
    return kernelOnly('UserRingBuffer.drain');
  }

  override close(): void {
    this.#writer?.close();
    this.#writer = undefined;
    super.close();
  }

  #open(): RingWriter {
    return (this.#writer ??= new RingWriter(this.fd, readMapInfo(this.fd, this.name).maxEntries, this.name));
  }

  #codec(value: T): Codec<T> {
    const size = value instanceof Uint8Array ? value.length : 0;
    return codecOf<T>(this.spec.value ?? { kind: 'bytes', size });
  }

  #release(event: T, submit: boolean): void {
    const writer = this.#open();
    const reservation = typeof event === 'object' && event !== null ? this.#reserved.get(event) : undefined;
    if (!reservation) {
      throw new TsbpfError(`This record is not reserved in '${this.name}', or not any more.`, {
        code: 'TSBPF2169',
        operation: submit ? 'submit to' : 'discard from',
        subject: this.name,
        hint: 'Give what reserve() returned, once.',
      });
    }
    this.#reserved.delete(event as object);
    writer.release(reservation, submit);
  }
}

registerMapClass(MapType.userRingBuffer, UserRingBuffer);
