/** The options that every command which compiles has, and what they mean to the compiler. */
import { Option, type Command } from 'commander';
import {
  defaultCompilerOptions,
  type Architecture,
  type CompilerOptions,
  type CpuVersion,
} from '../compiler/options.js';
import { badOption } from './status.js';

/** Of the machine that runs this. */
export const ownArchitecture = defaultCompilerOptions.architecture;

export interface CompileFlags {
  readonly cpu?: CpuVersion;
  readonly arch?: Architecture;
  readonly target?: string;
  readonly license?: string;
  readonly btf?: string;
  readonly define: readonly string[];
}

export function addCompilerOptions(command: Command): Command {
  return command
    .addOption(new Option('--cpu <level>', 'instruction-set level (default: v3)').choices(['v1', 'v2', 'v3', 'v4']))
    .addOption(
      new Option('--arch <machine>', 'whose registers probes read (default: those of this machine)').choices([
        'x86_64',
        'arm64',
      ]),
    )
    .option('--target <kernel>', 'oldest kernel that the object has to run on: 5.10')
    .option('--license <license>', "the object's license (default: GPL)")
    .option('--btf <file>', "a kernel's types for tsbpf/kernel (default: those of the running kernel)")
    .addOption(
      new Option('--define <NAME=value>', 'make a name known at build; may be repeated')
        .argParser((value: string, before: readonly string[]) => [...before, value])
        .default([], 'none'),
    );
}

export function addOutputOptions(command: Command): Command {
  return addColorOptions(command.option('--json', 'for programs: one JSON object a line on standard output'));
}

export function addColorOptions(command: Command): Command {
  return command.option('--color', 'colour, also where the output is no terminal').option('--no-color', 'no colour');
}

/** @throws CommandError where a value has not the form it should have. */
export function compilerOptions(flags: CompileFlags): Partial<CompilerOptions> {
  return {
    ...(flags.cpu ? { cpu: flags.cpu } : {}),
    ...(flags.arch ? { architecture: flags.arch } : {}),
    ...(flags.target !== undefined ? { target: parseKernelVersion(flags.target) } : {}),
    ...(flags.license !== undefined ? { license: flags.license } : {}),
    ...(flags.btf !== undefined ? { btf: flags.btf } : {}),
    defines: Object.fromEntries(flags.define.map(parseDefine)),
  };
}

function parseKernelVersion(text: string): readonly [number, number] {
  const match = /^(\d{1,3})\.(\d{1,3})(?:\.\d+)?$/.exec(text);
  if (!match) throw badOption('--target', text, 'a kernel version such as 5.10');
  return [Number(match[1]), Number(match[2])];
}

/** Numbers, `true`, `false`, JSON, and integers with an `n` are those values; all else is a string. */
function parseDefine(text: string): readonly [string, unknown] {
  const match = /^([\p{ID_Start}$_][\p{ID_Continue}$]*)=(.*)$/su.exec(text);
  if (!match) throw badOption('--define', text, 'NAME=value');
  return [match[1]!, parseValue(match[2]!)];
}

function parseValue(text: string): unknown {
  if (/^-?\d+n$/.test(text)) return BigInt(text.slice(0, -1));
  if (/^0[xX][\da-fA-F]+$/.test(text)) return Number(text);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
