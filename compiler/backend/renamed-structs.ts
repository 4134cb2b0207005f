/**
 * Makes IR with CO-RE accesses fit for a second run of LLVM in one process.
 *
 * LLVM's pass (BPFAbstractMemberAccess) keeps the variables that stand for accesses in a map of the process, by the struct's
 * name and the access, and never removes those of a module that is gone: the next module with the same access would be
 * given memory that was freed. So each run but the first has names of its own. Loaders take no notice of what follows
 * three underscores.
 */
let runs = 0;

/** The IR for this run, and what takes the names out of the output again. */
export interface Renamed {
  readonly ir: string;
  restore(output: Uint8Array): Uint8Array;
}

export function renameStructs(ir: string): Renamed {
  if (!ir.includes('!llvm.preserve.access.index')) return { ir, restore: (output) => output };
  const run = runs++;
  if (run === 0) return { ir, restore: (output) => output };
  const accessed = new Set([...ir.matchAll(/!llvm\.preserve\.access\.index !(\d+)/g)].map(([, number]) => number));
  const ending = `tsbpf_run_${run}`;
  const renamed = ir.replace(
    /^(!(\d+) = distinct !DICompositeType\(tag: DW_TAG_structure_type, name: ")([^"]+)"/gm,
    (line, head: string, number: string, name: string) => {
      if (!accessed.has(number)) return line;
      // Of several endings, loaders drop the last alone.
      return `${head}${name}${name.includes('___') ? '_' : '___'}${ending}"`;
    },
  );
  return { ir: renamed, restore: (output) => restore(output, ending) };
}

/** In text the ending goes; in the table of strings of an object a name ends earlier, and nothing moves. */
function restore(output: Uint8Array, ending: string): Uint8Array {
  const bytes = Buffer.from(output);
  const isObject = bytes.subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1'));
  if (!isObject) return new TextEncoder().encode(bytes.toString('utf8').replace(new RegExp(`_+${ending}`, 'g'), ''));
  const wanted = Buffer.from(`${ending}\0`, 'latin1');
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) {
    let start = at;
    while (bytes[start - 1] === 0x5f) start--;
    bytes.fill(0, start, at + ending.length);
  }
  return bytes;
}
