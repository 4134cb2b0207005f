/** `a.b` and `a[i]`, to read from and to write to. */
import { ts } from '../../typescript.js';
import { functionOf, unwrap } from '../../discover/symbols.js';
import { isRuntimeFile } from '../../open/resolve.js';
import {
  functionNotKnown,
  indexOutOfRange,
  memberNotKnown,
  noSuchField,
  notWritable,
  unknownMember,
  unsupportedSyntax,
} from '../../diagnostics/index.js';
import { i64 } from '../../ir/types.js';
import { constant64, type IrValue } from '../../ir/values.js';
import { kernelTypeName } from '../../types/kernel.js';
import { arrayOf, integers, typeName, type ArrayType, type BpfType } from '../../types/types.js';
import { characterAt, indexedText, type IndexedText } from '../builtins/characters.js';
import { lengthInUnits } from '../builtins/utf-8.js';
import { contextFieldPlace, loadContextMember } from '../builtins/context.js';
import { mapElementPlace, useMap } from '../builtins/maps.js';
import { packetMember } from '../builtins/packet.js';
import type { LoweringContext } from '../context.js';
import { isKernelPresent, kernelElement, kernelMember } from '../kernel-memory.js';
import { innerMapOf } from '../inner-maps.js';
import { fieldPlace, loadField, memoryPlace } from '../memory.js';
import { noteIndex } from '../memory-paths.js';
import { Refused } from '../refused.js';
import { exactly, within, type Range } from '../range.js';
import { isPresent, number, toScalar } from '../scalars.js';
import type { DiscoveredShared } from '../../model.js';
import { sharedReference } from '../shared.js';
import { nothing, type Origin, type Place, type Reference, type Scalar, type Value } from '../values.js';
import { bits64 } from '../scalars.js';
import { encode } from '../../types/encode.js';
import { alignOf } from '../../types/types.js';
import { namespaceOf } from '../names.js';
import { Scope } from '../scope.js';
import { lowerIdentifier, lowerSymbol, symbolOfName } from './primary.js';
import { whyNotKnown } from './fold.js';
import { lowerExpression } from './index.js';
import { Merge } from '../merge.js';

export function lowerPropertyAccess(node: ts.PropertyAccessExpression, context: LoweringContext): Value {
  const own = isNamespaceLike(node.expression, context) ? ownOf(node, context) : undefined;
  if (own) return own;
  const base = lowerExpression(node.expression, context);
  if (base.kind === 'kernel' && ts.isOptionalChain(node)) {
    const present = isKernelPresent(base, context);
    return branchPresent(present, node, context, () => loadMember(base, node, context));
  }
  return inChain(base, node, context, (inner) => loadMember(inner, node, context));
}

/** `a?.b`, and `a?.b.c` as a whole: undefined where `a` is. */
function inChain(base: Value, node: ts.Node, context: LoweringContext, then: (inner: Value) => Value): Value {
  if (!ts.isOptionalChain(node)) return then(base);
  if (base.kind === 'nothing') return nothing;
  return base.kind === 'optional' ? whenPresent(base, node, context, then) : then(base);
}

/** Whether an expression names a class, a namespace, or a module as a whole: what only holds other things together. */
export function isNamespaceLike(node: ts.Expression, context: LoweringContext): boolean {
  if (!ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node)) return false;
  const symbol = context.symbolOf(node);
  return symbol !== undefined && (symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.ValueModule)) !== 0;
}

/** A map, shared data, a function, or a part of tsbpf that a class, namespace or module holds. */
export function ownOf(node: ts.PropertyAccessExpression, context: LoweringContext): Value | undefined {
  const symbol = context.symbolOf(node.name);
  if (!symbol || !ts.isIdentifier(node.name)) return undefined;
  const { maps, shared } = context.module.discovery;
  if (maps.has(symbol) || shared.has(symbol) || namespaceOf(symbol, node.name))
    return lowerSymbol(symbol, node.name, context);
  const declared = functionOf(symbol, context.checker);
  if (!declared || isRuntimeFile(declared.getSourceFile().fileName)) return undefined;
  return { kind: 'function', node: declared, scope: new Scope() };
}

export function lowerElementAccess(node: ts.ElementAccessExpression, context: LoweringContext): Value {
  const base = lowerExpression(node.expression, context);
  return inChain(base, node, context, (inner) => loadElement(inner, node, context));
}

function loadElement(base: Value, node: ts.ElementAccessExpression, context: LoweringContext): Value {
  if (base.kind === 'kernel') {
    const index = lowerExpression(node.argumentExpression, context);
    return kernelElement(base, index, node.argumentExpression, context);
  }
  const text = indexedText(base.kind === 'optional' ? base.inner : base);
  if (text) return textElement(base, text, node, context);
  if (base.kind === 'static') return constantTable(base.value, node, context);
  if (base.kind === 'list' || base.kind === 'literal') return knownElement(base, node, context);
  return elementPlace(base, node, context).load();
}

/** `text[i]`; a character of a constant under an index that is known is known itself. */
function textElement(
  base: Value,
  text: IndexedText,
  node: ts.ElementAccessExpression,
  context: LoweringContext,
): Value {
  const index = lowerExpression(node.argumentExpression, context);
  if (base.kind === 'static' && index.kind === 'static') return constantTable(base.value, node, context);
  return characterAt(text, index, node.argumentExpression, context);
}

/** `x!` is a promise that JavaScript does not check; here an undefined `x` ends the program. */
export function lowerNonNull(node: ts.NonNullExpression, context: LoweringContext): Value {
  const value = lowerExpression(node.expression, context);
  if (value.kind !== 'optional' && value.kind !== 'kernel') return value;
  if (ts.isNonNullChain(node) && !mayBeMissing(node.expression, context)) return value;
  const present = value.kind === 'kernel' ? isKernelPresent(value, context) : isPresent(value, context);
  const goOn = context.builder.createBlock('present');
  context.builder.branch(present, goOn, context.exitBlock());
  context.builder.start(goOn);
  return value.kind === 'kernel' ? value : value.inner;
}

/** Whether the last part of `a?.b.c` may be undefined itself, where `a` is not. */
function mayBeMissing(node: ts.Expression, { checker }: LoweringContext): boolean {
  if (ts.isElementAccessExpression(node)) return false;
  const symbol = ts.isPropertyAccessExpression(node) ? checker.getSymbolAtLocation(node.name) : undefined;
  const type = symbol && checker.getTypeOfSymbol(symbol);
  return !type || (type.isUnion() && type.types.some(({ flags }) => flags & ts.TypeFlags.Undefined));
}

/** `a?.b`: undefined where `a` is. */
export function whenPresent(
  base: Extract<Value, { kind: 'optional' }>,
  node: ts.Node,
  context: LoweringContext,
  then: (inner: Value) => Value,
): Value {
  const { inner } = base;
  let isPlain = inner.kind === 'reference' && (inner.origin === 'packet' || inner.origin === 'copy');
  const result = branchPresent(isPresent(base, context), node, context, () => {
    const value = then(inner);
    isPlain &&= value.kind === 'scalar';
    return value;
  });
  return isPlain && result.kind === 'optional' ? { ...result, plain: true } : result;
}

function branchPresent(present: IrValue, node: ts.Node, context: LoweringContext, then: () => Value): Value {
  const { builder } = context;
  const there = builder.createBlock('present');
  const absent = builder.createBlock('absent');
  const merge = new Merge(context);
  builder.branch(present, there, absent);
  builder.start(there);
  merge.arrive(then(), node);
  builder.start(absent);
  merge.arrive(nothing, node);
  return merge.finish();
}

function loadMember(base: Value, node: ts.PropertyAccessExpression, context: LoweringContext): Value {
  const name = node.name.text;
  switch (base.kind) {
    case 'context':
      return loadContextMember(name, node.name, context);
    case 'packet':
      return packetMember(name, node.name, context);
    case 'namespace':
      return { kind: 'namespace', name: `${base.name}.${name}` };
    case 'static':
      return { kind: 'static', value: (base.value as Record<string, unknown>)[name] };
    case 'literal':
      return name === 'length' ? { kind: 'static', value: base.members.size } : (base.members.get(name) ?? nothing);
    case 'kernel':
      if (name === 'length' && base.type.kind === 'kernelArray') return { kind: 'static', value: base.type.length };
      return kernelMember(base, name, !isPartlyRead(node), node.name, context);
    case 'list':
      if (name === 'length') return { kind: 'static', value: base.elements.length };
      break;
    case 'reference':
    case 'optional': {
      const inner = base.kind === 'optional' ? base.inner : base;
      if (name === 'length' && inner.kind === 'reference' && (inner.type.kind !== 'struct' || isTuple(inner.type)))
        return lengthOf(inner, node, context);
    }
  }
  return memberPlace(base, node, context).load();
}

/** Whether of an array only one element, or its length, is asked for. */
function isPartlyRead(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isParenthesizedExpression(parent) || ts.isNonNullExpression(parent)) return isPartlyRead(parent);
  if (ts.isElementAccessExpression(parent)) return parent.expression === node;
  return ts.isPropertyAccessExpression(parent) && parent.name.text === 'length';
}

/** A tuple of different types is a struct, whose members have numbers for names. */
export function isTuple(type: BpfType): boolean {
  return (
    type.kind === 'struct' && type.fields.length > 0 && type.fields.every(({ name }, index) => name === `${index}`)
  );
}

export function lengthOf(reference: Reference, node: ts.Node, context: LoweringContext): Value {
  if (reference.type.kind === 'array') return { kind: 'static', value: reference.type.length };
  if (reference.type.kind === 'struct') return { kind: 'static', value: reference.type.fields.length };
  if (reference.type.kind === 'chars') return textLength(reference, context);
  return context.refuse(unknownMember(node, 'length', typeName(reference.type)));
}

/** In UTF-16 units, as in JavaScript. */
function textLength(text: Reference, context: LoweringContext): Value {
  const { builder } = context;
  const { character } = text;
  if (!character) return number(lengthInUnits(text, context), { min: 0n, max: BigInt(text.type.size) });
  const beyond = builder.cast('zext', builder.compare('ugt', character, constant64(0xffff)), i64);
  const some = builder.cast('zext', builder.compare('ne', character, constant64(0)), i64);
  return number(builder.binary('add', some, beyond), { min: 0n, max: 2n });
}

/** Where an assignment goes. */
export function lowerPlace(node: ts.Expression, context: LoweringContext): Place {
  const target = unwrap(node) as ts.Expression;
  if (ts.isIdentifier(target)) return variablePlace(target, context);
  if (ts.isPropertyAccessExpression(target))
    return memberPlace(lowerExpression(target.expression, context), target, context);
  if (ts.isElementAccessExpression(target))
    return elementPlace(lowerExpression(target.expression, context), target, context);
  return context.refuse(notWritable(node, 'This expression'));
}

function variablePlace(node: ts.Identifier, context: LoweringContext): Place {
  const symbol = symbolOfName(node, context);
  const variable = symbol && context.scope.find(symbol);
  if (variable?.kind === 'place') return variable.place;
  if (variable?.kind === 'refused') throw new Refused();
  if (!variable) lowerIdentifier(node, context);
  return context.refuse(notWritable(node, `'${node.text}'`));
}

function memberPlace(base: Value, node: ts.PropertyAccessExpression, context: LoweringContext): Place {
  const name = node.name.text;
  const inner = base.kind === 'optional' ? base.inner : base;
  if (inner.kind === 'context') return contextFieldPlace(name, node.name, context);
  if (inner.kind === 'kernel') return context.refuse(notWritable(node, 'Memory of the kernel'));
  if (inner.kind === 'shared') return sharedFieldPlace(inner.shared, node, context);
  if (inner.kind === 'reference' && inner.type.kind === 'struct') {
    const field = inner.type.fields.find((candidate) => candidate.name === name);
    if (field) {
      const place = guarded(fieldPlace(field, inner.address, inner.origin, context), inner.origin, node, context);
      return inner.renewed ? { ...place, load: () => loadField(inner, field, context) } : place;
    }
    return context.refuse(unknownMember(node.name, name, `'${inner.type.name}'`));
  }
  return context.refuse(unknownMember(node.name, name, describeValue(inner)));
}

/** A place whose memory is not the program's to change refuses stores. */
function guarded(place: Place, origin: Origin, node: ts.Node, context: LoweringContext): Place {
  if (origin !== 'copy' && origin !== 'constant') return place;
  const what = origin === 'copy' ? 'What was copied from a packet or from the kernel' : 'A constant';
  return { ...place, atomic: false, store: () => context.refuse(notWritable(node, what)) };
}

function sharedFieldPlace(
  shared: DiscoveredShared,
  node: ts.PropertyAccessExpression,
  context: LoweringContext,
): Place {
  const reference = sharedReference(shared, context);
  const field =
    reference.type.kind === 'struct' && reference.type.fields.find((candidate) => candidate.name === node.name.text);
  if (!field) return context.refuse(unknownMember(node.name, node.name.text, `'${shared.name}'`));
  return fieldPlace(field, reference.address, reference.origin, context);
}

function elementPlace(base: Value, node: ts.ElementAccessExpression, context: LoweringContext): Place {
  const inner = base.kind === 'optional' ? base.inner : base;
  if (inner.kind === 'kernel') return context.refuse(notWritable(node, 'Memory of the kernel'));
  const map = inner.kind === 'map' ? useMap(inner.map, context) : inner.kind === 'reference' && innerMapOf(inner);
  if (map) return mapElementPlace(map, node.argumentExpression, node, context);
  if (inner.kind === 'reference' && inner.type.kind === 'array')
    return arrayElement(inner, inner.type, node.argumentExpression, context);
  if (inner.kind === 'reference' && inner.type.kind === 'struct') return namedElement(inner, node, context);
  return context.refuse(unsupportedSyntax(node, `An index on ${describeValue(inner)}`));
}

function namedElement(base: Reference, node: ts.ElementAccessExpression, context: LoweringContext): Place {
  const index = lowerExpression(node.argumentExpression, context);
  const field =
    base.type.kind === 'struct' &&
    index.kind === 'static' &&
    base.type.fields.find((candidate) => candidate.name === String(index.value));
  if (!field && index.kind === 'static')
    return context.refuse(noSuchField(node, String(index.value), typeName(base.type)));
  if (!field) return context.refuse(memberNotKnown(node, whyNotKnown(node.argumentExpression, context)));
  return guarded(fieldPlace(field, base.address, base.origin, context), base.origin, node, context);
}

function arrayElement(base: Reference, type: ArrayType, argument: ts.Expression, context: LoweringContext): Place {
  const index = lowerExpression(argument, context);
  return guarded(elementAt(base, type, index, argument, context), base.origin, argument, context);
}

/** An element of an array in memory; an index past the end ends the program. */
export function elementAt(
  base: Reference,
  type: ArrayType,
  index: Value,
  node: ts.Node,
  context: LoweringContext,
): Place {
  const { builder } = context;
  const given = toScalar(index, node, context);
  const range = { min: 0n, max: BigInt(type.length - 1) };
  const isKnown = index.kind === 'static' || (given.counted === true && within(given.range, range));
  const at = isKnown ? given : { ...given, value: builder.unrelated(bits64(given, context)) };
  if (index.kind === 'static') {
    if (!within(at.range, range)) context.refuse(indexOutOfRange(node, String(index.value), type.length));
    return memoryPlace(
      type.element,
      builder.offset(base.address, Number(index.value) * type.element.size),
      base.origin,
      context,
    );
  }
  // Where LLVM knows an address to be aligned it adds a small index by `or`, which the verifier refuses on pointers.
  const address = base.origin === 'stack' || base.origin === 'shared' ? builder.opaque(base.address) : base.address;
  const inside = isKnown || isLoopCounter(node, context) ? undefined : insideByMaking(at, range, context);
  const offset = inside ?? testedIndex(at, type.length, isKnown, node, context);
  noteIndex(offset, given.value);
  const bytes = builder.binary('mul', offset, constant64(type.element.size));
  return memoryPlace(type.element, builder.offset(address, bytes), base.origin, context);
}

/** An index that needs no test: the verifier, too, knows it to be inside. */
function insideByMaking(index: Scalar, range: Range, { builder }: LoweringContext): IrValue | undefined {
  if (!within(index.range, range)) return undefined;
  const made = builder.bounded(index.value, range.max);
  if (made) return made;
  // Of a length that is a power of two, a mask costs less than the test.
  return (range.max & (range.max + 1n)) === 0n
    ? builder.binary('and', builder.opaque(index.value), constant64(range.max))
    : undefined;
}

/** An index after the test that it is inside; outside, the program ends. */
function testedIndex(
  index: Scalar,
  length: number,
  isKnown: boolean,
  node: ts.Node,
  context: LoweringContext,
): IrValue {
  const { builder } = context;
  // LLVM would test what a computed index was made of, put another value for it that is the same as it sees it, or compute
  // the offset before the test; the verifier asks for the test of what is used, before it is used. Counters of loops LLVM
  // should see through, which makes them constants.
  const isPlain = isKnown || isLoopCounter(node, context);
  const tested = isPlain ? index.value : builder.opaqueApart(index.value);
  if (!isKnown) {
    // LLVM leaves this out where the verifier, too, knows the index to be inside.
    const goOn = builder.createBlock('index');
    builder.branch(builder.compare('ult', tested, constant64(length)), goOn, context.exitBlock());
    builder.start(goOn);
  }
  return isPlain ? tested : builder.opaque(tested, true);
}

/** Whether an index is made of nothing that varies but variables that a `for` declares in its head. */
function isLoopCounter(node: ts.Node, context: LoweringContext): boolean {
  if (ts.isIdentifier(node)) {
    const symbol = context.checker.getSymbolAtLocation(node);
    const variable = symbol && context.scope.find(symbol);
    if (variable?.kind === 'value') return variable.value.kind === 'static';
    const list = symbol?.valueDeclaration?.parent;
    return list !== undefined && ts.isVariableDeclarationList(list) && ts.isForStatement(list.parent);
  }
  if (ts.isBinaryExpression(node)) return isLoopCounter(node.left, context) && isLoopCounter(node.right, context);
  if (ts.isParenthesizedExpression(node)) return isLoopCounter(node.expression, context);
  return ts.isNumericLiteral(node);
}

function knownElement(
  base: Extract<Value, { kind: 'list' | 'literal' }>,
  node: ts.ElementAccessExpression,
  context: LoweringContext,
): Value {
  const index = lowerExpression(node.argumentExpression, context);
  if (index.kind !== 'static') {
    const members = base.kind === 'list' ? base.elements : [...base.members.values()];
    if (members.some(({ kind }) => kind === 'function')) return refuseChoice(node, context);
    if (base.kind === 'literal' && ts.isObjectLiteralExpression(base.node))
      return context.refuse(memberNotKnown(node, whyNotKnown(node.argumentExpression, context)));
    return context.refuse(unsupportedSyntax(node, 'An index that is not a constant, on values without memory,'));
  }
  const element = base.kind === 'list' ? base.elements[Number(index.value)] : base.members.get(String(index.value));
  return (
    element ??
    context.refuse(
      indexOutOfRange(node, String(index.value), base.kind === 'list' ? base.elements.length : base.members.size),
    )
  );
}

function refuseChoice(node: ts.ElementAccessExpression, context: LoweringContext): never {
  return context.refuse(functionNotKnown(node, whyNotKnown(node.argumentExpression, context)));
}

/** An element of a constant array under an index of run time: the array becomes a table of `.rodata`. */
function constantTable(value: unknown, node: ts.ElementAccessExpression, context: LoweringContext): Value {
  const index = lowerExpression(node.argumentExpression, context);
  if (index.kind === 'static')
    return { kind: 'static', value: (value as Record<string, unknown>)[String(index.value)] };
  const isList = Array.isArray(value) || (ArrayBuffer.isView(value) && Symbol.iterator in value);
  const members: readonly unknown[] = isList ? [...(value as Iterable<unknown>)] : Object.values(value ?? {});
  if (members.some((member) => typeof member === 'function')) return refuseChoice(node, context);
  if (!isList) return context.refuse(memberNotKnown(node, whyNotKnown(node.argumentExpression, context)));
  const reference = constantArray(members, node, context);
  return elementAt(reference, reference.type as ArrayType, index, node.argumentExpression, context).load();
}

/** Puts constants into `.rodata`, as narrow as they allow. */
export function constantArray(values: readonly unknown[], node: ts.Node, context: LoweringContext): Reference {
  const declared = context.module.types.tryConvert(
    context.checker.getTypeAtLocation(ts.isElementAccessExpression(node) ? node.expression : node),
  );
  const type =
    declared?.kind === 'array' && declared.length === values.length
      ? declared
      : arrayOf(elementType(values, node, context), values.length);
  const address = context.module.constantBytes(encode(type, values), alignOf(type));
  return { kind: 'reference', type, address, origin: 'constant' };
}

function elementType(values: readonly unknown[], node: ts.Node, context: LoweringContext): BpfType {
  if (values.every((value) => typeof value === 'bigint'))
    return values.some((value) => (value as bigint) < 0n) ? integers.i64 : integers.u64;
  if (!values.every((value) => Number.isInteger(value)))
    return context.refuse(unsupportedSyntax(node, 'An index of run time into these constants'));
  const candidates = [
    integers.u8,
    integers.u16,
    integers.u32,
    integers.i8,
    integers.i16,
    integers.i32,
    integers.number,
  ];
  return candidates.find((type) =>
    values.every((value) => within(exactly(BigInt(value as number)), bounds(type.size, type.signed))),
  )!;
}

function bounds(size: number, signed: boolean): { min: bigint; max: bigint } {
  const bits = BigInt(size * 8);
  return signed ? { min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n } : { min: 0n, max: (1n << bits) - 1n };
}

export function describeValue(value: Value): string {
  switch (value.kind) {
    case 'reference':
      return `'${typeName(value.type)}'`;
    case 'scalar':
      return `'${typeName(value.type)}'`;
    case 'kernel':
      return kernelTypeName(value.type);
    case 'map':
      return `map '${value.map.name}'`;
    case 'function':
      return 'a function';
    case 'namespace':
      return value.name;
    default:
      return 'this value';
  }
}
