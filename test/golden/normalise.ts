/** IR reduced to what a golden file is about: code and globals, without debug metadata and names of LLVM's choice. */

/**
 * @param ir text of a module.
 * @returns the same module without debug information, source file names and comments, ending in one newline.
 */
export function normalise(ir: string): string {
  return ir
    .split('\n')
    .filter((line) => !/^(!|source_filename|; ModuleID|target datalayout)/.test(line) && !isDebugCall(line))
    .map((line) =>
      line
        .replace(/,? !(dbg|BTF) ![0-9]+/g, '')
        .replace(/\s+;.*$/, '')
        .trimEnd(),
    )
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
    .concat('\n');
}

/** `call void @llvm.dbg.declare(…)`, its declaration, and the records that newer LLVM has in place of both. */
function isDebugCall(line: string): boolean {
  return /@llvm\.dbg\./.test(line) || /^\s*#dbg_/.test(line);
}
