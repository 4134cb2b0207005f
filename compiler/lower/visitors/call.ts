/** Calls: of the language's own functions and methods, of helpers, and of functions of the project. */
import { ts } from '../../typescript.js';
import { functionOf, unwrap } from '../../discover/symbols.js';
import { isRuntimeFile } from '../../open/resolve.js';
import { notCallable, recursion, unsupportedSyntax } from '../../diagnostics/index.js';
import type { Activation } from '../../evaluated/recording.js';
import type { FunctionNode } from '../../model.js';
import { callArrayMethod } from '../builtins/arrays.js';
import { callConstantCollection } from '../builtins/constant-collections.js';
import { callHelper } from '../builtins/helpers.js';
import { lowerLoop } from '../builtins/iteration.js';
import { callKernelAccess } from '../builtins/kernel-structs.js';
import { callMapMethod, useMap } from '../builtins/maps.js';
import { callNamespace } from '../builtins/namespaces.js';
import { callPacketMethod } from '../builtins/packet.js';
import { indexedText } from '../builtins/characters.js';
import { callTextMethod } from '../builtins/text.js';
import type { Frame, LoweringContext } from '../context.js';
import { innerMapOf } from '../inner-maps.js';
import { materialize } from '../memory.js';
import { Merge } from '../merge.js';
import { Refused } from '../refused.js';
import { Scope } from '../scope.js';
import { callSubprogram } from '../subprogram.js';
import { convertTo } from '../scalars.js';
import { isScalar } from '../../types/types.js';
import { nothing, type FunctionValue, type Value } from '../values.js';
import { describeValue, isNamespaceLike, ownOf, whenPresent } from './access.js';
import { lowerStatements } from './block.js';
import { elementsOfConstant } from './fold.js';
import { lowerExpression } from './index.js';
import { knownElements } from './rest.js';
import { bind, convertOptional, destructure, withDefault } from './variables.js';

/** More make no call; it is there for iterators without an end. */
const MOST_ARGUMENTS = 1024;

export function lowerCall(node: ts.CallExpression, context: LoweringContext): Value {
  const callee = unwrap(node.expression) as ts.Expression;
  if (ts.isPropertyAccessExpression(callee)) return lowerMethodCall(node, callee, context);
  const value = lowerExpression(callee, context);
  if (value.kind === 'namespace') return callNamespace(value.name, node, context);
  if (value.kind === 'function') return callDirectly(value, node, context);
  return context.refuse(notCallable(node, callee.getText()));
}

function lowerMethodCall(
  node: ts.CallExpression,
  callee: ts.PropertyAccessExpression,
  context: LoweringContext,
): Value {
  const symbol = context.symbolOf(callee.name);
  const found = symbol && functionOf(symbol, context.checker);
  const method = found && !isRuntimeFile(found.getSourceFile().fileName) ? found : undefined;
  if (method && ts.isMethodDeclaration(method))
    return callDirectly({ kind: 'function', node: method, scope: new Scope() }, node, context);
  const own = isNamespaceLike(callee.expression, context) ? ownOf(callee, context) : undefined;
  if (own?.kind === 'namespace') return callNamespace(own.name, node, context);
  if (own?.kind === 'function') return callDirectly(own, node, context);
  const receiver = lowerExpression(callee.expression, context);
  if (receiver.kind === 'nothing' && ts.isOptionalChain(node)) return nothing;
  if (receiver.kind === 'optional' && ts.isOptionalChain(node))
    return whenPresent(receiver, node, context, (inner) => callMethod(inner, callee, node, context));
  return callMethod(receiver.kind === 'optional' ? receiver.inner : receiver, callee, node, context);
}

function callDirectly(callee: FunctionValue, node: ts.CallExpression, context: LoweringContext): Value {
  context.recording?.shape(node, { kind: 'call' });
  return callFunction(callee, lowerArguments(node, context), node, context);
}

function callMethod(
  receiver: Value,
  callee: ts.PropertyAccessExpression,
  node: ts.CallExpression,
  context: LoweringContext,
): Value {
  const name = callee.name.text;
  switch (receiver.kind) {
    case 'namespace':
      return receiver.name === 'bpf'
        ? callBpf(name, node, context)
        : callNamespace(`${receiver.name}.${name}`, node, context);
    case 'map':
      return callMapMethod(useMap(receiver.map, context), name, node, context);
    case 'packet':
      return callPacketMethod(name, node, context);
    case 'reference': {
      const map = innerMapOf(receiver);
      if (map) return callMapMethod(map, name, node, context);
      if (receiver.type.kind === 'chars') return callTextMethod(receiver, name, node, context);
      if (receiver.type.kind === 'array') return callArrayMethod(receiver, name, node, context);
      break;
    }
    case 'static':
    case 'list':
    case 'literal': {
      const member = receiver.kind === 'literal' ? receiver.members.get(name) : undefined;
      if (member?.kind === 'function') return callFunction(member, lowerArguments(node, context), node, context);
      const text = indexedText(receiver);
      if (text) return callTextMethod(text, name, node, context);
      return callConstantCollection(receiver, name, node, context) ?? callArrayMethod(receiver, name, node, context);
    }
  }
  return context.refuse(notCallable(callee.name, `${name}' of ${describeValue(receiver)}`.replace(/'$/, '')));
}

/** Helpers that call back are loops; all others are calls. */
function callBpf(name: string, node: ts.CallExpression, context: LoweringContext): Value {
  if (name === 'loop') return lowerLoop(node, context);
  return callKernelAccess(name, node, context) ?? callHelper(name, node, context);
}

export function lowerArguments(node: ts.CallExpression, context: LoweringContext): Value[] {
  return node.arguments.flatMap((argument): Value[] => {
    if (!ts.isSpreadElement(argument)) return [lowerExpression(argument, context)];
    const value = lowerExpression(argument.expression, context);
    const known = knownElements(value, 0, argument, context);
    if (known) return known;
    if (value.kind !== 'static')
      return context.refuse(unsupportedSyntax(argument, 'Spread of values that are known at run time only'));
    const items = elementsOfConstant(value.value, MOST_ARGUMENTS, argument, context);
    if (!items) return context.refuse(unsupportedSyntax(argument, 'Spread of what is no list'));
    return items.map((item) => ({ kind: 'static', value: item }));
  });
}

/**
 * Calls a function of the project, most of the time by lowering its body in place: its parameters are then as well
 * known as its arguments, an end of the program inside it is a jump, and LLVM sees the whole.
 */
export function callFunction(
  callee: FunctionValue,
  values: readonly Value[],
  at: ts.Node,
  context: LoweringContext,
): Value {
  const { node } = callee;
  if (context.module.isBroken(node)) throw new Refused();
  for (let frame: Frame | undefined = context.frame; frame; frame = frame.parent) {
    if (frame.function === node) context.refuse(recursion(at, functionName(node)));
  }
  if (node.asteriskToken || node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword))
    context.refuse(unsupportedSyntax(at, node.asteriskToken ? 'A generator' : '`async`'));
  const { recording } = context;
  let activation: Activation | undefined;
  const separate = callSubprogram(callee, values, at, context, (parameters, merge) => {
    context.frame = {
      function: node,
      parent: context.frame,
      targets: [],
      return: (value, place) => merge.arrive(returned(node, value, place, context), place),
    };
    const lower = () => {
      bindParameters(node, parameters, at, context);
      lowerBody(node, context);
    };
    if (recording) activation = recording.apart(node, lower);
    else lower();
  });
  if (separate) {
    recording?.calls(at, separate.function, activation);
    return separate.value;
  }
  const before = context.module.diagnostics.length;
  const merge = new Merge(context);
  const outer = context.frame;
  const outerDebug = context.builder.debug;
  context.frame = {
    function: node,
    parent: outer,
    targets: [],
    return: (value, place) => merge.arrive(returned(node, value, place, context), place),
  };
  try {
    const lower = () => {
      bindParameters(node, values, at, context);
      lowerBody(node, context);
    };
    return context.scoped(() => {
      if (context.recording) context.recording.within(at, node, lower);
      else lower();
      merge.arrive(nothing, at);
      const value = merge.finish();
      if (context.builder.terminated) return neverReturned(node, context);
      // What uses the result of a function that was refused was not meant to be without one.
      if (value.kind === 'nothing' && context.module.diagnostics.slice(before).some(isError)) throw new Refused();
      return value;
    }, new Scope(callee.scope));
  } finally {
    context.frame = outer;
    context.builder.debug = outerDebug;
  }
}

/** The result of a function that always throws: what follows is lowered all the same, and never runs. */
function neverReturned(node: FunctionNode, context: LoweringContext): Value {
  context.builder.start(context.builder.createBlock('unreachable'));
  const signature = context.checker.getSignatureFromDeclaration(node);
  const type = signature && context.module.types.tryConvert(context.checker.getReturnTypeOfSignature(signature));
  if (!type || !isScalar(type)) return nothing;
  return convertTo(type, { kind: 'static', value: type.kind === 'boolean' ? false : 0 }, node, context);
}

function isError({ category }: ts.Diagnostic): boolean {
  return category === ts.DiagnosticCategory.Error;
}

function functionName(node: FunctionNode): string {
  if (node.name) return node.name.getText();
  return ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : 'this function';
}

/** The body's statements, or its expression as what it returns. */
export function lowerBody(node: FunctionNode, context: LoweringContext): void {
  if (!node.body) return;
  if (ts.isBlock(node.body)) return lowerStatements(node.body.statements, context);
  const value = lowerExpression(node.body, context);
  context.frame.return(value, node.body);
}

export function bindParameters(
  node: FunctionNode,
  values: readonly Value[],
  at: ts.Node,
  context: LoweringContext,
): void {
  node.parameters.forEach((parameter, index) => {
    let value: Value = parameter.dotDotDotToken
      ? { kind: 'list', elements: values.slice(index) }
      : (values[index] ?? nothing);
    if (parameter.initializer) value = withDefault(value, parameter.initializer, context);
    if (!ts.isIdentifier(parameter.name)) return destructure(parameter.name, value, context);
    const generic = parameter.type && isGeneric(parameter.type, context);
    bind(
      parameter.name,
      value,
      value.kind === 'list' || value.kind === 'function' || generic ? undefined : parameter.type,
      at,
      context,
    );
  });
}

/** A type that names a type parameter stands for the argument's own type. */
export function isGeneric(type: ts.TypeNode, context: LoweringContext): boolean {
  if (ts.isTypeReferenceNode(type) && ts.isIdentifier(type.typeName)) {
    const symbol = context.checker.getSymbolAtLocation(type.typeName);
    if (symbol && symbol.flags & ts.SymbolFlags.TypeParameter) return true;
  }
  return ts.forEachChild(type, (child) => ts.isTypeNode(child) && isGeneric(child, context)) ?? false;
}

/** What is returned keeps the low bits of the annotated result. */
function returned(node: FunctionNode, value: Value, place: ts.Node, context: LoweringContext): Value {
  if (!node.type || isGeneric(node.type, context)) return value;
  if (value.kind === 'optional')
    return convertOptional(context.checker.getTypeFromTypeNode(node.type), value, place, context);
  if (value.kind !== 'scalar' && value.kind !== 'static' && value.kind !== 'literal') return value;
  const type = context.module.types.tryConvert(context.checker.getTypeFromTypeNode(node.type));
  if (value.kind === 'literal') {
    if (!type || isScalar(type)) return value;
    return { kind: 'reference', type, address: materialize(type, value, place, context), origin: 'stack' };
  }
  const fits =
    type &&
    isScalar(type) &&
    (value.kind === 'scalar' ||
      typeof value.value === 'number' ||
      typeof value.value === 'bigint' ||
      typeof value.value === 'boolean');
  if (!fits || !type || !isScalar(type)) return value;
  if (value.kind === 'static' && type.kind === 'integer' && type.name === 'number') return value;
  return convertTo(type, value, place, context);
}
