/** Modules from their text: compiled, transformed and run here, so that tests hold what a user's file would. */
import path from 'node:path';
import { ts } from '@ts-morph/bootstrap';
import { memoryHost } from '../../../compiler/host.js';
import { compile, formatDiagnostics, type Compilation, type CompilerOptions } from '../../../compiler/index.js';
import { transform } from '../../../compiler/transform/index.js';
import * as library from '../../../runtime/index.js';
import * as moduleLibrary from '../../../runtime/module.js';

const root = path.resolve(import.meta.dirname, '../../..');

/** What a module exports: handles, maps, shared data, functions of user space. */
export type Exports = Record<string, any>;

/**
 * Compiles a module's BPF half. What the text uses of tsbpf is imported by itself.
 *
 * @param files that are to be other than they are, by their paths.
 * @throws {Error} with the compiler's diagnostics.
 */
export async function compileText(
  text: string,
  options: Partial<CompilerOptions> = {},
  files: Readonly<Record<string, string>> = {},
): Promise<Compilation> {
  const file = path.join(root, 'test/kernel', 'module.program.ts');
  const compilation = await compile(file, options, memoryHost({ ...files, [file]: withImports(text) }, root));
  if (compilation.object() === undefined) {
    throw new Error(formatDiagnostics(compilation.diagnostics, { directory: root, color: false }) || 'no object');
  }
  return compilation;
}

/** Both halves of a module: the object, and the user-space half run in this process. */
export async function runModule(text: string, options: Partial<CompilerOptions> = {}): Promise<Exports> {
  const { code } = transform(await compileText(text, options));
  const { outputText } = ts.transpileModule(code.replaceAll('import.meta.url', '"file:///module.ts"'), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
  });
  const exports: Exports = {};
  const require = (name: string) => (name === 'tsbpf/module' ? moduleLibrary : library);
  new Function('exports', 'require', outputText)(exports, require);
  return exports;
}

const typeNames = [
  ...['SkBuff', 'XdpContext', 'PtRegs', 'RawArgs', 'Tracepoint', 'FixedArray', 'Bytes', 'CharArray', 'Bits'],
  ...['KernelStruct', 'Pointer'],
  ...['EthHdr', 'IpHdr', 'Ipv6Hdr', 'TcpHdr', 'UdpHdr', 'IcmpHdr', 'VlanHdr', 'ArpHdr', 'PerCpu', 'PacketView'],
];

/** Imports stand in the first line, so that the text keeps its lines but for one. */
function withImports(text: string): string {
  const used = (name: string) => new RegExp(`\\b${name}\\b`).test(text);
  const values = Object.keys(library).filter(used);
  const types = typeNames.filter(used).map((name) => `type ${name}`);
  return `import { ${[...values, ...types].join(', ')} } from 'tsbpf';\n${text}`;
}
