/**
 * One CPU's perf buffer over its mapped pages: a control page, then a power of two of data pages.
 *
 * The layout is that of struct perf_event_mmap_page (linux/perf_event.h). Records start on multiples of 8, so that a
 * header never wraps; what follows it may.
 */
import { UnsupportedFeatureError, systemError } from '../errors.js';
import { closeDescriptor, mapMemory, pageSize, PROT_READ, PROT_WRITE, type MappedMemory } from '../native/libc.js';
import {
  enablePerfEvent,
  openPerfEvent,
  PERF_COUNT_SW_BPF_OUTPUT,
  PERF_FORMAT_LOST,
  PERF_SAMPLE_RAW,
  PERF_TYPE_SOFTWARE,
  readLostSamples,
} from '../native/perf-event.js';
import { hostIsLittleEndian } from '../maps/layout.js';
import type { EventDecoder } from './decoder.js';
import { KernelPosition, OwnPosition } from './position.js';
import type { RecordCopy } from './record-copy.js';
import type { EventCallback, EventInPlace } from './stream.js';

const DATA_HEAD = 1024;
const DATA_TAIL = 1032;
const RECORD_LOST = 2;
const RECORD_SAMPLE = 9;
const HEADER = 8;
const EINVAL = 22;
const ENOENT = 2;

/** For a record that wraps; a record's size has 16 bits, and whoever gets it is done with it when he returns. */
const scratch = new Uint8Array(1 << 16);
const scratchView = new DataView(scratch.buffer);

/** One CPU's buffer of a perf queue: its pages, mapped, and its perf event. */
export class PerfBuffer {
  readonly fd: number;
  readonly #memory: MappedMemory;
  readonly #headPosition: KernelPosition;
  readonly #tailPosition: OwnPosition;
  readonly #data: DataView;
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;
  readonly #mask: number;
  /** Everything before it was read; the low 32 bits, signed. */
  #tail: number;
  #head: number;
  #closed = false;
  /** Samples lost, as records in the buffer have told so far. */
  lost = 0;

  /**
   * @param cpu whose events it takes.
   * @param size of the data in bytes: a power of two of pages.
   * @param name for error messages.
   */
  constructor(cpu: number, size: number, name: string) {
    this.fd = openOutput(cpu, name);
    try {
      this.#memory = mapMemory(this.fd, pageSize() + size, PROT_READ | PROT_WRITE, 0, name);
    } catch (error) {
      closeDescriptor(this.fd);
      throw error;
    }
    this.#headPosition = new KernelPosition(this.#memory.buffer, DATA_HEAD);
    this.#tailPosition = new OwnPosition(this.#memory.buffer, DATA_TAIL);
    this.#bytes = new Uint8Array(this.#memory.buffer, pageSize(), size);
    this.#words = new Int32Array(this.#memory.buffer, pageSize(), size / 4);
    this.#data = new DataView(this.#memory.buffer, pageSize(), size);
    this.#mask = size - 1;
    this.#tail = this.#tailPosition.low;
    this.#head = this.#tail;
    const result = enablePerfEvent(this.fd);
    if (result < 0) {
      this.close();
      throw systemError(-result, 'enable perf buffer of', name);
    }
  }

  /**
   * Adds samples to an array, oldest first.
   *
   * @param limit how many events there may be in the array.
   * @param rest whether to stop where the buffer ends now, however fast it fills.
   */
  drain<T>(limit: number, decode: EventDecoder<T>, events: T[], rest = false): void {
    const begin = this.#tail;
    if (rest) this.#head = this.#headPosition.low;
    try {
      while (events.length < limit) {
        if (this.#tail === this.#head) {
          if (!rest) this.#head = this.#headPosition.low;
          if (this.#tail === this.#head) break;
        }
        this.#record(decode, events);
      }
    } finally {
      if (this.#tail !== begin) this.#tailPosition.store(this.#tail);
    }
  }

  /**
   * Calls back for samples that are there now, oldest first.
   *
   * @param limit how many of them.
   * @param decode makes a value of a sample.
   * @param copy what a struct is read in, in place of `decode`.
   * @param consuming says whether to stop before the next one; then this may be closed.
   * @returns how many there were.
   */
  consume<T>(
    limit: number,
    decode: EventDecoder<T>,
    copy: RecordCopy | undefined,
    callback: EventCallback<T>,
    consuming: { readonly stopped: boolean },
  ): number {
    const end = (this.#head = this.#headPosition.low);
    // The producer should not wait for more room than this.
    const most = (this.#mask + 1) / 8;
    let count = 0;
    let stored = this.#tail;
    const values: T[] = [];
    try {
      while (count < limit && this.#tail !== end && !consuming.stopped) {
        if ((this.#tail - stored) >>> 0 >= most) this.#tailPosition.store((stored = this.#tail));
        if (copy && this.#copySample(copy.words)) {
          count++;
          copy.show(callback);
        } else {
          this.#record(decode, values);
          if (values.length === 0) continue;
          count++;
          callback(values.pop() as EventInPlace<T>);
        }
      }
    } finally {
      if (!this.#closed && this.#tail !== stored) this.#tailPosition.store(this.#tail);
    }
    return count;
  }

  /** Passes the next record if it is a sample. What a program did not write reads as zero. */
  #copySample(to: Int32Array): boolean {
    const start = this.#tail & this.#mask;
    if (this.#data.getUint32(start, hostIsLittleEndian) !== RECORD_SAMPLE) return false;
    this.#tail = (this.#tail + this.#data.getUint16(start + 6, hostIsLittleEndian)) | 0;
    const words = this.#words;
    const mask = this.#mask >>> 2;
    const first = (start + HEADER) >>> 2;
    // The kernel pads what it holds to words.
    const length = Math.min(to.length, words[first & mask]! >>> 2);
    for (let index = 0; index < length; index++) to[index] = words[(first + 1 + index) & mask]!;
    if (length < to.length) to.fill(0, length);
    return true;
  }

  /** How many samples there are that were not read. */
  countRest(): number {
    const end = this.#headPosition.low;
    let count = 0;
    for (let tail = this.#tail; tail !== end;) {
      const start = tail & this.#mask;
      if (this.#data.getUint32(start, hostIsLittleEndian) === RECORD_SAMPLE) count++;
      tail = (tail + this.#data.getUint16(start + 6, hostIsLittleEndian)) | 0;
    }
    return count;
  }

  /** Passes one record; a sample is added to the events. */
  #record<T>(decode: EventDecoder<T>, events: T[]): void {
    const start = this.#tail & this.#mask;
    const type = this.#data.getUint32(start, hostIsLittleEndian);
    const size = this.#data.getUint16(start + 6, hostIsLittleEndian);
    this.#tail = (this.#tail + size) | 0;
    if (type !== RECORD_SAMPLE && type !== RECORD_LOST) return;
    const wraps = start + size > this.#mask + 1;
    const view = wraps ? this.#unwrap(start, size) : this.#data;
    const body = (wraps ? 0 : start) + HEADER;
    if (type === RECORD_SAMPLE) events.push(decode(view, body + 4, view.getUint32(body, hostIsLittleEndian)));
    else this.lost += Number(view.getBigUint64(body + 8, hostIsLittleEndian));
  }

  #unwrap(start: number, size: number): DataView {
    const first = this.#mask + 1 - start;
    scratch.set(this.#bytes.subarray(start), 0);
    scratch.set(this.#bytes.subarray(0, size - first), first);
    return scratchView;
  }

  /** All samples lost on this CPU, those without a record yet included, where the kernel counts them (Linux 6.0). */
  countLost(): number {
    return Math.max(this.lost, readLostSamples(this.fd) ?? 0);
  }

  close(): void {
    this.#closed = true;
    this.#memory.unmap();
    closeDescriptor(this.fd);
  }
}

function openOutput(cpu: number, name: string): number {
  const event = {
    type: PERF_TYPE_SOFTWARE,
    config: PERF_COUNT_SW_BPF_OUTPUT,
    samplePeriod: 1,
    sampleType: PERF_SAMPLE_RAW,
    wakeupEvents: 1,
  };
  let fd = openPerfEvent({ ...event, readFormat: PERF_FORMAT_LOST }, -1, cpu);
  if (fd === -EINVAL) fd = openPerfEvent(event, -1, cpu);
  if (fd === -ENOENT) {
    throw new UnsupportedFeatureError({ feature: 'perf buffers', needs: 'a kernel with CONFIG_PERF_EVENTS' });
  }
  if (fd < 0) throw systemError(-fd, `open a perf buffer on CPU ${cpu} for`, name);
  return fd;
}
