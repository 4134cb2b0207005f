/** Every way to the same instructions, as far as LLVM and the running kernel have it. */
import { kernelIsAtLeast } from '../support/kernel.js';
import type { Level } from './compile-programs.js';

const cpus = kernelIsAtLeast('6.6') ? (['v1', 'v3', 'v4'] as const) : (['v1', 'v3'] as const);

export const levels: readonly Level[] = cpus.flatMap((cpu) => [
  { cpu, optimize: true },
  { cpu, optimize: false },
]);

export function describeLevel({ cpu, optimize }: Level): string {
  return `${cpu}, ${optimize ? 'optimised' : 'unoptimised'}`;
}
