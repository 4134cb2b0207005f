/** Compilations made by hand: what lowering would hand on, without lowering. */
import { expect } from 'vitest';
import { codes, find } from '../open/sources.js';
import type { CompiledProgram } from '../../compiler/model.js';
import type { TransformInput } from '../../compiler/transform/index.js';
import { ts } from '@ts-morph/bootstrap';

/** @param constants names of load constants, by program; each is looked up where the program stands. */
export function compiled(
  sources: string | Readonly<Record<string, string>>,
  constants: Readonly<Record<string, readonly string[]>> = {},
): TransformInput {
  const { discovery, diagnostics, opened } = find(sources);
  expect(codes(diagnostics)).toEqual([]);
  const programs = discovery.programs.map((source): CompiledProgram => {
    const inScope = opened.checker.getSymbolsInScope(source.site, ts.SymbolFlags.Value | ts.SymbolFlags.Alias);
    const found = (constants[source.name] ?? []).map((name) => {
      const symbol = inScope.find((candidate) => candidate.name === name)!;
      const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
      return { name, symbol: isAlias ? opened.checker.getAliasedSymbol(symbol) : symbol };
    });
    return {
      source,
      name: source.name,
      section: '',
      targets: source.targets.map((target) => (ts.isStringLiteral(target) ? target.text : '')),
      constants: found,
      maps: [],
      shared: [],
    };
  });
  return {
    discovery,
    programs,
    sourceFile: opened.entry,
    checker: opened.checker,
    object: () => new Uint8Array([1, 2, 3]),
  };
}
