/** The TypeScript of generated programs: one module, each program an XDP program that `two-worlds-packet.ts` talks to. */
import { argument, programName } from '../support/two-worlds-kernel.js';
import { argumentOffset, packetSize } from '../support/two-worlds-packet.js';
import { prelude } from './generate/program.js';
import { printTree, type Program } from './tree.js';
import { typescript } from './worlds.js';

const values = [
  ...['ArrayMap', 'HashMap', 'LruHashMap', 'PerCpuArray', 'PerCpuHashMap', 'Queue', 'Stack'],
  ...['bpf', 'equal', 'fixed', 'shared', 'xdp'],
  ...['u8', 'u16', 'u32', 'u64', 'i8', 'i16', 'i32', 'i64', 'htonl', 'htons', 'ntohl', 'ntohs'],
];
const types = ['be16', 'be32', 'be64', 'Bits', 'Bytes', 'CharArray', 'FixedArray'];
const imports = `import { ${values.join(', ')} } from 'tsbpf';\nimport type { ${types.join(', ')} } from 'tsbpf';`;

export function moduleOf(programs: readonly Program[]): string {
  return `${imports}\n${prelude(typescript)}\n${programs.map(sourceOf).join('\n')}\n`;
}

const marker = (index: number) => `// program ${index}`;

/** A program alone, as a person reads it. */
export function sourceOf(program: Program): string {
  const { index, origin, parameters, declarations, result, body } = program;
  const list = parameters.map(({ name, type }) => `${name}: ${type}`).join(', ');
  const values = parameters.map(({ type }, position) => argument(type, argumentOffset + 8 * position));
  const own = [
    ...declarations.map((declaration) => printTree(declaration, typescript)),
    `const function_${index} = (${list}): ${result} => {`,
    printTree(body, typescript),
    `};`,
  ].join('\n');
  return [
    marker(index),
    own.replaceAll(new RegExp(`\\b([A-Za-z]+\\d+)_${origin}\\b`, 'g'), `$1_${index}`),
    `export const ${programName(index)} = xdp((ctx) => {`,
    `  ctx.packet.setBigUint64(0, u64(function_${index}(${values.join(', ')})), true);`,
    `  return 1;`,
    `}, { minimumPacketSize: ${packetSize} });`,
  ].join('\n');
}

/** Which program a line belongs to, counted from 1. */
export function programAt(text: string, line: number): number | undefined {
  const lines = text.split('\n');
  for (let at = line - 1; at >= 0; at -= 1) {
    const found = /^\/\/ program (\d+)$/.exec(lines[at] ?? '');
    if (found) return Number(found[1]);
  }
  return undefined;
}
