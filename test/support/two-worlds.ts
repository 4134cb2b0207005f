/**
 * The same function in two worlds: run by Node, and compiled and run by the kernel; both have to agree.
 *
 *     describeTwoWorlds('arithmetic', {}, (testFunction) => {
 *       testFunction('adds', '(a: u32, b: u32) => a + b').with(1, 2).with(0xffffffff, 1);
 *     });
 *
 * All functions of a suite become programs of one object, which is compiled once; each is loaded alone, and each row
 * of arguments is a test.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CompilerOptions } from '../../compiler/options.js';
import { describeKernel } from './kernel.js';
import { loadTestProgram, type LoadedTestProgram } from './test-run.js';
import { compileFunctions, type CompiledFunctions } from './two-worlds-kernel.js';
import { resultConversion, runInNode } from './two-worlds-node.js';
import { describeArguments, encodePacket, readOutcome, type Argument, type Outcome } from './two-worlds-packet.js';

export interface TwoWorldsOptions {
  /** Declarations that the suite's functions share: interfaces, constants, other functions. */
  readonly prelude?: string;
  readonly compilerOptions?: Partial<CompilerOptions>;
}

interface Row {
  readonly values: readonly Argument[];
  /** What the specification says; undefined where Node is asked. */
  readonly expected?: Outcome;
}

/** One function under test; every method adds a row, which becomes a test. */
export class FunctionTest {
  readonly rows: Row[] = [];

  constructor(
    readonly name: string,
    /** An arrow function or a function expression with annotated parameters. */
    readonly source: string,
  ) {}

  /** Kernel and Node have to give the same; where Node throws, the program has to end with its default result. */
  with(...values: Argument[]): this {
    this.rows.push({ values });
    return this;
  }

  /** The kernel has to give this; for what JavaScript has no number for, and for stores into narrower types. */
  gives(expected: Argument, ...values: Argument[]): this {
    this.rows.push({ values, expected: { result: resultConversion('i64')(expected) } });
    return this;
  }

  /** The program has to end with its default result: where JavaScript throws, or makes NaN or Infinity of it. */
  ends(...values: Argument[]): this {
    this.rows.push({ values, expected: 'default result' });
    return this;
  }
}

export type DeclareFunction = (name: string, source: string) => FunctionTest;

/**
 * A suite of functions that are run in both worlds.
 *
 * @param name of the suite, and of the file that the compiler sees.
 * @param body declares the functions and their rows.
 */
export function describeTwoWorlds(
  name: string,
  options: TwoWorldsOptions,
  body: (testFunction: DeclareFunction) => void,
): void {
  const functions: FunctionTest[] = [];
  body((title, source) => {
    const test = new FunctionTest(title, source);
    functions.push(test);
    return test;
  });
  const { prelude = '', compilerOptions = {} } = options;
  describeKernel(name, {}, () => {
    let compiled: CompiledFunctions;
    beforeAll(async () => {
      const sources = functions.map(({ source }) => source);
      compiled = await compileFunctions(name, prelude, sources, compilerOptions);
    }, 240_000);
    functions.forEach((test, index) => describeFunction(test, prelude, () => compiled.program(index)));
  });
}

function describeFunction(
  { name, source, rows }: FunctionTest,
  prelude: string,
  program: () => { readonly object: Uint8Array; readonly name: string },
): void {
  if (rows.length === 0) throw new Error(`'${name}' has no rows: nothing would be tested`);
  describe(name, () => {
    let loaded: LoadedTestProgram | undefined;
    afterAll(() => loaded?.[Symbol.dispose]());
    const titles = new Set<string>();
    for (const { values, expected } of rows) {
      const title = `(${describeArguments(values)})`;
      if (titles.has(title)) throw new Error(`'${name}' has the row ${title} twice`);
      titles.add(title);
      it(title, () => {
        const node = expected ?? runInNode(prelude, source, values);
        if (!loaded) {
          const { object, name: symbol } = program();
          loaded = loadTestProgram(object, symbol);
        }
        expect(readOutcome(loaded.run(encodePacket(values)))).toEqual(node);
      });
    }
  });
}
