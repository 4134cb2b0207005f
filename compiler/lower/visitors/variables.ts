/** Declarations: names for values that stay, memory for those that change, and destructuring of both. */
import { ts } from '../../typescript.js';
import {
  constantDoesNotFit,
  functionNotKnown,
  nameNotKnown,
  typeHasNoLayout,
  unsupportedSyntax,
} from '../../diagnostics/index.js';
import { i64 } from '../../ir/types.js';
import { constant64, nullPointer, trueValue } from '../../ir/values.js';
import type { FunctionNode } from '../../model.js';
import { NoLayout } from '../../types/convert.js';
import { encode, NotEncodable } from '../../types/encode.js';
import { integers, isScalar, typeName, type BpfType, type ScalarType } from '../../types/types.js';
import { assignedSymbols } from '../assigned.js';
import { unwrap } from '../../discover/symbols.js';
import { loadContextMember } from '../builtins/context.js';
import { packetMember } from '../builtins/packet.js';
import { decodeUnits, unitMemory } from '../builtins/utf-8.js';
import { isIndexedByVariable } from '../indexed-texts.js';
import type { LoweringContext } from '../context.js';
import { genericLayout } from '../generic-layout.js';
import { kernelAddress, kernelElement, kernelMember, kernelStruct } from '../kernel-memory.js';
import { isCountedFrom, keepLoopBound } from '../loop-bound.js';
import { isLarge, storeTo, zeroStack } from '../memory.js';
import { Merge } from '../merge.js';
import { notePart } from '../overwritten.js';
import { Refused } from '../refused.js';
import { convertTo, isPresent, toScalar } from '../scalars.js';
import type { Variable } from '../scope.js';
import { sharedReference } from '../shared.js';
import { createKernelSlot, createOptionalSlot, createReferenceSlot, createSlot, widened } from '../slots.js';
import {
  nothing,
  type KernelValue,
  type LiteralValue,
  type Optional,
  type Place,
  type Static,
  type Value,
} from '../values.js';
import { elementAt, isTuple, lengthOf, whenPresent } from './access.js';
import { lowerExpression } from './index.js';
import { propertyName } from './literals.js';
import { restOfList, restOfObject } from './rest.js';
import { loadField } from '../memory.js';

export function lowerVariableStatement(node: ts.VariableStatement, context: LoweringContext): void {
  lowerDeclarations(node.declarationList, context);
}

export function lowerDeclarations(list: ts.VariableDeclarationList, context: LoweringContext): void {
  if (!(list.flags & ts.NodeFlags.BlockScoped)) {
    for (const { name } of list.declarations) refuseNames(name, context);
    context.refuse({ ...unsupportedSyntax(list, '`var`'), hint: 'Write `let` or `const`.' });
  }
  for (const declaration of list.declarations) {
    try {
      lowerDeclaration(declaration, context);
    } catch (error) {
      refuseNames(declaration.name, context);
      if (!(error instanceof Refused)) throw error;
    }
  }
}

/** Marks names as refused, so that what uses them is not reported too. */
export function refuseNames(name: ts.BindingName, context: LoweringContext): void {
  if (ts.isIdentifier(name)) {
    const symbol = context.checker.getSymbolAtLocation(name);
    if (symbol) context.scope.declare(symbol, { kind: 'refused' });
    return;
  }
  for (const element of name.elements) if (ts.isBindingElement(element)) refuseNames(element.name, context);
}

function lowerDeclaration(node: ts.VariableDeclaration, context: LoweringContext): void {
  const { initializer } = node;
  const written = initializer ? lowerExpression(initializer, context) : nothing;
  const value = written.kind === 'static' && written.value === null && node.type ? nothing : written;
  context.at(node);
  if (ts.isIdentifier(node.name)) return bind(node.name, value, node.type, initializer ?? node, context);
  destructure(node.name, value, context);
}

/** Gives a name to a value, converted to its annotation. */
export function bind(
  name: ts.Identifier,
  value: Value,
  annotation: ts.TypeNode | undefined,
  at: ts.Node,
  context: LoweringContext,
): void {
  const symbol = context.checker.getSymbolAtLocation(name);
  if (!symbol) return;
  const { builder } = context;
  const outer = builder.label;
  builder.label = name.text;
  try {
    const made = makeVariable(symbol, name, value, annotation, at, context);
    const variable = made.kind === 'value' ? { ...made, value: decoded(made.value, symbol, name, context) } : made;
    if (made.kind === 'value' && made.value === value) notePart(value, partText(name, at), context);
    context.scope.declare(symbol, variable);
    context.recording?.value(name, variable.kind === 'value' ? variable.value : undefined, symbol);
  } finally {
    builder.label = outer;
  }
}

/** A text that is indexed: in a loop it would be decoded again and again. */
function decoded(value: Value, symbol: ts.Symbol, name: ts.Identifier, context: LoweringContext): Value {
  const text = value.kind === 'optional' ? value.inner : value;
  if (text.kind !== 'reference' || text.type.kind !== 'chars' || text.units || text.character) return value;
  if (!isIndexedByVariable(symbol, name, context.checker)) return value;
  if (value.kind !== 'optional') return { ...text, units: decodeUnits(text, context) };
  const { builder } = context;
  const [address, count] = [unitMemory(text, context), builder.allocate(8)];
  builder.store(constant64(0), count, 8);
  const [there, goOn] = [builder.createBlock('there'), builder.createBlock('on')];
  builder.branch(isPresent(value, context), there, goOn);
  builder.start(there);
  builder.store(decodeUnits(text, context, address).count, count, 8);
  builder.jump(goOn);
  builder.start(goOn);
  return { ...value, inner: { ...text, units: { address, count: builder.load(i64, count, 8) } } };
}

/** What a name is given, as it is written: an initializer, a part of a pattern, an argument, an element. */
function partText(name: ts.Identifier, at: ts.Node): string {
  if (ts.isParameter(name.parent) && ts.isCallExpression(at)) {
    const given = at.arguments[name.parent.parent.parameters.indexOf(name.parent)];
    return given && at.arguments.length > 0 ? given.getText() : 'an object of its caller';
  }
  if (ts.isVariableDeclaration(at) && ts.isForOfStatement(at.parent.parent))
    return `an element of ${at.parent.parent.expression.getText()}`;
  if (!ts.isBindingElement(at)) return at.getText();
  return `'${(at.propertyName ?? at.name).getText()}' of an object`;
}

function makeVariable(
  symbol: ts.Symbol,
  name: ts.Identifier,
  value: Value,
  annotation: ts.TypeNode | undefined,
  at: ts.Node,
  context: LoweringContext,
): Variable {
  const changes = context.isReassigned(symbol, context.frame.function, (within: FunctionNode) =>
    assignedSymbols(within, context.checker),
  );
  const written = annotation ? writtenType(annotation, context) : undefined;
  if (changes) return changing(name, value, written, at, context);
  if (isObject(value) && context.module.evaluator.isContentChanged(symbol)) {
    const type = layoutOf(written ?? context.checker.getTypeAtLocation(name), at, context);
    return { kind: 'value', value: intoMemory(type, value, at, context) };
  }
  if (isConstantValue(value) && !written) return { kind: 'value', value };
  if (value.kind === 'literal') {
    const looked =
      holds(value, 'optional') && !context.module.evaluator.isContentChanged(symbol) && !isWhole(written, context);
    if (looked || holds(value, 'function')) return { kind: 'value', value };
  }
  if (value.kind === 'nothing' && !written) return { kind: 'value', value };
  return { kind: 'value', value: settle(name, value, written, at, context) };
}

/** The type of an annotation; that of `p?: T` is `T | undefined`. */
function writtenType(annotation: ts.TypeNode, { checker }: LoweringContext): ts.Type {
  const { parent } = annotation;
  const isOptional = ts.isParameter(parent) && parent.type === annotation && parent.questionToken !== undefined;
  return isOptional ? checker.getTypeAtLocation(parent) : checker.getTypeFromTypeNode(annotation);
}

/** A value that never changes: converted to its annotation, and literals put into memory. */
function settle(
  name: ts.Identifier,
  value: Value,
  written: ts.Type | undefined,
  at: ts.Node,
  context: LoweringContext,
): Value {
  if (value.kind === 'literal' || (written && value.kind === 'static')) {
    const declared = written ?? context.checker.getTypeAtLocation(name);
    // A constant needs no place of its own: `items: number[]` and `mode: string` name what is known at build.
    if (value.kind === 'static' && !isScalarValue(value) && !context.module.types.tryConvert(declared)) return value;
    const generic = value.kind === 'literal' ? genericLayout(declared, value, context) : undefined;
    // What is left of an object needs no memory, and may have a type without a layout: that of an entry of each CPU.
    if (!generic && isRest(name) && !context.module.types.tryConvert(declared)) return value;
    const type = generic ?? layoutOf(declared, at, context);
    if (value.kind === 'static' && isScalar(type)) return convertTo(type, value, at, context);
    if (value.kind === 'static') return refuseMisfit(type, value, at, context);
    return intoMemory(type, value, at, context);
  }
  if (value.kind === 'kernel') return written ? seenAs(written, value, context) : value;
  if (!written) return value;
  if (value.kind === 'optional') return convertOptional(written, value, at, context);
  if (value.kind === 'nothing') {
    const type = context.module.types.tryConvert(written);
    return type && isScalar(type)
      ? value
      : type
        ? {
            kind: 'optional',
            inner: { kind: 'reference', type, address: nullPointer, origin: 'stack' },
            present: trueValue,
          }
        : value;
  }
  if (value.kind !== 'scalar' && value.kind !== 'reference') return value;
  const type = layoutOf(written, at, context);
  if (isScalar(type)) return convertTo(type, value, at, context);
  return value.kind === 'reference' ? value : intoMemory(type, value, at, context);
}

/** What keeps the low bits of a number that may be undefined; of one that may not, as far as the annotation says, no more than these. */
export function convertOptional(written: ts.Type, value: Optional, at: ts.Node, context: LoweringContext): Value {
  const type = context.module.types.tryConvert(written);
  if (value.inner.kind !== 'scalar' || !type || !isScalar(type)) return value;
  const inner = convertTo(type, value.inner, at, context);
  return mayBeUndefined(written) ? { ...value, inner } : inner;
}

/** A kernel struct as the interface that is written for it; an assertion may name another view of the same memory. */
export function seenAs(written: ts.Type, value: KernelValue, context: LoweringContext): KernelValue {
  const type = context.module.kernelTypes.structOf(written);
  return !type || type === value.type ? value : kernelStruct(type, kernelAddress(value, context));
}

/** A constant object has to fit its annotation, though its parts are used as they are. */
function refuseMisfit(type: BpfType, value: Static, at: ts.Node, context: LoweringContext): Value {
  try {
    encode(type, value.value);
    return value;
  } catch (error) {
    if (!(error instanceof NotEncodable)) throw error;
    const part = misfit(type, value.value, at);
    if (part) convertTo(part.type, { kind: 'static', value: part.value }, part.node, context);
    return context.refuse(constantDoesNotFit(at, error.message, typeName(type)));
  }
}

/** The innermost part of a literal that does not fit. */
function misfit(
  type: BpfType,
  value: unknown,
  at: ts.Node,
): { type: ScalarType; value: unknown; node: ts.Node } | undefined {
  const node = unwrap(at);
  if (isScalar(type)) return fits(type, value) ? undefined : { type, value, node };
  const parts: [BpfType, unknown, ts.Node][] = [];
  const members = value as Record<string, unknown>;
  if (type.kind === 'struct' && ts.isObjectLiteralExpression(node)) {
    for (const property of node.properties) {
      const field = type.fields.find(({ name }) => name === property.name?.getText());
      if (field && ts.isPropertyAssignment(property))
        parts.push([field.type, members[field.name], property.initializer]);
    }
  } else if (type.kind === 'array' && ts.isArrayLiteralExpression(node)) {
    node.elements.forEach((element, index) => parts.push([type.element, members[index], element]));
  }
  for (const part of parts) {
    const found = misfit(...part);
    if (found) return found;
  }
  return undefined;
}

function fits(type: ScalarType, value: unknown): boolean {
  try {
    encode(type, value);
    return true;
  } catch (error) {
    if (error instanceof NotEncodable) return false;
    throw error;
  }
}

function intoMemory(type: BpfType, value: Value, at: ts.Node, context: LoweringContext): Value {
  if (isScalar(type)) return convertTo(type, value, at, context);
  const address = context.allocate(type);
  // LLVM drops the zeros that are written over, but for those of a loop.
  if (!isLarge(type.size, context) || value.kind === 'reference') zeroStack(type, address, context);
  storeTo(type, address, value, at, context);
  return { kind: 'reference', type, address, origin: 'stack' };
}

function changing(
  name: ts.Identifier,
  value: Value,
  written: ts.Type | undefined,
  at: ts.Node,
  context: LoweringContext,
): Variable {
  if (value.kind === 'function') context.refuse(functionNotKnown(at, `'${name.text}' changes`));
  const place = placeFor(name, value, written, at, context);
  if (value.kind === 'scalar' && isCountedFrom(name)) place.store(keepLoopBound(value, context), at);
  else if (value.kind !== 'nothing') place.store(value, at);
  else if (place.address && !isScalar(place.type)) zeroStack(place.type, place.address, context);
  else if (mayBeUndefined(written ?? context.checker.getTypeAtLocation(name))) place.store(nothing, at);
  const isCounter = value.kind === 'scalar' && value.value.kind !== 'constant';
  return { kind: 'place', place: isCounter ? { ...place, isCounter } : place };
}

function placeFor(
  name: ts.Identifier,
  value: Value,
  written: ts.Type | undefined,
  at: ts.Node,
  context: LoweringContext,
): Place {
  const declared = written ?? context.checker.getTypeAtLocation(name);
  const kernel = context.module.kernelTypes.structOf(declared);
  if (kernel) return createKernelSlot(kernel, context);
  const fromValue = written ? undefined : (flavourOf(value, declared, context) ?? typeOfValue(value, at, context));
  const type = fromValue ?? (written ? layoutOf(declared, at, context) : widened(layoutOf(declared, at, context)));
  const maybe = value.kind === 'optional' || mayBeUndefined(declared);
  if (isScalar(type)) return maybe ? createOptionalSlot(type, context) : createSlot(type, context);
  if (maybe) return createReferenceSlot(type, true, context);
  if (!written && value.kind === 'reference') return createReferenceSlot(type, false, context);
  return createSlot(type, context);
}

/** `let x = u64(5)`: a bigint known at build has lost its flavour, which the variable's own type tells. */
function flavourOf(value: Value, declared: ts.Type, context: LoweringContext): BpfType | undefined {
  if (value.kind !== 'static' || typeof value.value !== 'bigint' || value.value < 0n) return undefined;
  const type = context.module.types.tryConvert(declared);
  return type?.kind === 'integer' && type.bigint && !type.signed ? integers.u64 : undefined;
}

function typeOfValue(value: Value, at: ts.Node, context: LoweringContext): BpfType | undefined {
  if (value.kind === 'static' && typeof value.value !== 'string' && typeof value.value !== 'object')
    return value.value === undefined ? undefined : widened(toScalar(value, at, context).type);
  if (value.kind === 'scalar') return widened(value.type);
  if (value.kind === 'reference') return value.type;
  return value.kind === 'optional' ? widened(value.inner.type) : undefined;
}

function isScalarValue({ value }: Static): boolean {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';
}

function isObject(value: Value): boolean {
  return value.kind === 'static' && typeof value.value === 'object' && value.value !== null;
}

function isRest(name: ts.Identifier): boolean {
  return ts.isBindingElement(name.parent) && name.parent.dotDotDotToken !== undefined;
}

/** Whether an annotation says of an object that none of its parts may be undefined. */
function isWhole(type: ts.Type | undefined, context: LoweringContext): boolean {
  const layout = type && context.module.types.tryConvert(type);
  if (!type || !layout || mayBeUndefined(type)) return false;
  const { checker } = context;
  if (layout.kind === 'array') return isWholeOrScalar(checker.getIndexTypeOfType(type, ts.IndexKind.Number), context);
  if (layout.kind !== 'struct') return true;
  return checker.getPropertiesOfType(type).every((part) => isWholeOrScalar(checker.getTypeOfSymbol(part), context));
}

function isWholeOrScalar(type: ts.Type | undefined, context: LoweringContext): boolean {
  if (!type || mayBeUndefined(type)) return false;
  const layout = context.module.types.tryConvert(type);
  return layout !== undefined && (isScalar(layout) || isWhole(type, context));
}

/** A literal of functions, or of what may be undefined, has no memory: its members are what they were made of. */
function holds(value: LiteralValue, kind: 'function' | 'optional'): boolean {
  return [...value.members.values()].some(
    (member) => member.kind === kind || (member.kind === 'literal' && holds(member, kind)),
  );
}

function mayBeUndefined(type: ts.Type): boolean {
  return (
    type.isUnion() && type.types.some((member) => Boolean(member.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null)))
  );
}

function isConstantValue(value: Value): boolean {
  return ['static', 'function', 'map', 'shared', 'context', 'packet', 'namespace', 'list'].includes(value.kind);
}

export function layoutOf(type: ts.Type, at: ts.Node, context: LoweringContext): BpfType {
  try {
    return context.module.types.convert(type);
  } catch (error) {
    if (error instanceof NoLayout) return context.refuse(typeHasNoLayout(at, error.typeText, error.reason));
    throw error;
  }
}

/** Takes an object or array apart into names. */
export function destructure(pattern: ts.BindingPattern, source: Value, context: LoweringContext): void {
  pattern.elements.forEach((element, index) => {
    if (!ts.isBindingElement(element)) return;
    const part = element.dotDotDotToken
      ? ts.isArrayBindingPattern(pattern)
        ? restOfList(source, index, element, context)
        : restOfObject(source, takenNames(pattern, context), element, context)
      : member(source, pattern, element, index, context);
    const filled = element.initializer ? withDefault(part, element.initializer, context) : part;
    if (ts.isIdentifier(element.name)) bind(element.name, filled, undefined, element, context);
    else destructure(element.name, filled, context);
  });
}

/** The names that the other elements of an object pattern have taken. */
function takenNames(pattern: ts.ObjectBindingPattern, context: LoweringContext): ReadonlySet<string> {
  const named = pattern.elements.filter((element) => !element.dotDotDotToken);
  return new Set(
    named.map((element) => propertyName(element.propertyName ?? (element.name as ts.Identifier), context)),
  );
}

function member(
  source: Value,
  pattern: ts.BindingPattern,
  element: ts.BindingElement,
  index: number,
  context: LoweringContext,
): Value {
  const name = ts.isArrayBindingPattern(pattern)
    ? index
    : propertyName(element.propertyName ?? (element.name as ts.Identifier), context);
  return memberOf(source, name, element, context);
}

/** A part of an object or array, by a name or index that is known at build; undefined where the object is. */
export function memberOf(source: Value, name: string | number, at: ts.Node, context: LoweringContext): Value {
  if (source.kind === 'optional')
    return whenPresent(source, at, context, (inner) => memberOf(inner, name, at, context));
  switch (source.kind) {
    case 'context':
      return loadContextMember(String(name), at, context);
    case 'packet':
      return packetMember(String(name), at, context);
    case 'namespace':
      return { kind: 'namespace', name: `${source.name}.${name}` };
    case 'kernel':
      if (typeof name === 'number') return kernelElement(source, { kind: 'static', value: name }, at, context);
      return kernelMember(source, name, true, at, context);
    case 'shared':
      return memberOf(sharedReference(source.shared, context), name, at, context);
    case 'static': {
      const value = (source.value as Record<string, unknown>)[name];
      return value === undefined ? nothing : { kind: 'static', value };
    }
    case 'literal':
      if (name === 'length' && ts.isArrayLiteralExpression(source.node))
        return { kind: 'static', value: source.members.size };
      return source.members.get(String(name)) ?? nothing;
    case 'list':
      if (name === 'length') return { kind: 'static', value: source.elements.length };
      return source.elements[Number(name)] ?? nothing;
    case 'reference': {
      if (source.type.kind === 'array')
        return elementAt(source, source.type, { kind: 'static', value: name }, at, context).load();
      if (name === 'length' && (source.type.kind !== 'struct' || isTuple(source.type)))
        return lengthOf(source, at, context);
      const field =
        source.type.kind === 'struct' && source.type.fields.find((candidate) => candidate.name === String(name));
      if (field) return loadField(source, field, context);
    }
  }
  return context.refuse(nameNotKnown(at, String(name), 'the object has no such part in the kernel'));
}

/** A default stands in where the value is undefined. */
export function withDefault(value: Value, initializer: ts.Expression, context: LoweringContext): Value {
  if (value.kind === 'nothing' || (value.kind === 'static' && value.value === undefined))
    return lowerExpression(initializer, context);
  if (value.kind !== 'optional') return value;
  const { builder } = context;
  const there = builder.createBlock('present');
  const absent = builder.createBlock('absent');
  const merge = new Merge(context);
  builder.branch(isPresent(value, context), there, absent);
  builder.start(there);
  merge.arrive(value.inner, initializer);
  builder.start(absent);
  merge.arrive(lowerExpression(initializer, context), initializer);
  return merge.finish();
}
