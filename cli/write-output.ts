/** Writes an output whole or not at all: into a file of its own beside the target, then renamed over it. */
import { chmodSync, closeSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { outputUnwritable } from './status.js';

/**
 * Signals that end the process are held back until the file is complete: their handlers run on the event loop, which
 * does not turn while this function runs.
 *
 * @param file where to; `-` is standard output. A device or a pipe is written to and not replaced.
 * @throws CommandError where the place cannot be written to; what stood there before is then untouched.
 */
export function writeOutput(file: string, content: Uint8Array | string): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  try {
    if (file === '-') return writeAll(1, bytes);
    const existing = statSync(file, { throwIfNoEntry: false });
    if (existing && !existing.isFile()) return writeDevice(file, bytes);
    replaceFile(existing ? realpathSync(file) : file, bytes, existing?.mode);
  } catch (failure) {
    const { code } = failure as NodeJS.ErrnoException;
    // A reader that has seen enough.
    if (code === 'EPIPE') return;
    if (code === undefined) throw failure;
    throw outputUnwritable(file === '-' ? 'standard output' : file, reasons[code] ?? (failure as Error).message);
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  ENOENT: 'its folder does not exist',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is not a folder',
  ENOSPC: 'no space is left on the device',
  EROFS: 'the file system is read-only',
};

function replaceFile(target: string, bytes: Uint8Array, mode: number | undefined): void {
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}.tmp`);
  const release = holdSignals();
  try {
    const descriptor = openSync(temporary, 'wx', 0o666);
    try {
      writeAll(descriptor, bytes);
    } finally {
      closeSync(descriptor);
    }
    if (mode !== undefined) chmodSync(temporary, mode & 0o777);
    renameSync(temporary, target);
  } catch (failure) {
    rmSync(temporary, { force: true });
    throw failure;
  } finally {
    release();
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** How many writes of this turn of the event loop hold signals back. */
let holds = 0;

/** While held, a signal waits; after release it ends the process as it would have. */
function holdSignals(): () => void {
  if (holds++ === 0) for (const signal of signals) process.on(signal, resend);
  // A signal that came meanwhile is delivered on the next turn of the event loop, to a handler that is still there.
  return () => setImmediate(release);
}

function release(): void {
  if (--holds === 0) for (const signal of signals) process.off(signal, resend);
}

function resend(signal: NodeJS.Signals): void {
  for (const each of signals) process.off(each, resend);
  process.kill(process.pid, signal);
}

function writeDevice(file: string, bytes: Uint8Array): void {
  const descriptor = openSync(file, 'w');
  try {
    writeAll(descriptor, bytes);
  } finally {
    closeSync(descriptor);
  }
}

/** A pipe that is full for the moment says EAGAIN where it is not blocking. */
function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (failure) {
      if ((failure as NodeJS.ErrnoException).code !== 'EAGAIN') throw failure;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
