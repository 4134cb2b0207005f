/**
 * The same function in two worlds: run by Node, and compiled and run by the kernel; both have to agree.
 *
 *     describeTwoWorlds('arithmetic', {}, (testFunction) => {
 *       testFunction('adds', '(a: u32, b: u32) => a + b').with(1, 2).with(0xffffffff, 1);
 *     });
 *
 * All functions of a suite become programs of one object, which is compiled and loaded once; each row of arguments is
 * a test. A function that the compiler or the verifier refuses fails alone.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CompilerOptions } from '../../compiler/options.js';
import { describeKernel, kernelIsAtLeast } from './kernel.js';
import type { LoadedTestProgram } from './test-run.js';
import { compileFunctions, type CompiledFunctions } from './two-worlds-kernel.js';
import { resultConversion, runInNode } from './two-worlds-node.js';
import { describeArguments, encodePacket, readOutcome, type Argument, type Outcome } from './two-worlds-packet.js';

export interface TwoWorldsOptions {
  /** Declarations that the suite's functions share: interfaces, constants, other functions. */
  readonly prelude?: string;
  readonly compilerOptions?: Partial<CompilerOptions>;
  /** The first kernel that can run what these options make. */
  readonly since?: string;
}

const levels: Readonly<Record<string, TwoWorldsOptions>> = {
  '': {},
  ' at v1': { compilerOptions: { cpu: 'v1' } },
  ' at v4': { compilerOptions: { cpu: 'v4' }, since: '6.6' },
  ' without optimisation': { compilerOptions: { optimize: false } },
};

/**
 * Every way to the same instructions: signed division and 32-bit operations differ with the instruction set. What the
 * instructions do is no matter of the kernel's version, so that a guest, which is slow, runs those that users get.
 */
export const everyLevel = process.env.TSBPF_VM === undefined ? levels : { '': {} };

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
  const { prelude = '', compilerOptions = {}, since } = options;
  describeKernel(name, since === undefined ? {} : { since }, () => {
    let compiled: CompiledFunctions | undefined;
    beforeAll(async () => {
      const sources = functions.map(({ source }) => source);
      compiled = await compileFunctions(name, prelude, sources, compilerOptions);
    }, 240_000);
    afterAll(() => compiled?.[Symbol.dispose]());
    functions.forEach((test, index) =>
      describeFunction(test, prelude, () => {
        if (!compiled) throw new Error('the suite was not compiled');
        return compiled.program(index);
      }),
    );
  });
}

/** What the verifier of an old kernel refuses in words of its own, whatever the compiler does; newer kernels run it. */
function limitOfKernel(error: unknown): string | undefined {
  const refused = error instanceof Error && /variable stack access var_off/.test(error.message);
  return refused && !kernelIsAtLeast('5.12') ? 'stack memory takes no index of run time before 5.12' : undefined;
}

function describeFunction(
  { name, source, rows }: FunctionTest,
  prelude: string,
  program: () => LoadedTestProgram,
): void {
  if (rows.length === 0) throw new Error(`'${name}' has no rows: nothing would be tested`);
  describe(name, () => {
    let loaded: LoadedTestProgram | undefined;
    const titles = new Set<string>();
    for (const { values, expected } of rows) {
      const title = `(${describeArguments(values)})`;
      if (titles.has(title)) throw new Error(`'${name}' has the row ${title} twice`);
      titles.add(title);
      it(title, (context) => {
        const node = expected ?? runInNode(prelude, source, values);
        try {
          loaded ??= program();
        } catch (error) {
          const limit = limitOfKernel(error);
          if (limit === undefined) throw error;
          context.skip(limit);
        }
        if (!loaded) return;
        expect(readOutcome(loaded.run(encodePacket(values)))).toEqual(node);
      });
    }
  });
}
