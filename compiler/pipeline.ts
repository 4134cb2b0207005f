/** The way of a program, one call a stage, each taking what the stage before gives. */
import path from 'node:path';
import { brokenParts } from './check/broken.js';
import { checkLimits } from './check/index.js';
import { nestsTooDeep } from './check/nesting.js';
import {
  moduleNotLoaded,
  nestedTooDeep,
  sliceRefused,
  sliceThrew,
  sliceTimedOut,
  type Diagnostic,
} from './diagnostics/index.js';
import { discover } from './discover/index.js';
import { tsbpfName } from './discover/symbols.js';
import type { Recording } from './evaluated/recording.js';
import { Evaluator } from './evaluate/index.js';
import type { Host } from './host.js';
import type { IrModule } from './ir/module.js';
import { printModule } from './ir/printer.js';
import { lower, type ScratchMaps } from './lower/index.js';
import type { CompiledProgram, Discovery } from './model.js';
import { checkBpfHalf, neededDeclarations, openProgram, withoutRepeated, type Opened } from './open/index.js';
import type { CompilerOptions } from './options.js';
import { ts } from './typescript.js';

export interface Compiled {
  readonly diagnostics: readonly Diagnostic[];
  readonly files: readonly string[];
  readonly sourceFile?: ts.SourceFile | undefined;
  readonly checker?: ts.TypeChecker;
  readonly discovery?: Discovery;
  readonly programs: readonly CompiledProgram[];
  /** LLVM IR; empty where there were errors, or nothing to compile. */
  readonly ir: string;
  /** The same as a graph, which explains what LLVM says of it. */
  readonly module?: IrModule;
  readonly scratch?: ScratchMaps;
  /** What lowering decided, where the options ask for it. */
  readonly recording?: Recording | undefined;
}

/**
 * Everything up to the IR. Diagnostics are collected: errors in the files themselves end it, all others only keep the parts
 * in error from the stages that follow.
 */
export async function runPipeline(entry: string, options: CompilerOptions, host: Host): Promise<Compiled> {
  const needed = neededDeclarations(path.resolve(host.currentDirectory, entry), host);
  const compiled =
    needed && (await attempt(() => runStages(openProgram(entry, host, needed, options.btf), options, host)));
  // Messages may speak of what only the whole declarations have, so that errors are looked for with these.
  return compiled && isFinal(compiled.diagnostics)
    ? compiled
    : runStages(openProgram(entry, host, undefined, options.btf), options, host);
}

/** What failed as it was computed would fail again, after the same time. */
function isFinal(diagnostics: readonly Diagnostic[]): boolean {
  const failures: readonly number[] = [sliceThrew, sliceTimedOut, sliceRefused, moduleNotLoaded].map(
    ({ code }) => code,
  );
  return diagnostics.filter(isError).every(({ source, code }) => source === 'tsbpf' && failures.includes(code));
}

async function attempt<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch {
    return undefined;
  }
}

async function runStages(opened: Opened, options: CompilerOptions, host: Host): Promise<Compiled> {
  const { files, entry: sourceFile } = opened;
  const stop = (diagnostics: readonly Diagnostic[], discovery?: Discovery): Compiled => ({
    ...{ diagnostics, files, sourceFile, programs: [], ir: '' },
    ...(discovery && { discovery }),
  });
  if (hasErrors(opened.diagnostics) || !sourceFile) return stop(opened.diagnostics);
  const deep = files.find((file) => nestsTooDeep(opened.program.getSourceFile(file) ?? sourceFile));
  if (deep !== undefined) return stop([nestedTooDeep(undefined, path.relative(host.currentDirectory, deep))]);

  const { discovery, diagnostics } = discover(opened);
  const found = [
    ...opened.diagnostics,
    ...diagnostics,
    ...withoutRepeated(checkBpfHalf(opened, discovery), diagnostics),
  ];
  const limits = checkLimits(discovery);
  const early = [...found, ...limits];
  // What is not in error is looked at to the end, so that one run reports it all.
  const broken = brokenParts(early.filter(isError), opened, discovery);
  if (!broken) return stop(early, discovery);

  const evaluator = await prepareEvaluator(opened, discovery, options, host);

  const recording = options.record ? await createRecording() : undefined;
  const lowered = lower({
    discovery,
    checker: opened.checker,
    evaluator,
    options,
    projectDirectory: projectDirectory(sourceFile.fileName, host),
    readFile: (file) => host.readFile(file),
    recording,
    pcap: names(opened, 'pcapFilter') ? await import('./pcap/index.js') : undefined,
    broken,
  });
  const all = [...early, ...lowered.diagnostics];
  if (hasErrors(all)) return stop(all, discovery);
  const ir = lowered.ir.globals.length > 0 ? printModule(lowered.ir) : '';
  const { programs, scratch, ir: module } = lowered;
  const { checker } = opened;
  return { diagnostics: all, files, sourceFile, discovery, programs, ir, module, scratch, recording, checker };
}

/** Whether a file of the user's has a name in its text. */
function names({ program }: Opened, name: string): boolean {
  return program.getSourceFiles().some((file) => !file.isDeclarationFile && file.text.includes(name));
}

/** Rarely needed, so loaded by those who need it. */
async function createRecording(): Promise<Recording> {
  const { Recording } = await import('./evaluated/recording.js');
  return new Recording();
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(isError);
}

function isError({ category }: Diagnostic): boolean {
  return category === ts.DiagnosticCategory.Error;
}

async function prepareEvaluator(
  { program, checker }: Opened,
  discovery: Discovery,
  options: CompilerOptions,
  host: Host,
): Promise<Evaluator> {
  const { maps, shared, functions, programs } = discovery;
  const isBpf = (symbol: ts.Symbol): boolean =>
    maps.has(symbol) ||
    shared.has(symbol) ||
    (symbol.name === 'bpf' && symbol.declarations?.[0] !== undefined && isOurs(symbol.declarations[0], checker));
  const evaluator = new Evaluator({ program, checker, host, defines: options.defines, isBpf, functions });
  const needed = programs.flatMap(({ targets, options: given }) => [...targets, ...(given ? [given] : [])]);
  const creations = [...maps.values(), ...shared.values()].flatMap(({ creation }) => [...(creation.arguments ?? [])]);
  await evaluator.prepare([...functions, ...needed, ...creations]);
  return evaluator;
}

function isOurs(declaration: ts.Declaration, checker: ts.TypeChecker): boolean {
  return 'name' in declaration && tsbpfName(declaration.name as ts.Node, checker) === 'bpf';
}

/** Where paths in the object are taken from: the folder of the nearest package.json or tsconfig.json. */
function projectDirectory(file: string, host: Host): string {
  const own = path.dirname(file);
  for (let folder = own; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    if (['package.json', 'tsconfig.json'].some((name) => host.fileExists(path.join(folder, name)))) return folder;
  }
  return own;
}
