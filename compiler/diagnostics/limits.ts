/** Diagnostics about what the kernel would refuse: 1600 to 1799. */
import { error, note } from './diagnostic.js';

export const mapTypeHasNoLayout = error(1600, (map: string, role: string, type: string, reason: string) => ({
  message: `The ${role} of map '${map}' cannot be '${type}': ${reason}.`,
  hint: `Use integers such as u32 or u64, interfaces of them, FixedArray<T, N>, Bytes<N> or CharArray<N>.`,
}));

export const mapNeedsConstantOption = error(1601, (map: string, option: string) => ({
  message: `The option '${option}' of map '${map}' has to be a whole number from 1 to 4294967295.`,
  hint: 'Give a number, or a constant that the running program computes.',
}));

export const mapNeedsEntries = error(1602, (map: string) => ({
  message: `How many entries the map '${map}' can hold is not said.`,
  hint: 'Give it the option: { maxEntries: 1024 }.',
}));

export const recursion = error(1610, (name: string) => ({
  message: `'${name}' calls itself, directly or through others; the kernel gives a program 512 bytes of stack and 8 frames.`,
  hint: 'Write the repetition as a loop with a bound.',
}));

export const stackTooLarge = error(1611, (program: string, largest: readonly string[]) => ({
  message: `'${program}' needs more than the 512 bytes of stack that the kernel gives a program${
    largest.length > 0 ? `; the most is taken by ${largest.join(', ')}` : ''
  }.`,
  hint: 'Keep large values in a map: a PerCpuArray of one entry has room for them, and get(0) refers to it.',
}));

export const movedToMap = note(1612, (map: string, variables: readonly string[], why: 'size' | 'index') => ({
  message: `${whyMoved[why]} ${variables.join(', ')}; kept in the map '${map}' instead, once for each CPU.`,
  hint: 'Nothing has to be changed. The lookup costs a few nanoseconds a run.',
}));

const whyMoved = {
  size: 'The stack of 512 bytes has no room for',
  index: 'Kernels before 5.12 take no index of run time into what is on the stack:',
} as const;

export const tooManyFrames = error(1614, (functions: readonly string[], limit: number) => ({
  message: `The calls ${functions.join(' → ')} are ${functions.length} frames deep, and the kernel has ${limit}.`,
  hint: 'Nest fewer callbacks: a `for` loop has no frame of its own.',
}));

export const unboundedLoop = error(1620, () => ({
  message: 'This loop has no bound that can be seen; the kernel refuses programs that may not end.',
  hint: 'Count with `for (let i = 0; i < LIMIT; i++)` and leave with `break`, or use bpf.loop(LIMIT, (i) => …).',
}));

export const loopWithoutProgress = error(1622, (names: readonly string[]) => ({
  message: `This loop cannot end: ${names.map((name) => `'${name}'`).join(' and ')} of its condition ${
    names.length === 1 ? 'does' : 'do'
  } not change in it.`,
  hint: 'Change what the condition asks for, as `i++` does, or leave with `break`.',
}));

export const tooManyIterations = error(1621, (count: number, limit: number) => ({
  message: `This loop over constants would be unrolled ${count} times; at most ${limit} are.`,
  hint: 'Keep the constants in a map, or loop with a counter.',
}));

export const needsKernel = error(1630, (what: string, version: string, instead: string) => ({
  message: `${what} needs Linux ${version}, and this is compiled for an older kernel.`,
  hint: `Use ${instead}; or leave older kernels out: build with --target ${version}, run on Linux ${version}.`,
}));

export const tooNew = error(1631, (what: string, version: string, instead?: string) => ({
  message: `${what} came with Linux ${version}, and this is compiled for an older kernel.`,
  hint: `${instead ? `Use ${instead}` : 'Do without it'}; or leave older kernels out: build with --target ${version}, run on Linux ${version}.`,
}));

export const loopNotUnrolled = error(1632, () => ({
  message: 'Kernels before 5.3 take no loops, and this one could not be unrolled: how often it runs is not a constant.',
  hint: 'Count to a constant and leave with `break`, iterate over a constant array, or raise --target to 5.3.',
}));
