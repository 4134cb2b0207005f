/** Layouts of object literals in generic functions: where a type parameter stands, the value says what it is. */
import { ts } from '../typescript.js';
import { layoutStruct } from '../types/layout.js';
import type { BpfType } from '../types/types.js';
import type { LoweringContext } from './context.js';
import { widened } from './slots.js';
import type { LiteralValue, Value } from './values.js';

/**
 * The layout of an object literal whose type is a type parameter, or has them for fields.
 *
 * @returns undefined where it is no such literal, or where a value does not say its type.
 */
export function genericLayout(type: ts.Type, literal: LiteralValue, context: LoweringContext): BpfType | undefined {
  const { checker, module } = context;
  if (isTypeParameter(type)) return layoutOfValue(literal, context);
  const properties = ts.isObjectLiteralExpression(literal.node) ? checker.getPropertiesOfType(type) : [];
  const types = properties.map((property) => checker.getTypeOfSymbol(property));
  if (!types.some(isTypeParameter)) return undefined;
  const members = properties.map(({ name }, index) => {
    const written = types[index]!;
    const value = literal.members.get(name);
    const layout = isTypeParameter(written) ? value && layoutOfValue(value, context) : module.types.tryConvert(written);
    return layout && { name, type: layout };
  });
  const known = members.filter((member) => member !== undefined);
  return known.length === members.length ? layoutStruct('generic', known) : undefined;
}

function isTypeParameter({ flags }: ts.Type): boolean {
  return (flags & ts.TypeFlags.TypeParameter) !== 0;
}

function layoutOfValue(value: Value, context: LoweringContext): BpfType | undefined {
  if (value.kind === 'scalar') return widened(value.type);
  if (value.kind === 'reference') return value.type;
  if (value.kind === 'literal') return context.module.types.tryConvert(context.checker.getTypeAtLocation(value.node));
  return value.kind === 'optional' ? layoutOfValue(value.inner, context) : undefined;
}
