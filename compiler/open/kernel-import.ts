/** What an import of `tsbpf/kernel` looks like, and what the module itself imports. */

const TYPES = 'Bits, Bytes, CharArray, FixedArray, KernelStruct, Pointer';
const INTEGERS = 'be16, be32, be64, i8, i16, i32, i64, u8, u16, u32, u64';

/** What every module of kernel structs begins with. */
export const kernelImports = `import type { ${TYPES}, ${INTEGERS} } from 'tsbpf';\n`;

/** The names in it. */
export const namesOfImports: readonly string[] = `${TYPES}, ${INTEGERS}`.split(', ');

/** Whether a text imports the module. */
export function importsKernel(text: string): boolean {
  return /['"]tsbpf\/kernel['"]/.test(text);
}
