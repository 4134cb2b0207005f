/** What the kernel at hand can do, asked from the kernel itself rather than read off its version. */
import { release } from 'node:os';
import { UnsupportedFeatureError } from './errors.js';
import { mapTypeName, mapTypeSince } from './maps/types.js';
import { probeHelper, probeMapType, probeProgramType } from './native/libbpf.js';

/** The kernel's version as numbers: `[6, 1]` for `6.1.0-31-amd64`. */
export function kernelVersion(): readonly [number, number] {
  const [major = 0, minor = 0] = release()
    .split('.')
    .map((part) => Number.parseInt(part, 10));
  return [major, minor];
}

/**
 * Whether the kernel is at least this version. Distributions move features to older kernels: prefer asking for the
 * feature itself.
 *
 * @param version `'5.8'`
 */
export function kernelIsAtLeast(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [ownMajor, ownMinor] = kernelVersion();
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

/** Whether the kernel has a map type (a number of `MapType`); undefined without the privilege to find out. */
export function hasMapType(type: number): boolean | undefined {
  return answer(probeMapType(type, null));
}

/** Whether the kernel has a program type (a number of `ProgramType`); undefined without the privilege to find out. */
export function hasProgramType(type: number): boolean | undefined {
  return answer(probeProgramType(type, null));
}

/** Whether programs of a type may call a helper (by its number in linux/bpf.h); undefined where that stays unknown. */
export function hasHelper(programType: number, helper: number): boolean | undefined {
  return answer(probeHelper(programType, helper, null));
}

function answer(result: number): boolean | undefined {
  return result < 0 ? undefined : result > 0;
}

/**
 * @param subject the map's name.
 * @throws UnsupportedFeatureError where the kernel certainly lacks the map type.
 */
export function requireMapType(type: number, subject: string): void {
  if (hasMapType(type) !== false) return;
  const since = mapTypeSince(type);
  throw new UnsupportedFeatureError({
    feature: `${mapTypeName(type)} maps`,
    needs: since ? `Linux ${since} or later` : 'a kernel with this map type',
    operation: 'create map',
    subject,
  });
}
