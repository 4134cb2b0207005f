/** Builds small programs in memory and evaluates expressions of their BPF functions. */
import { ts } from '@ts-morph/bootstrap';
import path from 'node:path';
import { Evaluator, type Bindings, type Evaluation } from '../../compiler/evaluate/index.js';
import { memoryHost } from '../../compiler/host.js';
import type { FunctionNode } from '../../compiler/model.js';

const standardDirectory = path.resolve(import.meta.dirname, '../..', 'test/evaluate/virtual');

const library = `
interface Array<T> { length: number; [index: number]: T; push(...items: T[]): number; map<U>(f: (item: T) => U): U[] }
interface Boolean {} interface CallableFunction {} interface Function {} interface IArguments {} interface NewableFunction {}
interface Number {} interface Object {} interface RegExp {} interface String {} interface ImportMeta { url: string }
declare const console: any; declare const bpf: any;
declare const unknownAtBuild: number;
`;

export interface Options {
  readonly defines?: Record<string, unknown>;
  /** Where main.ts stands; no real directory unless a test makes one. */
  readonly directory?: string;
}

export interface Project {
  readonly evaluator: Evaluator;
  readonly checker: ts.TypeChecker;
  file(name: string): ts.SourceFile;
  /** The expression that a function named `program` in main.ts returns first. */
  readonly result: ts.Expression;
  evaluate(bindings?: Bindings): Evaluation;
  symbol(name: string): ts.Symbol;
}

/** @param files main.ts is the entry; functions whose names begin with `program` are BPF functions. */
export async function project(files: Record<string, string> | string, options: Options = {}): Promise<Project> {
  const all: Record<string, string> = typeof files === 'string' ? { 'main.ts': files } : files;
  const directory = options.directory ?? standardDirectory;
  const host = memoryHost({ ...all, 'library.d.ts': library }, directory);
  const main = path.join(directory, 'main.ts');
  const program = ts.createProgram({
    rootNames: [main, path.join(directory, 'library.d.ts')],
    options: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      noLib: true,
      types: [],
      strict: true,
    },
    host: {
      fileExists: (file) => host.fileExists(file),
      readFile: (file) => host.readFile(file),
      getSourceFile: (file, target) => {
        const text = host.readFile(file);
        return text === undefined ? undefined : ts.createSourceFile(file, text, target, true);
      },
      getDefaultLibFileName: () => 'lib.d.ts',
      writeFile: () => undefined,
      getCurrentDirectory: () => directory,
      getCanonicalFileName: (file) => file,
      useCaseSensitiveFileNames: () => true,
      getNewLine: () => '\n',
    },
  });
  const checker = program.getTypeChecker();
  const sourceFile = (name: string) => program.getSourceFile(path.join(directory, name))!;
  const functions = bpfFunctions(program);
  const evaluator = new Evaluator({
    program,
    checker,
    host,
    defines: options.defines ?? {},
    isBpf: (symbol) => /^(ctx|bpf|closes|state)$/.test(symbol.name),
    functions,
  });
  await evaluator.prepare(functions);
  const result = returned([...functions].find((one) => one.getSourceFile() === sourceFile('main.ts'))!);
  return {
    evaluator,
    checker,
    file: sourceFile,
    result,
    evaluate: (bindings) => evaluator.evaluate(result, bindings),
    symbol: (name) => find(sourceFile('main.ts'), name, checker),
  };
}

/** Evaluates the result of a program function after these declarations. */
export async function evaluate(
  declarations: string,
  expression: string,
  files: Record<string, string> = {},
  options: Options = {},
): Promise<Evaluation> {
  const main = `${declarations}\nfunction program(ctx: any, parameter: any) { return ${expression}; }\n`;
  return (await project({ ...files, 'main.ts': main }, options)).evaluate();
}

/** The value of a static expression; anything else fails the test that asks. */
export async function value(
  declarations: string,
  expression: string,
  files: Record<string, string> = {},
  options: Options = {},
): Promise<unknown> {
  return valueOf(await evaluate(declarations, expression, files, options));
}

export function valueOf(evaluation: Evaluation): unknown {
  if (evaluation.kind === 'static') return evaluation.value;
  const why =
    evaluation.kind === 'failed'
      ? ts.flattenDiagnosticMessageText(evaluation.diagnostic.messageText, '\n')
      : evaluation.reason;
  throw new Error(`${evaluation.kind}: ${why}`);
}

/** Binds names of BPF functions. */
export function bind(values: ReadonlyMap<ts.Symbol, unknown>): Bindings {
  return (symbol) => (values.has(symbol) ? { value: values.get(symbol) } : undefined);
}

function bpfFunctions(program: ts.Program): Set<FunctionNode> {
  const functions = new Set<FunctionNode>();
  const visit = (node: ts.Node): void => {
    const isFunction =
      ts.isFunctionDeclaration(node) ||
      ts.isMethodDeclaration(node) ||
      ts.isArrowFunction(node) ||
      ts.isFunctionExpression(node);
    if (isFunction && node.body) {
      const holder = ts.isVariableDeclaration(node.parent) ? node.parent : node;
      const name = (holder as { name?: ts.Node }).name?.getText() ?? '';
      if (name.startsWith('program')) functions.add(node);
    }
    ts.forEachChild(node, visit);
  };
  for (const file of program.getSourceFiles()) if (!file.isDeclarationFile) visit(file);
  return functions;
}

function returned(node: ts.Node): ts.Expression {
  const search = (one: ts.Node): ts.Expression | undefined =>
    ts.isReturnStatement(one) ? one.expression : ts.forEachChild(one, search);
  const { body } = node as FunctionNode;
  const expression = ts.isBlock(body!) ? search(body) : body;
  return expression as ts.Expression;
}

function find(file: ts.SourceFile, name: string, checker: ts.TypeChecker): ts.Symbol {
  const search = (node: ts.Node): ts.Symbol | undefined => {
    if (
      'name' in node &&
      node.name &&
      ts.isIdentifier(node.name as ts.Node) &&
      (node.name as ts.Identifier).text === name
    ) {
      return checker.getSymbolAtLocation(node.name as ts.Identifier);
    }
    return ts.forEachChild(node, search);
  };
  return search(file)!;
}
