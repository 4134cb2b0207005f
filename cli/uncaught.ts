/** Errors of the runtime that a program leaves uncaught: a message and its place, in the manner of the compiler. */
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { explainFailure, isRuntimeError } from './failure.js';
import { reportError } from './terminal.js';

/**
 * From here on, an uncaught error of the runtime ends the process with its message alone, and the status that fits. All
 * other errors, and all errors of programs that catch for themselves, are left to Node.
 */
export function explainUncaught(): void {
  // The place in the program may be below more functions of ours than the ten that V8 takes down.
  Error.stackTraceLimit = Math.max(Error.stackTraceLimit, 30);
  process.on('uncaughtExceptionMonitor', (failure) => {
    if (!isRuntimeError(failure) || process.listenerCount('uncaughtException') > 0) return;
    const { text, status } = explainFailure(failure);
    reportError({ ...text, place: placeOf(failure) }, {});
    if (process.env['TSBPF_DEBUG']) process.stderr.write(`${failure.stack}\n`);
    process.exit(status);
  });
}

/** The topmost line of a TypeScript file in the stack: ours are JavaScript. */
function placeOf({ stack = '' }: Error): string | undefined {
  const match = /^ +at .*?((?:file:\/\/)?\/[^()]*\.m?tsx?):(\d+):(\d+)\)?$/m.exec(stack);
  if (!match) return undefined;
  const file = match[1]!.startsWith('file:') ? fileURLToPath(match[1]!) : match[1]!;
  return `${path.relative('', file)}:${match[2]}:${match[3]}`;
}
