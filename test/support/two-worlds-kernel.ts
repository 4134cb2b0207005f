/** The kernel's world: the functions of a suite as XDP programs of one object. */
import path from 'node:path';
import { memoryHost } from '../../compiler/host.js';
import type { Compilation } from '../../compiler/index.js';
import { formatDiagnostics, toRecord, type Diagnostic } from '../../compiler/diagnostics/index.js';
import type { CompilerOptions } from '../../compiler/options.js';
import { TestObject, type LoadedTestProgram } from './test-run.js';
import { importedNames, signature } from './two-worlds-node.js';
import { argumentOffset, packetSize } from './two-worlds-packet.js';

const root = path.resolve(import.meta.dirname, '../..');

export interface CompiledFunctions extends Disposable {
  /**
   * A function's program, loaded.
   *
   * @throws {Error} with the compiler's diagnostics where it refuses the function, or the verifier's log.
   */
  program(index: number): LoadedTestProgram;
}

type Result = { readonly object: TestObject } | { readonly failure: string };

/**
 * Compiles all functions of a suite together. What the compiler refuses is taken out, so that one refusal fails the
 * tests of one function.
 */
export async function compileFunctions(
  suite: string,
  prelude: string,
  sources: readonly string[],
  options: Partial<CompilerOptions>,
): Promise<CompiledFunctions> {
  const results = new Map<number, Result>();
  const groups = [sources.map((_, index) => index)];
  for (let group = groups.pop(); group; group = groups.pop()) {
    if (group.length === 0) continue;
    const text = moduleText(prelude, sources, group);
    const compilation = await attempt(suite, text, options);
    if (compilation instanceof Uint8Array) {
      const object = new TestObject(compilation);
      for (const index of group) results.set(index, { object });
      continue;
    }
    const refused = blame(compilation, text);
    if (typeof refused === 'string') {
      if (group.length > 1) groups.push(...group.map((index) => [index]));
      else results.set(group[0] as number, { failure: refused });
      continue;
    }
    for (const [index, failure] of refused) results.set(index, { failure });
    groups.push(group.filter((index) => !refused.has(index)));
  }
  return {
    program(index) {
      const result = results.get(index);
      if (!result) throw new Error('the function was not compiled');
      if ('failure' in result) throw new Error(result.failure);
      return result.object.program(programName(index));
    },
    [Symbol.dispose]() {
      for (const result of results.values()) if ('object' in result) result.object[Symbol.dispose]();
    },
  };
}

export const programName = (index: number) => `program_${index}`;
const marker = (index: number) => `// function ${index}`;

function moduleText(prelude: string, sources: readonly string[], indices: readonly number[]): string {
  const body = [prelude, ...indices.flatMap((index) => programText(index, sources[index] ?? ''))].join('\n');
  const used = (name: string) => new RegExp(`\\b${name}\\b`).test(body);
  const values = ['xdp', 'HashMap', 'PerCpuArray', ...importedNames()].filter(used);
  const typeNames = ['FixedArray', 'Bytes', 'CharArray', 'Bits'].filter(used).map((name) => `type ${name}`);
  return `import { ${[...values, ...typeNames].join(', ')} } from 'tsbpf';\n${body}\n`;
}

function programText(index: number, source: string): readonly string[] {
  const values = signature(source).parameters.map((type, position) => argument(type, argumentOffset + 8 * position));
  return [
    marker(index),
    `const function_${index} = ${source};`,
    `export const ${programName(index)} = xdp((ctx) => {`,
    `  ctx.packet.setBigUint64(0, u64(function_${index}(${values.join(', ')})), true);`,
    `  return 1;`,
    `}, { minimumPacketSize: ${packetSize} });`,
  ];
}

export function argument(type: string, offset: number): string {
  const bits = `ctx.packet.getBigUint64(${offset}, true)`;
  if (type === 'u64') return bits;
  if (type === 'bigint') return `i64(${bits})`;
  if (type === 'number') return `Number(i64(${bits}))`;
  if (type === 'boolean') return `${bits} !== 0n`;
  return `${type}(${bits})`;
}

async function attempt(
  suite: string,
  text: string,
  options: Partial<CompilerOptions>,
): Promise<Uint8Array | Compilation | Error> {
  const file = path.join(root, 'test/execute', `${suite.replace(/\W+/g, '-')}.program.ts`);
  try {
    const { compile } = await import('../../compiler/index.js');
    const compilation = await compile(file, options, memoryHost({ [file]: text }, root));
    return compilation.object() ?? compilation;
  } catch (error) {
    return error as Error;
  }
}

/** Which functions the compiler refuses, and why; or what it says of no function in particular. */
function blame(compilation: Compilation | Error, text: string): ReadonlyMap<number, string> | string {
  if (compilation instanceof Error) return compilation.stack ?? compilation.message;
  const lines = text.split('\n');
  const refused = new Map<number, string>();
  for (const diagnostic of compilation.diagnostics) {
    const { line, category } = toRecord(diagnostic, root);
    if (category !== 'error') continue;
    const index = line === undefined ? undefined : functionAt(lines, line);
    if (index === undefined) return print([diagnostic]);
    refused.set(index, `${refused.get(index) ?? ''}${print([diagnostic])}`);
  }
  return refused.size > 0 ? refused : 'the compiler gave neither an object nor an error';
}

function functionAt(lines: readonly string[], line: number): number | undefined {
  for (let at = line - 1; at >= 0; at -= 1) {
    const found = /^\/\/ function (\d+)$/.exec(lines[at] ?? '');
    if (found) return Number(found[1]);
  }
  return undefined;
}

function print(diagnostics: readonly Diagnostic[]): string {
  return formatDiagnostics(diagnostics, { directory: root, color: false });
}
