/** Compiles a tcpdump expression and writes what comes of it. */
import path from 'node:path';
import { compile, formatDiagnostics, memoryHost } from '../compiler/index.js';
import { readRaw } from '../compiler/pcap/cbpf.js';
import { compilePcap, type CompiledExpression, type ExpressionProblem } from '../compiler/pcap/index.js';
import { NotPrintable, printC } from '../compiler/pcap/print-c.js';
import { printInitializers, printListing } from '../compiler/pcap/print-cbpf.js';
import { printTypeScript } from '../compiler/pcap/print-typescript.js';
import { linkTypeNames } from '../runtime/link-type-names.js';
import type { FilterFlags } from './commands/filter.js';
import {
  exitStatus,
  expressionInvalid,
  expressionNotPrintable,
  filterNotBuilt,
  libpcapMissing,
  linkTypeUnknown,
  optionsExclude,
  type CommandError,
  type ExitStatus,
} from './status.js';
import { writeOutput } from './write-output.js';

/** @throws CommandError where the expression, or what the flags ask for, cannot be had; nothing is written then. */
export async function showFilter(expression: string, flags: FilterFlags): Promise<ExitStatus> {
  const { emit, linkType, output } = flags;
  if (flags.initializers && emit !== 'cbpf')
    throw optionsExclude('--initializers', `--emit ${emit}`, 'only classic BPF is written so');
  if (flags.initializers && flags.json) throw optionsExclude('--initializers', '--json', 'JSON has the same numbers');
  const compiled = compilePcap(expression, linkType);
  if ('problem' in compiled) throw explain(compiled.problem, expression, linkType);
  const text = await print(compiled, expression, flags);
  const record = { expression, linkType, emit, ...(emit === 'cbpf' ? { code: readRaw(compiled.code) } : { text }) };
  writeOutput(output, flags.json ? `${JSON.stringify(record)}\n` : text);
  return exitStatus.done;
}

async function print(compiled: CompiledExpression, expression: string, flags: FilterFlags): Promise<string> {
  const title = `'${expression}' for packets of link type ${flags.linkType}, made by tsbpf filter --emit ${flags.emit}`;
  try {
    switch (flags.emit) {
      case 'cbpf':
        return (flags.initializers ? printInitializers : printListing)(readRaw(compiled.code));
      case 'c':
        return printC(compiled.instructions, title);
      case 'ts':
        return printTypeScript(compiled.instructions, title);
      default:
        return await build(expression, flags);
    }
  } catch (error) {
    if (error instanceof NotPrintable) throw expressionNotPrintable(flags.emit, error.message);
    throw error;
  }
}

/** Of a program that passes what matches, and drops all else. */
async function build(expression: string, { emit, linkType, cpu }: FilterFlags): Promise<string> {
  const call = `pcapFilter(${JSON.stringify(expression)}, ctx, ${JSON.stringify(linkType)} as LinkType)`;
  const source = [
    "import { pcapFilter, XDP, xdp } from 'tsbpf';",
    "import type { LinkType } from 'tsbpf';",
    `export const filter = xdp((ctx) => (${call} ? XDP.PASS : XDP.DROP));`,
  ];
  const folder = process.cwd();
  const host = memoryHost({ 'filter.ts': `${source.join('\n')}\n` }, folder);
  const compilation = await compile('filter.ts', cpu ? { cpu } : {}, host);
  const text = emit === 'll' ? compilation.ir() : compilation.assembly();
  if (text !== '') return text;
  const said = formatDiagnostics(compilation.diagnostics, { directory: path.resolve(folder), color: false });
  throw filterNotBuilt(said.trim());
}

function explain(problem: ExpressionProblem, expression: string, linkType: string): CommandError {
  switch (problem.kind) {
    case 'library':
      return libpcapMissing(problem.message);
    case 'linkType':
      return linkTypeUnknown(linkType, linkTypeNames);
    case 'syntax':
      return expressionInvalid(expression, linkType, problem.message);
  }
}
