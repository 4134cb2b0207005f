/** Checks a whole file, user space included, as the user's own editor does: for `tsbpf check`. */
import { createProjectSync, type Project } from '@ts-morph/bootstrap';
import path from 'node:path';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { configurationUnreadable } from '../diagnostics/input.js';
import type { Host } from '../host.js';
import { userFiles } from './files.js';
import { withoutMisreported } from './misreported.js';
import { kernelModule } from '../kernel-types/index.js';
import { importsKernel } from './kernel-import.js';
import { textsOf } from './needed.js';
import { findRuntimeFolder, kernelFile, resolveRuntime } from './resolve.js';
import { ts } from '../typescript.js';

const missingNodeTypes = new Set([2307, 2580, 2591, 2304, 2503, 2584]);

const defaultOptions: ts.CompilerOptions = {
  strict: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts', 'lib.esnext.collection.d.ts'],
  skipLibCheck: true,
};

/**
 * All of TypeScript's diagnostics for a file and its imports, under the nearest `tsconfig.json`, with the full library.
 * What TypeScript alone says wrongly about programs (`misreported.ts`) is left out.
 *
 * @param entry a path; a relative one is taken from the host's current directory.
 * @param btf a file with a kernel's types, for `tsbpf/kernel`; those of the running kernel without it.
 */
export function checkWholeFile(entry: string, host: Host, btf?: string): Diagnostic[] {
  const file = path.resolve(host.currentDirectory, entry);
  const { options, diagnostics } = readOptions(file, host);
  const project = createProjectSync({ compilerOptions: options });
  const text = host.readFile(file);
  if (text !== undefined) project.createSourceFile(file, text, { scriptKind: scriptKind(file) });
  addKernelTypes(file, host, btf, project);
  const program = project.createProgram({ rootNames: [file], options: project.compilerOptions.get() });
  const checker = program.getTypeChecker();
  const hasNodeTypes = program.getSourceFiles().some(({ fileName }) => fileName.includes('/@types/node/'));
  const own = userFiles(program).filter((source) => !source.isDeclarationFile && !isForeign(source));
  for (const source of own) {
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    diagnostics.push(...withoutMisreported(found, source, checker));
  }
  return hasNodeTypes ? diagnostics : diagnostics.filter((diagnostic) => !isAboutNode(diagnostic));
}

function addKernelTypes(file: string, host: Host, btf: string | undefined, project: Project): void {
  const texts = textsOf(file, host);
  if (texts?.some(importsKernel)) project.createSourceFile(kernelFile(), kernelModule(texts, btf).text);
}

function readOptions(file: string, host: Host): { options: ts.CompilerOptions; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const configuration = ts.findConfigFile(path.dirname(file), (candidate) => host.fileExists(candidate));
  let options = defaultOptions;
  if (configuration) {
    const { config, error } = ts.readConfigFile(configuration, (name) => host.readFile(name));
    const reason = error && ts.flattenDiagnosticMessageText(error.messageText, '\n');
    if (reason) diagnostics.push(configurationUnreadable(undefined, configuration, reason));
    const parsed = ts.parseJsonConfigFileContent({ ...config, files: [file] }, ts.sys, path.dirname(configuration));
    options = { ...parsed.options, configFilePath: configuration };
  }
  const runtime = resolveRuntime('tsbpf', host);
  const folder = findRuntimeFolder();
  const paths = { ...options.paths, ...(runtime ? { tsbpf: [runtime], 'tsbpf/*': [`${folder}*`] } : {}) };
  const types = options.types ?? ['*'];
  return {
    options: {
      ...options,
      paths,
      types,
      noEmit: true,
      skipLibCheck: true,
      incremental: false,
      composite: false,
      tsBuildInfoFile: undefined,
    },
    diagnostics,
  };
}

function scriptKind(file: string): ts.ScriptKind {
  return file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
}

function isForeign({ fileName }: ts.SourceFile): boolean {
  return fileName.includes('/node_modules/');
}

/** Errors that only say that Node's types are not installed. */
function isAboutNode({ code, messageText }: ts.Diagnostic): boolean {
  if (!missingNodeTypes.has(code)) return false;
  const name = /'([^']+)'/.exec(ts.flattenDiagnosticMessageText(messageText, '\n'))?.[1] ?? '';
  return name.startsWith('node:') || name === 'NodeJS' || name in globalThis || ['require', 'module'].includes(name);
}
