/**
 * Standard output and error without Node's streams, which take a tenth of a start to make, as long as whoever reads keeps pace. From
 * the first write on that would have to wait, or that fails, Node's stream has all.
 */
import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { sendWithoutWaiting } from '../../runtime/native/send.js';

export interface TextStream {
  /** Never waits. */
  write(text: string): void;
}

/** @returns how many bytes were written; 0 or less where none could be without waiting. */
type Attempt = (bytes: Buffer) => number;

/** @param descriptor whose stream; on terminals it is Node's from the start. */
export function standardStream(descriptor: 1 | 2): TextStream {
  let attempt = attemptAt(descriptor);
  const later = () => (descriptor === 1 ? process.stdout : process.stderr);
  return {
    write(text) {
      let rest = Buffer.from(text);
      while (attempt && rest.length > 0) {
        const written = attempt(rest);
        if (written > 0) rest = rest.subarray(written);
        else attempt = undefined;
      }
      if (rest.length > 0) later().write(rest);
    },
  };
}

function attemptAt(descriptor: number): Attempt | undefined {
  const kind = fstatSync(descriptor);
  if (kind.isFile()) return writing(descriptor);
  if (kind.isSocket()) return (bytes) => sendWithoutWaiting(descriptor, bytes);
  if (!kind.isFIFO()) return undefined;
  try {
    // Opened anew: that it does not wait is then nothing to those who have the pipe too.
    return writing(openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK));
  } catch {
    return undefined;
  }
}

function writing(descriptor: number): Attempt {
  return (bytes) => {
    try {
      return writeSync(descriptor, bytes);
    } catch {
      return 0;
    }
  };
}
