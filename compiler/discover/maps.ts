/** Finds maps and shared data, and says what is wrong with those that the kernel could not name. */
import { ts } from '../typescript.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import {
  mapInsideProgram,
  mapNotConstant,
  mapNotTopLevel,
  mapTypesMissing,
  mapWithoutName,
  sharedNotObject,
  sharedTypeMissing,
} from '../diagnostics/discover.js';
import type { DiscoveredMap, DiscoveredShared, FunctionNode, MapKind } from '../model.js';
import { asMapKind, mapTypeArguments } from './kinds.js';
import { isConst, isStatic, tsbpfName, unwrap } from './symbols.js';

type Report = (diagnostic: Diagnostic) => void;
type Holder = ts.VariableDeclaration | ts.PropertyDeclaration;

/** `new HashMap(…)` or `shared(…)`, wherever it stands. */
export type Creation =
  | { readonly form: 'map'; readonly kind: MapKind; readonly node: ts.NewExpression }
  | { readonly form: 'shared'; readonly perCpu: boolean; readonly node: ts.CallExpression };

/** What a map or shared is without its final name. */
export type MapDraft = Omit<DiscoveredMap, 'name'>;
export type SharedDraft = Omit<DiscoveredShared, 'name'>;

export function asCreation(expression: ts.Node, checker: ts.TypeChecker): Creation | undefined {
  const node = unwrap(expression);
  if (ts.isNewExpression(node)) {
    const kind = asMapKind(tsbpfName(node.expression, checker));
    return kind && { form: 'map', kind, node };
  }
  if (!ts.isCallExpression(node)) return undefined;
  const callee = unwrap(node.expression);
  if (tsbpfName(callee, checker) === 'shared') return { form: 'shared', perCpu: false, node };
  const perCpu = ts.isPropertyAccessExpression(callee) && callee.name.text === 'perCpu';
  return perCpu && tsbpfName(callee.expression, checker) === 'shared' ? { form: 'shared', perCpu, node } : undefined;
}

/** The declaration that holds a creation, where it is one that the kernel can know. */
export function holderOf(creation: Creation): Holder | undefined {
  const holder = anyHolder(creation);
  if (!holder || !ts.isIdentifier(holder.name)) return undefined;
  if (ts.isPropertyDeclaration(holder)) return isStatic(holder) && isTopLevel(holder.parent) ? holder : undefined;
  return isConst(holder) && isTopLevel(holder.parent.parent) ? holder : undefined;
}

/** Says why a creation without a proper holder is refused. */
export function reportHolder(creation: Creation, functions: ReadonlySet<FunctionNode>, report: Report): void {
  const kind = creationName(creation);
  if (isInside(creation.node, functions)) return report(mapInsideProgram(creation.node, kind));
  const holder = anyHolder(creation);
  if (!holder || !ts.isIdentifier(holder.name)) return report(mapWithoutName(creation.node, kind));
  const name = holder.name.text;
  if (ts.isVariableDeclaration(holder) && !isConst(holder)) return report(mapNotConstant(holder.name, kind, name));
  if (ts.isPropertyDeclaration(holder) && !isStatic(holder)) return report(mapWithoutName(creation.node, kind));
  return report(mapNotTopLevel(creation.node, kind, name));
}

export function mapDraft(
  creation: Creation & { form: 'map' },
  declaration: Holder,
  symbol: ts.Symbol,
  checker: ts.TypeChecker,
  report: Report,
): MapDraft {
  const { kind, node } = creation;
  const written = (node.typeArguments ?? []).map((type) => checker.getTypeFromTypeNode(type));
  const typeArguments = written.length ? written : inferredArguments(node, checker);
  const usage = mapTypeArguments[kind];
  const vague = typeArguments.some((type) => (type.flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any)) !== 0);
  if (usage !== '' && !written.length && (typeArguments.length === 0 || vague)) {
    report(mapTypesMissing(node, kind, usage));
  }
  return { kind, symbol, declaration, creation: node, typeArguments, options: node.arguments?.[0] };
}

export function sharedDraft(
  creation: Creation & { form: 'shared' },
  declaration: Holder,
  symbol: ts.Symbol,
  checker: ts.TypeChecker,
  report: Report,
): SharedDraft {
  const { node, perCpu } = creation;
  const initial = node.arguments[0];
  const written = node.typeArguments?.[0];
  const type = written ? checker.getTypeFromTypeNode(written) : sharedType(node, initial, checker);
  if (!written && (!initial || (type.flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any)) !== 0)) {
    report(sharedTypeMissing(node));
  } else if (!isObject(type)) {
    report(sharedNotObject(written ?? initial ?? node, checker.typeToString(type)));
  }
  return { symbol, declaration, creation: node, perCpu, type, initial };
}

/** A flavoured integer such as `u64` is an intersection of a primitive with an object. */
function isObject(type: ts.Type): boolean {
  if (type.isIntersection()) return type.types.every(isObject);
  return (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Any)) !== 0;
}

/** What a `shared` without a written type argument holds: the annotation of its constant, or its initial value. */
function sharedType(node: ts.CallExpression, initial: ts.Expression | undefined, checker: ts.TypeChecker): ts.Type {
  const type = checker.getTypeAtLocation(node);
  if ((type.flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any)) === 0 || !initial) return type;
  return checker.getBaseTypeOfLiteralType(checker.getTypeAtLocation(initial));
}

function inferredArguments(node: ts.NewExpression, checker: ts.TypeChecker): readonly ts.Type[] {
  const type = checker.getTypeAtLocation(node);
  const isReference = ((type as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference) !== 0;
  if ((type.flags & ts.TypeFlags.Object) === 0 || !isReference) return [];
  const reference = type as ts.TypeReference;
  return checker.getTypeArguments(reference).slice(0, reference.target.typeParameters?.length ?? 0);
}

export function creationName(creation: Creation): string {
  return creation.form === 'map' ? creation.kind : 'shared';
}

/** Whether a node lies in one of some functions; a function does not lie in itself. */
export function isInside(node: ts.Node, functions: ReadonlySet<FunctionNode>): boolean {
  for (let current = node.parent; current; current = current.parent) {
    if (functions.has(current as FunctionNode)) return true;
  }
  return false;
}

function anyHolder({ node }: Creation): Holder | undefined {
  let inner: ts.Node = node;
  while (unwrap(inner.parent) === node) inner = inner.parent;
  const { parent } = inner;
  const holds = ts.isVariableDeclaration(parent) || ts.isPropertyDeclaration(parent);
  return holds && parent.initializer === inner ? parent : undefined;
}

function isTopLevel(statement: ts.Node): boolean {
  const { parent } = statement;
  if (ts.isClassLike(statement) && ts.isVariableDeclaration(parent)) return isTopLevel(parent.parent.parent);
  return ts.isSourceFile(parent);
}
