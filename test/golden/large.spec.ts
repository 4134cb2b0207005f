/** A function with more lines than a call of JavaScript takes arguments is printed all the same. */
import { expect, it } from 'vitest';
import { IrModule } from '../../compiler/ir/module.js';
import { printModule } from '../../compiler/ir/printer.js';
import { i32 } from '../../compiler/ir/types.js';
import { constant } from '../../compiler/ir/values.js';

it('prints a function of 200,000 blocks', () => {
  const module = new IrModule('large.ts');
  module.functions.push({
    name: 'large',
    returns: i32,
    parameters: [],
    blocks: Array.from({ length: 200_000 }, (_, index) => ({
      name: `b${index}`,
      instructions: [{ op: 'unreachable' as const }],
      terminated: true,
      reached: true,
    })),
    section: 'xdp',
    internal: false,
    alwaysInline: false,
    debug: undefined,
    defaultResult: constant(i32, 0),
  });
  const lines = printModule(module).split('\n');
  expect(lines.filter((line) => line.trim() === 'unreachable')).toHaveLength(200_000);
});
