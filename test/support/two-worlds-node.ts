/** The user-space world: a function's TypeScript, transpiled and run by Node with tsbpf's pure functions. */
import { ts } from '@ts-morph/bootstrap';
import * as types from '../../runtime/types.js';
import type { Argument, Outcome } from './two-worlds-packet.js';

type Convert = (value: Argument) => bigint;

const scope: Readonly<Record<string, unknown>> = types;

/** How a result becomes the signed 64 bits that are compared, by the function's declared type of result. */
export function resultConversion(type: string): Convert {
  const convert = scope[type];
  if (typeof convert !== 'function') return (value) => BigInt.asIntN(64, BigInt(value));
  return (value) => BigInt.asIntN(64, BigInt(convert(value) as Argument));
}

/** The names of tsbpf that are values, as a test's source may use them. */
export function importedNames(): readonly string[] {
  return Object.keys(scope);
}

export interface Signature {
  readonly parameters: readonly string[];
  readonly result: string;
}

/** The parameters' and the result's annotations of a function's source; '' where there is none. */
export const signature = once((source: string): Signature => {
  const file = ts.createSourceFile('function.ts', `(${source});`, ts.ScriptTarget.Latest, true);
  const statement = file.statements[0];
  let expression: ts.Node | undefined = statement && ts.isExpressionStatement(statement) ? statement.expression : file;
  while (expression && ts.isParenthesizedExpression(expression)) expression = expression.expression;
  if (!expression || !(ts.isArrowFunction(expression) || ts.isFunctionExpression(expression))) {
    throw new Error(`not a function: ${source}`);
  }
  return {
    parameters: expression.parameters.map(({ type }) => type?.getText(file) ?? ''),
    result: expression.type?.getText(file) ?? '',
  };
});

/**
 * What JavaScript makes of it.
 *
 * @throws {Error} where the result is no number that JavaScript holds exactly: such a row proves nothing.
 */
export function runInNode(prelude: string, source: string, values: readonly Argument[]): Outcome {
  // Made anew for each run: what the prelude declares begins as it was written.
  const run = factory(`${prelude}\nreturn (${source});`)();
  const { parameters, result: type } = signature(source);
  let result: unknown;
  try {
    result = run(...values.map((value, index) => typed(value, parameters[index] ?? '')));
  } catch (error) {
    // These say that the test is wrong; what a program throws itself, and what division by 0n throws, are others.
    if (error instanceof ReferenceError || error instanceof TypeError || error instanceof SyntaxError) throw error;
    return 'default result';
  }
  if (typeof result === 'number' && !Number.isSafeInteger(result)) {
    throw new Error(`JavaScript gives ${result}; say what the kernel has to give, by gives() or ends()`);
  }
  if (typeof result !== 'number' && typeof result !== 'bigint' && typeof result !== 'boolean') {
    throw new Error(`a test function has to return an integer, not ${String(result)}`);
  }
  return { result: resultConversion(type)(result) };
}

type Run = (...values: unknown[]) => unknown;

const factory = once((body: string): (() => Run) => {
  const { outputText } = ts.transpileModule(`function module() {${body}\n}`, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.None },
  });
  const names = importedNames();
  const make = new Function(...names, `${outputText}\nreturn module();`);
  return () => make(...names.map((name) => scope[name])) as Run;
});

/** A function has many rows, and each level has it again; reading it takes longer than running it. */
function once<Result>(read: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    const result = known.get(text) ?? read(text);
    known.set(text, result);
    return result;
  };
}

/** The value as a function with that annotation gets it; a test that passes another is wrong. */
function typed(value: Argument, type: string): Argument {
  const big = type === 'u64' || type === 'i64' || type === 'bigint';
  const fits = type === 'boolean' ? 'boolean' : big ? 'bigint' : 'number';
  if (typeof value !== fits) throw new Error(`a parameter of type ${type} is given ${String(value)}`);
  const convert = scope[type];
  if (typeof convert === 'function' && convert(value) !== value) throw new Error(`${String(value)} is no ${type}`);
  return value;
}
