/** Checks a whole file, user space included, as the user's own editor does: for `tsbpf check`. */
import { createProjectSync } from '@ts-morph/bootstrap';
import path from 'node:path';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { configurationUnreadable } from '../diagnostics/input.js';
import { programSpellings } from '../discover/kinds.js';
import { tsbpfName } from '../discover/symbols.js';
import type { Host } from '../host.js';
import { userFiles } from './files.js';
import { findRuntimeFolder, resolveRuntime } from './resolve.js';
import { ts } from '../typescript.js';

const decoratorNotValid = 1206;
const unusedNames = new Set([6133, 6192, 6196]);
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
 * What TypeScript alone would say about our decorators (TS1206, TS6133) is left out.
 *
 * @param entry a path; a relative one is taken from the host's current directory.
 */
export function checkWholeFile(entry: string, host: Host): Diagnostic[] {
  const file = path.resolve(host.currentDirectory, entry);
  const { options, diagnostics } = readOptions(file, host);
  const project = createProjectSync({ compilerOptions: options });
  const text = host.readFile(file);
  if (text !== undefined) project.createSourceFile(file, text, { scriptKind: scriptKind(file) });
  const program = project.createProgram({ rootNames: [file], options: project.compilerOptions.get() });
  const checker = program.getTypeChecker();
  const hasNodeTypes = program.getSourceFiles().some(({ fileName }) => fileName.includes('/@types/node/'));
  const own = userFiles(program).filter((source) => !source.isDeclarationFile && !isForeign(source));
  for (const source of own) {
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    diagnostics.push(...found.filter((diagnostic) => !isAboutOurs(diagnostic, source, checker)));
  }
  return hasNodeTypes ? diagnostics : diagnostics.filter((diagnostic) => !isAboutNode(diagnostic));
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

/** TypeScript's complaints about a decorator of ours, and about the names that only it uses. */
function isAboutOurs(diagnostic: ts.Diagnostic, source: ts.SourceFile, checker: ts.TypeChecker): boolean {
  if (diagnostic.code !== decoratorNotValid && !unusedNames.has(diagnostic.code)) return false;
  const decorators = ourDecorators(source, checker);
  if (diagnostic.code === decoratorNotValid) {
    return decorators.some((decorator) => decorator.getStart(source) === diagnostic.start);
  }
  const used = new Set<string>();
  for (const decorator of decorators) {
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node)) used.add(node.text);
      ts.forEachChild(node, visit);
    };
    visit(decorator);
    const { parent } = decorator;
    if (ts.isFunctionDeclaration(parent) && parent.name) used.add(parent.name.text);
  }
  const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n');
  const name = /'([^']+)'/.exec(message)?.[1];
  const place = source.text.slice(diagnostic.start, (diagnostic.start ?? 0) + (diagnostic.length ?? 0));
  return [...used].some((word) => word === name || new RegExp(`\\b${word}\\b`).test(place));
}

/** Decorators on function declarations that make programs. */
function ourDecorators(source: ts.SourceFile, checker: ts.TypeChecker): ts.Decorator[] {
  const result: ts.Decorator[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isDecorator(node) && ts.isFunctionDeclaration(node.parent)) {
      const { expression } = node;
      const name = tsbpfName(ts.isCallExpression(expression) ? expression.expression : expression, checker);
      if (name !== undefined && programSpellings.has(name)) result.push(node);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return result;
}

/** Errors that only say that Node's types are not installed. */
function isAboutNode({ code, messageText }: ts.Diagnostic): boolean {
  if (!missingNodeTypes.has(code)) return false;
  const name = /'([^']+)'/.exec(ts.flattenDiagnosticMessageText(messageText, '\n'))?.[1] ?? '';
  return name.startsWith('node:') || name === 'NodeJS' || name in globalThis || ['require', 'module'].includes(name);
}
