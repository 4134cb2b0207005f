/** Where captured packets go: files are written to at once, pipes and terminals as fast as they take it. */
import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { outputUnwritable } from '../status.js';

/** A write that failed in the middle of a capture. */
export class OutputFailed extends Error {
  constructor(
    override readonly cause: NodeJS.ErrnoException,
    /** How many bytes of the last write were written. */
    readonly bytes: number,
  ) {
    super(cause.message);
  }
}

export interface Output {
  /** Whether it has to be waited for before more is written. */
  readonly congested: boolean;
  /** What went wrong since it was last written to; then nothing more is. */
  readonly failure: OutputFailed | undefined;
  /**
   * Writes bytes, whole packets of a number.
   *
   * @throws OutputFailed where that is known at once.
   */
  write(bytes: Uint8Array, packets: number): void;
  /** Packets that whoever reads has, or the file. */
  readonly written: number;
  /** Becomes true when what was written has arrived; false if it has not within so many milliseconds. */
  settled(milliseconds: number): Promise<boolean>;
  /** Cuts the end off a file: bytes that are no whole packet. */
  cut(bytes: number): void;
  close(): void;
}

/** More than that is not kept in this process for a slow reader; packets then wait in the kernel's ring. */
const CONGESTED = 4 * 1024 * 1024;

/**
 * Opens a file, or standard output for `-`.
 *
 * @param path as the user wrote it.
 * @throws CommandError where it cannot be opened.
 */
export function openOutput(path: string): Output {
  if (path === '-') return outputOf(1, false);
  let fd: number;
  try {
    fd = openSync(path, 'w');
  } catch (failure) {
    throw outputUnwritable(path, errorText(failure as NodeJS.ErrnoException));
  }
  return outputOf(fd, true);
}

/** The words for an error of the system, `no space left on device`. */
export function errorText({ code, message }: NodeJS.ErrnoException): string {
  return /^[A-Z]+: ([^,]+)/.exec(message)?.[1] ?? code ?? message;
}

function outputOf(fd: number, own: boolean): Output {
  const kind = fstatSync(fd);
  const asStream = kind.isFIFO() || kind.isSocket() || (fd === 1 && process.stdout.isTTY);
  if (!asStream) return new FileOutput(fd, own);
  return new StreamOutput(own ? new Socket({ fd, readable: false, writable: true }) : process.stdout, own);
}

class FileOutput implements Output {
  readonly congested = false;
  readonly failure = undefined;
  written = 0;
  #size = 0;

  constructor(
    private readonly fd: number,
    private readonly own: boolean,
  ) {}

  write(bytes: Uint8Array, packets: number): void {
    let done = 0;
    try {
      while (done < bytes.length) done += writeSync(this.fd, bytes, done);
    } catch (cause) {
      this.#size += done;
      throw new OutputFailed(cause as NodeJS.ErrnoException, done);
    }
    this.#size += done;
    this.written += packets;
  }

  settled(): Promise<boolean> {
    return Promise.resolve(true);
  }

  cut(bytes: number): void {
    this.#size -= bytes;
    // A device has no size, and standard output may have been written to before.
    if (this.own && fstatSync(this.fd).isFile()) ftruncateSync(this.fd, this.#size);
  }

  close(): void {
    if (this.own) closeSync(this.fd);
  }
}

class StreamOutput implements Output {
  written = 0;
  failure: OutputFailed | undefined;
  #pending = 0;
  #arrived: (() => void) | undefined;

  constructor(
    private readonly stream: NodeJS.WriteStream | Socket,
    private readonly own: boolean,
  ) {
    // The command's own listener ends the process at once.
    stream.removeAllListeners('error').on('error', (cause: NodeJS.ErrnoException) => {
      this.failure ??= new OutputFailed(cause, 0);
      this.#arrived?.();
    });
  }

  get congested(): boolean {
    return this.#pending > CONGESTED;
  }

  write(bytes: Uint8Array, packets: number): void {
    if (bytes.length === 0) return;
    const { length } = bytes;
    this.#pending += length;
    // The memory is used again before a slow reader has taken it.
    this.stream.write(new Uint8Array(bytes), (failure) => {
      this.#pending -= length;
      if (!failure) this.written += packets;
      if (this.#pending === 0) this.#arrived?.();
    });
  }

  async settled(milliseconds: number): Promise<boolean> {
    if (this.#pending > 0 && !this.failure) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.#arrived = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#arrived = undefined;
    }
    return this.#pending === 0;
  }

  cut(): void {
    // What is in a pipe stays there.
  }

  close(): void {
    if (this.own || this.#pending > 0) this.stream.destroy();
  }
}
