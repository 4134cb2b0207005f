/** Diagnostics about the back end and the machine: 1800 to 1999. */
import { error } from './diagnostic.js';

/** @param named what the environment variable TSBPF_LLVM says. */
export const noBackend = error(1800, (packageName: string, named?: string) => ({
  message: named
    ? `TSBPF_LLVM names '${named}', which is no libLLVM (15 to 22) and no clang that makes the object.`
    : 'This machine has neither libLLVM (15 to 22) nor a clang, one of which makes the object.',
  hint: `${named ? 'Correct or unset the variable. ' : ''}Install it: apt-get install ${packageName}; \`tsbpf doctor\` says what else is missing.`,
}));

export const backendRefused = error(1801, (backend: string, message: string) => ({
  message: `${backend} refused the program: ${message}`,
  hint: 'Where the message says nothing of your program, this is a bug in tsbpf.',
}));

export const internalError = error(1802, (message: string) => ({
  message: `Internal error: ${message}. This is a bug in tsbpf.`,
  hint: 'Report it with the source; TSBPF_DEBUG=1 shows where it happened.',
}));
