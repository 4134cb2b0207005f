/** Writes declarations of kernel structs, with all members of those that are named and of what is inside these. */
import { declareStructs, ownBtf, readBtf } from '../compiler/kernel-types/index.js';
import { kernelImports } from '../compiler/open/kernel-import.js';
import type { TypesFlags } from './commands/types.js';
import { exitStatus, structMissing, typesUnreadable, type ExitStatus } from './status.js';
import { writeOutput } from './write-output.js';

/**
 * @param names as the user wrote them.
 * @throws CommandError where there is no BTF, or no such struct in it; nothing is written then.
 */
export function writeTypes(names: readonly string[], { output, btf = ownBtf }: TypesFlags): ExitStatus {
  const { text, missing } = declare(names, btf);
  if (missing.length > 0) throw structMissing(missing, btf);
  const command = `tsbpf types ${names.join(' ')}`;
  writeOutput(output, `// Structs of a kernel, made by: ${command}\n${kernelImports}\n${text}\n`);
  return exitStatus.done;
}

function declare(names: readonly string[], btf: string): ReturnType<typeof declareStructs> {
  try {
    return declareStructs(readBtf(btf), names, { keep: () => true, follow: false });
  } catch (error) {
    throw typesUnreadable((error as Error).message, btf === ownBtf);
  }
}
