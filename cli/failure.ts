/** What an error that reached the end of a command means: its text for people and the exit status. */
import { CommandError, exitStatus, type ExitStatus } from './status.js';
import { commandErrorText, type ErrorText } from './terminal.js';

export interface Failure {
  readonly text: ErrorText;
  readonly status: ExitStatus;
}

/** What the runtime's errors have; the runtime itself is not loaded for this. */
interface RuntimeError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
}

export function explainFailure(failure: unknown): Failure {
  if (failure instanceof CommandError) return { text: commandErrorText(failure), status: failure.status };
  if (isRuntimeError(failure)) return explainRuntimeError(failure);
  return { text: internalError(failure), status: exitStatus.inputWrong };
}

export function isRuntimeError(failure: unknown): failure is RuntimeError {
  return failure instanceof Error && 'operation' in failure && 'hint' in failure && 'code' in failure;
}

/** The runtime's codes for a library that is missing, or lacks a function. */
const machineCodes = new Set(['TSBPF2001', 'TSBPF2002']);

function explainRuntimeError(failure: RuntimeError): Failure {
  const { code, hint, name } = failure;
  // The message of such an error is complete; the hint is set apart here.
  const message =
    hint && failure.message.endsWith(hint) ? failure.message.slice(0, -hint.length).trimEnd() : failure.message;
  const machine = name === 'PermissionError' || name === 'UnsupportedFeatureError' || machineCodes.has(code);
  return { text: { code, message, hint }, status: machine ? exitStatus.machineCannot : exitStatus.inputWrong };
}

function internalError(failure: unknown): ErrorText {
  const error = failure instanceof Error ? failure : new Error(String(failure));
  const stack = process.env['TSBPF_DEBUG'] ? `\n${error.stack}` : '';
  return {
    code: 'TSBPF3000',
    message: `internal error: ${error.message}; this is a bug in tsbpf${stack}`,
    hint: stack ? undefined : 'Report it with the file that caused it; with TSBPF_DEBUG=1 set, the stack is printed.',
  };
}
