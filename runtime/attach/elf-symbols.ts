/**
 * Where the functions of an ELF file are in the file: what a uprobe is set at.
 */
import { TsbpfError } from '../errors.js';
import { ElfError, ElfFile } from '../symbols/elf-file.js';

/**
 * The functions of a file, by name: their offsets in the file. Symbols of the dynamic table win.
 *
 * @throws TsbpfError if it cannot be read or is no 64-bit little-endian ELF file.
 */
export function readFunctionOffsets(path: string): Map<string, bigint> {
  try {
    using file = new ElfFile(path);
    const segments = file.segments();
    const offsets = new Map<string, bigint>();
    for (const { name, address } of file.functions()) {
      const segment = segments.find((each) => address >= each.address && address < each.address + each.size);
      if (segment) offsets.set(name, address - segment.address + segment.offset);
    }
    return offsets;
  } catch (cause) {
    if (cause instanceof ElfError) throw damaged(path);
    const code = (cause as NodeJS.ErrnoException).code ?? 'EIO';
    throw new TsbpfError(`Cannot read '${path}' (${code}).`, { code, operation: 'read', subject: path, cause });
  }
}

function damaged(path: string): TsbpfError {
  return new TsbpfError(`'${path}' is not a 64-bit ELF file of this machine, or it is damaged.`, {
    code: 'TSBPF2105',
    operation: 'read symbols of',
    subject: path,
    hint: 'A uprobe needs the binary or library itself, not a script or a link script.',
  });
}
