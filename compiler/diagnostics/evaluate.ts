/** Diagnostics about constants that are known at build or at load: 1200 to 1299. */
import { error } from './diagnostic.js';

/** A variable that user space changes, used in a program function. */
export const variableChanges = error(1200, (name: string) => ({
  message: `'${name}' changes while the program runs, and the kernel would not see it.`,
  hint: `Keep the value in a map, or in \`const state = shared({ ${name}: … })\`; both halves read and write those. If it never changes, declare it with \`const\`.`,
}));

/** A constant object whose content user space changes after the module was loaded. */
export const contentChanges = error(1201, (name: string, where: string) => ({
  message: `The content of '${name}' is changed at ${where} while the program runs, and the kernel would not see it.`,
  hint: `Keep it in a map or in \`shared({ … })\`, or fill it by statements at the top level of its module.`,
}));

/** A slice that threw. */
export const sliceThrew = error(1202, (message: string, where: string | undefined) => ({
  message: `Computing this at build failed${where ? ` at ${where}` : ''}: ${message}`,
  hint: 'What depends on constants alone is computed by the compiler. Correct the code, or take the value from process.argv or process.env to have it known at load.',
}));

/** A slice that ran too long. */
export const sliceTimedOut = error(1203, (seconds: number) => ({
  message: `Computing this at build took more than ${seconds} seconds.`,
  hint: 'Look for a loop that does not end, or compute the value beforehand and import it from a JSON file.',
}));

/** A slice that reaches outside: the network, other processes, timers, files it would change. */
export const sliceRefused = error(1204, (what: string, where: string | undefined) => ({
  message: `Computing this at build was stopped${where ? ` at ${where}` : ''}: ${what}.`,
  hint: 'The compiler only computes. Do this when the program runs, and hand the result over by a map, `shared({ … })`, or a constant that awaits it.',
}));

/** A module that a slice needs and that cannot be loaded. */
export const moduleNotLoaded = error(1205, (specifier: string, message: string) => ({
  message: `The module '${specifier}', which this value depends on, could not be loaded: ${message}`,
  hint: 'Install it where the importing file can find it (`npm install`), or correct the name.',
}));
