/** What `--target` says of the kernels that the object has to run on. */
import { loopProperty, type MetadataNode } from '../ir/metadata.js';
import type { CompilerOptions } from '../options.js';

/** Whether a kernel before this release has to take the object; nothing is asked where there is no `--target`. */
export function isOlderThan(major: number, minor: number, { target }: CompilerOptions): boolean {
  return target !== undefined && (target[0] < major || (target[0] === major && target[1] < minor));
}

/** As `isOlderThan`, of a release as tables name it: `'5.8'`. */
export function isBefore(release: string, options: CompilerOptions): boolean {
  const [major = 0, minor = 0] = release.split('.').map(Number);
  return isOlderThan(major, minor, options);
}

/** Whether something came later than the kernel that the object is for, or that runs it, and is to be made another way. */
export function needsFallback(major: number, minor: number, options: CompilerOptions): boolean {
  return isOlderThan(major, minor, options) || isOlderThan(major, minor, { ...options, target: options.running });
}

/** What a loop is told: kernels before 5.3 take none, and LLVM has to unroll it. */
export function loopFor(options: CompilerOptions): MetadataNode | undefined {
  return isOlderThan(5, 3, options) ? loopProperty('llvm.loop.unroll.full') : undefined;
}
