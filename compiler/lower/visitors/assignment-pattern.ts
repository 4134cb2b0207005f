/** `[a, b] = [b, a]`, `({ x, y: z = 1 } = point)`: assignments through patterns, part after part. */
import { ts } from '../../typescript.js';
import { unwrap } from '../../discover/symbols.js';
import { unsupportedSyntax } from '../../diagnostics/index.js';
import { isScalar } from '../../types/types.js';
import type { LoweringContext } from '../context.js';
import { storeTo } from '../memory.js';
import { noteStore } from '../overwritten.js';
import type { Value } from '../values.js';
import { lowerPlace } from './access.js';
import { propertyName } from './literals.js';
import { restOfList, restOfObject } from './rest.js';
import { symbolOfName } from './primary.js';
import { memberOf, withDefault } from './variables.js';

type Pattern = ts.ObjectLiteralExpression | ts.ArrayLiteralExpression;

/** @returns what was assigned, as the assignment's own value. */
export function assignPattern(pattern: Pattern, value: Value, context: LoweringContext): Value {
  if (ts.isArrayLiteralExpression(pattern)) assignElements(pattern, value, context);
  else assignProperties(pattern, value, context);
  return value;
}

function assignElements(pattern: ts.ArrayLiteralExpression, value: Value, context: LoweringContext): void {
  const source = detached(pattern.elements, value, context);
  pattern.elements.forEach((target, index) => {
    if (ts.isOmittedExpression(target)) return;
    if (ts.isSpreadElement(target)) assignTo(target.expression, restOfList(source, index, target, context), context);
    else assignTo(target, memberOf(source, index, target, context), context);
  });
}

function assignProperties(pattern: ts.ObjectLiteralExpression, value: Value, context: LoweringContext): void {
  const taken = new Set<string>();
  for (const property of pattern.properties) {
    if (ts.isSpreadAssignment(property)) {
      assignTo(property.expression, restOfObject(value, taken, property, context), context);
      continue;
    }
    if (!ts.isShorthandPropertyAssignment(property) && !ts.isPropertyAssignment(property))
      return context.refuse(unsupportedSyntax(property, 'This part of a pattern'));
    const name = propertyName(property.name, context);
    taken.add(name);
    const part = memberOf(value, name, property, context);
    if (ts.isPropertyAssignment(property)) assignTo(property.initializer, part, context);
    else {
      const default_ = property.objectAssignmentInitializer;
      store(property.name, default_ ? withDefault(part, default_, context) : part, context);
    }
  }
}

/** Gives a value to a name, a member, or the parts of a pattern. */
export function assignTo(target: ts.Expression, part: Value, context: LoweringContext): void {
  const inner = unwrap(target) as ts.Expression;
  if (ts.isBinaryExpression(inner) && inner.operatorToken.kind === ts.SyntaxKind.EqualsToken)
    return assignTo(inner.left, withDefault(part, inner.right, context), context);
  if (ts.isArrayLiteralExpression(inner) || ts.isObjectLiteralExpression(inner)) assignPattern(inner, part, context);
  else store(inner, part, context);
}

function store(target: ts.Expression, value: Value, context: LoweringContext): void {
  const place = lowerPlace(target, context);
  place.store(value, target);
  noteStore(place, context);
}

/** The objects of `[list[i], list[j]] = [list[j], list[i]]` are copied before the first is overwritten. */
function detached(targets: readonly ts.Expression[], value: Value, context: LoweringContext): Value {
  if (value.kind !== 'literal' || targets.length < 2) return value;
  const members = [...value.members].map(([name, member], index): [string, Value] => {
    const target = targets[index];
    if (member.kind !== 'reference' || isScalar(member.type) || !target || refers(target, context))
      return [name, member];
    const address = context.allocate(member.type);
    storeTo(member.type, address, member, target, context);
    return [name, { ...member, address, origin: 'stack' }];
  });
  return { ...value, members: new Map(members) };
}

/** Whether a target is a variable that takes the address of an object, not its content. */
function refers(target: ts.Expression, context: LoweringContext): boolean {
  const inner = unwrap(target);
  const symbol = ts.isIdentifier(inner) ? symbolOfName(inner, context) : undefined;
  const variable = symbol && context.scope.find(symbol);
  return variable?.kind === 'place' && variable.place.address === undefined;
}
