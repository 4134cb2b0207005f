/** Object and array literals. They have no memory until they are stored, since their layout is that of their place. */
import { ts } from '../../typescript.js';
import { memberNotKnown, unsupportedSyntax } from '../../diagnostics/index.js';
import type { LoweringContext } from '../context.js';
import { fieldPlace, loadFrom } from '../memory.js';
import { unshared } from '../shared.js';
import type { LiteralValue, Value } from '../values.js';
import { elementsOfConstant, whyNotKnown } from './fold.js';
import { lowerExpression } from './index.js';
import { knownElements } from './rest.js';

/** More has no place in the kernel; it is there for iterators without an end. */
const MOST_ELEMENTS = 65536;

export function lowerObjectLiteral(node: ts.ObjectLiteralExpression, context: LoweringContext): LiteralValue {
  const members = new Map<string, Value>();
  for (const property of node.properties) {
    if (ts.isPropertyAssignment(property))
      members.set(propertyName(property.name, context), lowerExpression(property.initializer, context));
    else if (ts.isShorthandPropertyAssignment(property))
      members.set(property.name.text, lowerExpression(property.name, context));
    else if (ts.isSpreadAssignment(property)) spread(property, members, context);
    else context.refuse(unsupportedSyntax(property, 'A method or accessor of an object'));
  }
  return { kind: 'literal', node, members };
}

export function lowerArrayLiteral(node: ts.ArrayLiteralExpression, context: LoweringContext): LiteralValue {
  const members = new Map<string, Value>();
  for (const element of node.elements) {
    if (ts.isSpreadElement(element)) {
      const value = lowerExpression(element.expression, context);
      const known = knownElements(value, 0, element, context);
      for (const item of known ?? []) members.set(String(members.size), item);
      if (known) continue;
      if (value.kind !== 'static')
        return context.refuse(unsupportedSyntax(element, 'Spread of values that are known at run time only'));
      const items = elementsOfConstant(value.value, MOST_ELEMENTS, element, context);
      for (const item of items ?? context.refuse(unsupportedSyntax(element, 'Spread of what is no list')))
        members.set(String(members.size), { kind: 'static', value: item });
    } else {
      members.set(String(members.size), lowerExpression(element, context));
    }
  }
  return { kind: 'literal', node, members };
}

function spread(property: ts.SpreadAssignment, members: Map<string, Value>, context: LoweringContext): void {
  const value = unshared(lowerExpression(property.expression, context), context);
  const source = value.kind === 'optional' ? value.inner : value;
  if (source.kind === 'static') {
    for (const [name, item] of Object.entries(source.value as object))
      members.set(name, { kind: 'static', value: item });
  } else if (source.kind === 'literal') {
    for (const [name, item] of source.members) members.set(name, item);
  } else if (source.kind === 'reference' && source.type.kind === 'struct') {
    for (const field of source.type.fields) {
      const value = field.bits
        ? fieldPlace(field, source.address, source.origin, context).load()
        : loadFrom(field.type, context.builder.offset(source.address, field.offset), source.origin, context);
      members.set(field.name, value);
    }
  } else {
    context.refuse(unsupportedSyntax(property, 'Spread of this value'));
  }
}

export function propertyName(name: ts.PropertyName, context: LoweringContext): string {
  if (ts.isIdentifier(name) || ts.isStringLiteral(name) || ts.isNumericLiteral(name)) return name.text;
  if (ts.isComputedPropertyName(name)) {
    const known = lowerExpression(name.expression, context);
    if (known.kind === 'static' && (typeof known.value === 'string' || typeof known.value === 'number'))
      return String(known.value);
  }
  const reason = ts.isComputedPropertyName(name) ? whyNotKnown(name.expression, context) : undefined;
  return context.refuse(memberNotKnown(name, reason));
}
