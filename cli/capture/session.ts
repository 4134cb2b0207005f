/** The run of one capture: out of the ring, into a format, into the output, until something ends it. */
import type { Capture } from '../../runtime/capture/capture.js';
import { ENCODING_ROOM, type Encoder } from '../../runtime/capture/encoder.js';
import { Prefix } from '../../runtime/capture/framing.js';
import { LONGEST_PACKET, type CaptureRecord } from '../../runtime/capture/record.js';
import { WallClock } from '../../runtime/capture/wall-clock.js';
import { kernelTime } from '../../runtime/native/clock.js';
import { OutputBuffer } from '../../runtime/packet/output-buffer.js';
import { OutputFailed, type Output } from './output.js';

/** Why a capture ended. */
export type End = 'asked' | 'count' | 'closed' | 'gone' | OutputFailed;

export interface Outcome {
  readonly end: End;
  /** Packets that passed the filter until the end. */
  readonly received: number;
  readonly written: number;
  /** Those that the ring had no room for, or that could not be written. */
  readonly dropped: number;
  /** Those that the ring had no room for. */
  readonly overrun: number;
}

/**
 * Bytes that are written at a time: they stay in a processor's cache. For writes of megabytes the kernel takes new memory in
 * large pieces, which costs more than twice the time.
 */
const WRITE_SIZE = 256 * 1024;
/** From so many packets at a time on, the reader comes back by itself. */
const BUSY = 32;
/** Milliseconds in which a ring of the default size does not fill up. */
const TICK = 4;
const IDLE = 500;
/** Milliseconds that a reader who does not read is waited for at the end. */
const PATIENCE = 2000;
const EPIPE = 'EPIPE';

export class Session {
  readonly #clock = new WallClock();
  readonly #prefix = new Prefix();
  readonly #out = new OutputBuffer(WRITE_SIZE + LONGEST_PACKET + ENCODING_ROOM);
  /** Packets in the buffer. */
  #buffered = 0;
  /** Packets taken out of the ring. */
  #taken = 0;
  #asked = false;
  #refreshed = Date.now();

  /** @param count after how many packets it ends by itself. */
  constructor(
    private readonly capture: Capture,
    private readonly encoder: Encoder,
    private readonly output: Output,
    private readonly count = Infinity,
  ) {}

  /** Ends it; what was captured until now is still written. */
  readonly stop = (): void => {
    this.#asked = true;
    this.capture.wake();
  };

  async run(): Promise<Outcome> {
    let end: End;
    try {
      this.output.write(this.encoder.header(), 0);
      end = await this.#read();
    } catch (failure) {
      end = this.#broken(failure);
    }
    this.capture.stop();
    if (end === 'count') return this.#counted(await this.#finish(end));
    this.capture.ring.drain(this.#skip, false);
    return this.#outcome(await this.#finish(end));
  }

  async #read(): Promise<End> {
    const { capture, output } = this;
    let loiter = false;
    for (;;) {
      const asked = this.#asked;
      const gone = capture.interfaceIsGone();
      if (asked || gone) capture.stop();
      const found: number = output.congested ? 0 : capture.ring.drain(this.#take, loiter);
      this.#flush();
      if (output.failure) throw output.failure;
      if (this.#taken >= this.count) return 'count';
      if (output.congested) {
        if (asked && !(await output.settled(PATIENCE))) return 'asked';
        if (!asked) await capture.wait(TICK, false);
        continue;
      }
      if (asked) return 'asked';
      if (gone) return 'gone';
      this.#refresh();
      const busy: boolean = found >= BUSY;
      // What came between the last look and the wait is seen by another look before the kernel is asked to say so.
      if (busy || loiter) await capture.wait(TICK, false);
      else await capture.wait(IDLE, true);
      loiter = busy;
    }
  }

  readonly #take = (record: CaptureRecord): boolean => {
    if (this.#out.length >= WRITE_SIZE) this.#flush();
    this.#clock.set(record.timeHigh, record.timeLow);
    this.capture.framing.frame(record, this.#prefix);
    this.encoder.encode(record, this.#prefix, this.#clock, this.#out);
    this.#buffered++;
    this.#taken++;
    return this.#taken < this.count && !this.output.congested;
  };

  readonly #skip = (): boolean => {
    this.#taken++;
    return true;
  };

  #flush(): void {
    const { content } = this.#out;
    if (content.length === 0) return;
    this.output.write(content, this.#buffered);
    this.#out.length = 0;
    this.#buffered = 0;
  }

  #refresh(): void {
    const now = Date.now();
    if (now - this.#refreshed < 1000 && now >= this.#refreshed) return;
    this.#refreshed = now;
    this.#clock.refresh();
  }

  /** What a failed write leaves: a file of whole packets. */
  #broken(failure: unknown): End {
    if (!(failure instanceof OutputFailed)) throw failure;
    if (failure.cause.code === EPIPE) return 'closed';
    return failure;
  }

  async #finish(end: End): Promise<End> {
    const { output, encoder } = this;
    if (end instanceof OutputFailed) {
      const { packets, length } = encoder.wholePackets(this.#out.content.subarray(0, end.bytes));
      output.cut(end.bytes - length);
      this.#rescued = packets;
      return end;
    }
    if (end === 'closed') return end;
    try {
      this.#setNow();
      output.write(encoder.trailer(this.capture.counts(), this.#clock), 0);
    } catch (failure) {
      if (!(failure instanceof OutputFailed)) throw failure;
      output.cut(failure.bytes);
      return failure;
    }
    await output.settled(PATIENCE);
    if (output.failure) return this.#broken(output.failure);
    return end;
  }

  /** Packets of the write that failed that are whole in the file. */
  #rescued = 0;

  #setNow(): void {
    const now = kernelTime();
    this.#clock.set(Number(now >> 32n), Number(now & 0xffff_ffffn));
  }

  #outcome(end: End): Outcome {
    const { received, dropped } = this.capture.counts();
    const written = this.output.written + this.#rescued;
    const overrun = Number(dropped);
    return { end, received: Number(received), written, dropped: overrun + this.#taken - written, overrun };
  }

  /** After a number of packets: what came behind the last of them counts for nothing. */
  #counted(end: End): Outcome {
    const outcome = this.#outcome(end);
    return { ...outcome, received: this.#taken + outcome.overrun };
  }
}
