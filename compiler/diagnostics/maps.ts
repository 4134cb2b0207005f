/** Diagnostics about maps in program functions: 1440 to 1449. */
import { error } from './diagnostic.js';

const list = (names: readonly string[]) =>
  names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : (names[0] ?? '');

export const mapMethodNotInProgram = error(
  1440,
  (method: string, program: string, programs: readonly string[], instead?: string) => ({
    message: `The kernel has no ${method} for ${program} programs; it has it for ${list(programs)}.`,
    hint: instead ?? 'Call it from a program of one of these types, and keep its result in a map.',
  }),
);

export const innerMapUnsupported = error(1441, (map: string, type: string) => ({
  message: `The map '${map}' cannot hold '${type}': the kernel takes hash maps, arrays, tries, queues and stacks.`,
  hint: 'Say what each inner map is: new HashOfMaps<u32, HashMap<u32, u64>>({ maxEntries: 8, inner: { maxEntries: 1024 } }).',
}));

export const innerMapNeedsEntries = error(1442, (map: string) => ({
  message: `How many entries each map in '${map}' can hold is not said, or not known at build.`,
  hint: 'Give it as a constant in the option `inner`: { maxEntries: 8, inner: { maxEntries: 1024 } }.',
}));
