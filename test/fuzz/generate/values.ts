/** Values of any type, as initialisers and arguments. */
import { essential, printTree, tree, type Tree } from '../tree.js';
import { typescript } from '../worlds.js';
import { bigOf } from './bigints.js';
import { booleanOf } from './booleans.js';
import type { Context } from './context.js';
import { fixedOf } from './fixed.js';
import { numberOf } from './numbers.js';
import { findPlace } from './places.js';
import { textLiteral } from './texts.js';
import { stored, type ScalarType, type StructType, type Type } from './types.js';

export function valueOf(c: Context, category: ScalarType['category'], depth: number, most?: number): Tree {
  switch (category) {
    case 'number':
      return numberOf(c, depth, most);
    case 'boolean':
      return booleanOf(c, depth);
    case 'fixed':
      return fixedOf(c, depth);
    default:
      return bigOf(c, category, depth);
  }
}

/** What a place of that type is given: as it is stored there. */
export function initialOf(c: Context, type: Type, depth: number): Tree {
  if (type.kind === 'scalar') return storedScalar(c, type, depth);
  const other = c.random.once(4) ? findPlace(c, (wanted) => wanted === type, false) : undefined;
  if (other) return stored(type, other.tree);
  return literalOf(c, type, depth);
}

/** A scalar as a place keeps it; a constant that does not fit would be refused, so that it is converted. */
export function storedScalar(c: Context, type: ScalarType, depth: number): Tree {
  const value = valueOf(c, type.category, depth, type.name === 'number' ? type.bits : undefined);
  const width = /^([ui])(?:8|16|32|64)$/.test(type.name) ? type.name : undefined;
  const be = /^be(\d+)$/.exec(type.name);
  const bits = /^Bits<(\d+)(, i32)?>$/.exec(type.name);
  const converting = c.random.once(2) || !varies(c, value);
  return essential(
    tree(
      type.category,
      [value],
      (world, [text = '']) => {
        if (bits && converting)
          return world.store(type.name, `(${text} & ${2 ** (Number(bits[1]) - (bits[2] ? 1 : 0)) - 1})`);
        if (!world.compiled || !converting || type.category === 'boolean' || type.category === 'fixed')
          return world.store(type.name, text);
        if (width) return `${width}(${text})`;
        if (be) return `u${be[1]}(${text})`;
        return type.category === 'i64' ? `i64(${text})` : text;
      },
      type.bits,
    ),
  );
}

/** Whether a value depends on what only the run knows, so that it is no constant. */
export function varies(c: Context, value: Tree): boolean {
  if (value.children.length > 0) return value.children.some((child) => varies(c, child));
  const names: readonly string[] = printTree(value, typescript).match(/\b[a-z]+_\d+\b/g) ?? [];
  return c.variables.some(({ name, varies: unknown }) => unknown && names.includes(name));
}

export function literalOf(c: Context, type: Exclude<Type, ScalarType>, depth: number): Tree {
  if (type.kind === 'text') return textLiteral(c, type.length);
  if (type.kind === 'struct') {
    const { fields } = type;
    const spread = c.random.once(4) ? findPlace(c, (wanted) => wanted === type, false) : undefined;
    if (spread) return spreadLiteral(c, type, spread.tree, depth);
    const values = fields.map((field) => initialOf(c, field.type, depth - 1));
    return tree(
      'other',
      values,
      (_, texts) => `{ ${fields.map(({ name }, index) => `${name}: ${texts[index]}`).join(', ')} }`,
    );
  }
  if (type.bytes) {
    const bytes = Array.from({ length: type.length }, () => c.random.below(256));
    return tree('other', [], () => `new Uint8Array([${bytes.join(', ')}])`);
  }
  const values = Array.from({ length: type.length }, () => initialOf(c, type.element, Math.min(depth - 1, 1)));
  return tree('other', values, (_, texts) => `[${texts.join(', ')}]`);
}

/** `{ ...object, field: value }`. */
function spreadLiteral(c: Context, type: StructType, object: Tree, depth: number): Tree {
  const fields = type.fields.filter(() => c.random.once(2));
  const values = fields.map((field) => initialOf(c, field.type, depth - 1));
  return tree('other', [object, ...values], (w, [of = '', ...texts]) => {
    const list = fields.map(({ name }, index) => `${name}: ${texts[index]}`);
    return `{ ${[`...${w.copy(of)}`, ...list].join(', ')} }`;
  });
}
