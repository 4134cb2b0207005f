/** What Node makes of a generated program. */
import { resultConversion } from '../support/two-worlds-node.js';
import type { Outcome } from '../support/two-worlds-packet.js';
import { prelude } from './generate/program.js';
import { Ended, Inexact, nodeWorld, pure } from './node-world.js';
import { printTree, type Program } from './tree.js';
import { javascript } from './worlds.js';

/**
 * An outcome for each row; undefined where it cannot be compared.
 *
 * @throws {Error} where Node cannot run it, which is the generator's fault.
 */
export function runInNode(program: Program): (Outcome | undefined)[] {
  const make = new Function('$', ...Object.keys(pure), nodeSource(program));
  return program.rows.map((row) => {
    // Made anew for each row: maps begin empty.
    const run = make(nodeWorld, ...Object.values(pure)) as (...values: readonly unknown[]) => unknown;
    let result: unknown;
    try {
      result = run(...row);
    } catch (error) {
      if (error instanceof Inexact) return undefined;
      if (error instanceof Ended || error instanceof RangeError) return 'default result';
      if (error instanceof Error && error.message === 'x') return 'default result';
      throw new Error(`the generator made a program that Node cannot run: ${String(error)}\n${nodeSource(program)}`);
    }
    if (typeof result === 'number' && !Number.isSafeInteger(result)) return undefined;
    return { result: resultConversion(program.result)(result as bigint) };
  });
}

export function nodeSource(program: Program): string {
  const names = program.parameters.map(({ name }) => name).join(', ');
  const declarations = program.declarations.map((declaration) => printTree(declaration, javascript));
  const body = printTree(program.body, javascript);
  return `'use strict';\n${prelude(javascript)}\n${declarations.join('\n')}\nreturn (${names}) => {\n${body}\n};`;
}
