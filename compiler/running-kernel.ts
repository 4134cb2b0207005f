/** The release of the kernel at hand, for programs that are compiled to be run here. */
import { release } from 'node:os';

/** Major and minor number; undefined where the kernel calls itself otherwise. */
export function runningKernel(): readonly [number, number] | undefined {
  const version = /^(\d+)\.(\d+)/.exec(release());
  return version ? [Number(version[1]), Number(version[2])] : undefined;
}
