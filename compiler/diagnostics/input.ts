/** Diagnostics about files, options and what TypeScript itself reports: 1000 to 1099. */
import { error } from './diagnostic.js';

export const fileNotFound = error(1000, (file: string) => ({
  message: `File '${file}' does not exist.`,
  hint: 'Check the spelling and the folder that the command was started in.',
}));

export const fileIsDirectory = error(1001, (file: string) => ({
  message: `'${file}' is a folder, not a file.`,
  hint: 'Name one TypeScript file in it.',
}));

export const fileIsNotTypeScript = error(1002, (file: string) => ({
  message: `'${file}' is not a TypeScript file.`,
  hint: 'tsbpf compiles .ts, .mts and .tsx files; rename the file, or name another.',
}));

export const fileIsEmpty = error(1003, (file: string) => ({
  message: `File '${file}' is empty.`,
  hint: "Begin with a program: import { socketFilter } from 'tsbpf' and write a function under @socketFilter.",
}));

export const importNotFound = error(1004, (specifier: string) => ({
  message: `Cannot find '${specifier}', which is imported here.`,
  hint: 'Check the path; it is taken from the folder of the importing file.',
}));

export const fileIsNotText = error(1005, (file: string) => ({
  message: `File '${file}' is binary, not TypeScript text.`,
  hint: 'Name the TypeScript source; an object file is read with `tsbpf dump` or `tsbpf load`.',
}));

export const configurationUnreadable = error(1006, (file: string, reason: string) => ({
  message: `Cannot read the configuration '${file}': ${reason}`,
  hint: 'Mend the file; it is the tsconfig.json nearest to the source.',
}));

export const kernelTypesMissing = error(1008, (reason: string) => ({
  message: `The types of a kernel cannot be read: ${reason}.`,
  hint: 'Name a BTF file with --btf; or write them once with `tsbpf types task_struct -o kernel.d.ts`, and import from there.',
}));

export const kernelStructUnknown = error(1009, (name: string) => ({
  message: `The kernel has no struct or union '${name}'.`,
  hint: 'Check the name; a struct that only other kernels have is declared by hand: interface x extends KernelStruct.',
}));

export const nestedTooDeep = error(1007, (file: string) => ({
  message: `'${file}' nests its code too deep to be compiled.`,
  hint: 'Split long chains of operators and deeply nested blocks into several statements or functions.',
}));
