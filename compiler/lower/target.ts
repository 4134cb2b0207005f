/** What `--target` says of the kernels that the object has to run on. */
import type { CompilerOptions } from '../options.js';

/** Whether a kernel before this release has to take the object; nothing is asked where there is no `--target`. */
export function isOlderThan(major: number, minor: number, { target }: CompilerOptions): boolean {
  return target !== undefined && (target[0] < major || (target[0] === major && target[1] < minor));
}
