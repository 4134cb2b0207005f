/** Makes a `ts.Program` of an entry file, our declarations and the small library; reads nothing else. */
import { ts } from '../typescript.js';
import path from 'node:path';
import {
  fileIsDirectory,
  fileIsEmpty,
  fileIsNotText,
  fileIsNotTypeScript,
  fileNotFound,
  importNotFound,
  kernelStructUnknown,
  kernelTypesMissing,
} from '../diagnostics/input.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { Host } from '../host.js';
import { userFiles } from './files.js';
import type { NeededDeclarations } from './needed.js';
import { kernelModule, type KernelModule } from '../kernel-types/index.js';
import { textsOf } from './needed.js';
import { isInternal, isLocal, isRuntimeFile, kernelFile, resolveLocal, resolveRuntime } from './resolve.js';
import { libraryFile, libraryText } from './library/index.js';

export { withoutRepeated } from './repeated.js';
export { checkBpfHalf } from './semantic.js';
export { findNear } from './near.js';
export { neededDeclarations, type NeededDeclarations } from './needed.js';

/** The entry file and all that it imports, parsed and bound. */
export interface Opened {
  readonly program: ts.Program;
  readonly checker: ts.TypeChecker;
  /** Absent where the file could not be read; `diagnostics` then say why. */
  readonly entry: ts.SourceFile | undefined;
  /** What is wrong with the files themselves: missing, empty, or not TypeScript's syntax. */
  readonly diagnostics: readonly Diagnostic[];
  /** The user's files that were read, absolute; the entry file is the first. */
  readonly files: readonly string[];
}

const compilerOptions: ts.CompilerOptions = {
  strict: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  noEmit: true,
  noLib: true,
  skipLibCheck: true,
  types: [],
  allowImportingTsExtensions: true,
  resolveJsonModule: true,
  jsx: ts.JsxEmit.Preserve,
};

/**
 * Opens a file for compilation. `node:*` and npm modules stay unresolved and count as `any`.
 *
 * @param entry a path; a relative one is taken from the host's current directory.
 * @param needed the part of our declarations to read, of `neededDeclarations`; all of them without it.
 * @param btf a file with a kernel's types, for `tsbpf/kernel`; those of the running kernel without it.
 * @returns the program and what is wrong with its files; bad input never throws.
 */
export function openProgram(entry: string, host: Host, needed?: NeededDeclarations, btf?: string): Opened {
  const file = path.resolve(host.currentDirectory, entry);
  const refusal = refuseEntry(file, entry, host);
  const rootNames = refusal ? [libraryFile] : [libraryFile, file];
  let kernel: KernelModule | undefined;
  const readKernel = () => (kernel ??= kernelModule(textsOf(file, host) ?? [], btf)).text;
  const compilerHost = createCompilerHost(host, needed, readKernel);
  const program = ts.createProgram({ rootNames, options: compilerOptions, host: compilerHost });
  const checker = program.getTypeChecker();
  if (refusal) return { program, checker, entry: undefined, diagnostics: [refusal], files: [] };
  const sources = userFiles(program);
  const diagnostics = sources.flatMap((source) => [
    ...program.getSyntacticDiagnostics(source),
    ...missingImports(source, host),
    ...(kernel ? missingKernelTypes(source, kernel) : []),
  ]);
  return {
    program,
    checker,
    entry: program.getSourceFile(file),
    diagnostics,
    files: [file, ...sources.map((source) => source.fileName).filter((name) => name !== file)],
  };
}

function refuseEntry(file: string, written: string, host: Host): Diagnostic | undefined {
  if (host.directoryExists(file)) return fileIsDirectory(undefined, written);
  if (!host.fileExists(file)) return fileNotFound(undefined, written);
  const text = host.readFile(file);
  if (text === undefined) return fileNotFound(undefined, written);
  if (!/\.(ts|mts|tsx)$/.test(file) || /\.d\.m?ts$/.test(file)) return fileIsNotTypeScript(undefined, written);
  if (text.includes('\0')) return fileIsNotText(undefined, written);
  return text.trim() === '' ? fileIsEmpty(undefined, written) : undefined;
}

/** Our own files, parsed once for a process as long as the same part of them is needed. */
const parsed = new Map<string, ts.SourceFile>();

/** Gives up what was parsed of our own files. */
export function forgetParsed(): void {
  parsed.clear();
}

function createCompilerHost(
  host: Host,
  needed: NeededDeclarations | undefined,
  readKernel: () => string,
): ts.CompilerHost {
  const readOurs = (fileName: string): string | undefined => {
    if (fileName === kernelFile()) return readKernel();
    if (fileName === libraryFile) return needed?.library ?? libraryText;
    return needed?.runtimeFile === fileName ? needed.runtime : host.readFile(fileName);
  };
  const getSourceFile = (fileName: string, version: ts.ScriptTarget | ts.CreateSourceFileOptions) => {
    const ours = fileName === libraryFile || isRuntimeFile(fileName);
    const text = ours ? readOurs(fileName) : host.readFile(fileName);
    const held = ours ? parsed.get(fileName) : undefined;
    if (held && held.text === text) return held;
    if (text === undefined) return undefined;
    const source = parse(fileName, text, version);
    if (ours) parsed.set(fileName, source);
    return source;
  };
  return {
    getSourceFile,
    fileExists: (file) => file === libraryFile || host.fileExists(file),
    readFile: (file) => (file === libraryFile ? libraryText : host.readFile(file)),
    directoryExists: (directory) => host.directoryExists(directory),
    getCurrentDirectory: () => host.currentDirectory,
    getDirectories: () => [],
    getDefaultLibFileName: () => libraryFile,
    getCanonicalFileName: (file) => file,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    writeFile: () => undefined,
    resolveModuleNameLiterals: (literals, containingFile) =>
      literals.map(({ text }) => resolvedModule(resolve(text, containingFile, host))),
  };
}

/** Comments mean nothing to us, and the binder sets the parents of nodes. */
function parse(fileName: string, text: string, version: ts.ScriptTarget | ts.CreateSourceFileOptions): ts.SourceFile {
  const options = typeof version === 'object' ? version : { languageVersion: version };
  return ts.createSourceFile(fileName, text, { ...options, jsDocParsingMode: ts.JSDocParsingMode.ParseNone });
}

function resolve(specifier: string, containingFile: string, host: Host): string | undefined {
  if (!isLocal(specifier)) return resolveRuntime(specifier, host);
  if (isRuntimeFile(containingFile) && isInternal(specifier)) return undefined;
  return resolveLocal(specifier, containingFile, host);
}

/** What `createProgram` wants to know of a resolved file. */
function resolvedModule(resolvedFileName: string | undefined): ts.ResolvedModuleWithFailedLookupLocations {
  if (!resolvedFileName) return { resolvedModule: undefined };
  const extension = ts.Extension;
  const known = [extension.Dts, extension.Dmts, extension.Ts, extension.Tsx, extension.Mts, extension.Json];
  const found = known.find((candidate) => resolvedFileName.endsWith(candidate)) ?? extension.Ts;
  return { resolvedModule: { resolvedFileName, extension: found, isExternalLibraryImport: false } };
}

/** Imports of structs that no kernel's types are there for, or that the kernel does not have. */
function missingKernelTypes(source: ts.SourceFile, { problem, missing }: KernelModule): Diagnostic[] {
  return source.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) return [];
    if (statement.moduleSpecifier.text !== 'tsbpf/kernel') return [];
    if (problem !== undefined) return [kernelTypesMissing(statement.moduleSpecifier, problem)];
    const bindings = statement.importClause?.namedBindings;
    if (!bindings || !ts.isNamedImports(bindings)) return [];
    return bindings.elements.flatMap(({ name, propertyName }) => {
      const written = (propertyName ?? name) as ts.Identifier;
      return missing.includes(written.text) ? [kernelStructUnknown(written, written.text)] : [];
    });
  });
}

/** Imports of files that are not there: user space would fail on them as much as the compiler. */
function missingImports(source: ts.SourceFile, host: Host): Diagnostic[] {
  const result: Diagnostic[] = [];
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue;
    const specifier = statement.moduleSpecifier;
    if (!specifier || !ts.isStringLiteral(specifier) || !isLocal(specifier.text)) continue;
    if (resolveLocal(specifier.text, source.fileName, host)) continue;
    const target = path.resolve(path.dirname(source.fileName), specifier.text);
    if (host.fileExists(target)) continue;
    result.push(importNotFound(specifier, specifier.text));
  }
  return result;
}
