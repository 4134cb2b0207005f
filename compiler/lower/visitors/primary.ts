/** Names, literals, and wrappers around other expressions. */
import { ts } from '../../typescript.js';
import { constantInitializer, functionOf, unwrap } from '../../discover/symbols.js';
import { nameNotKnown, stringAtRunTime, typeHasNoLayout, unsupportedSyntax } from '../../diagnostics/index.js';
import { NoLayout } from '../../types/convert.js';
import { integers, isScalar, type BpfType } from '../../types/types.js';
import type { LoweringContext } from '../context.js';
import { loadFrom } from '../memory.js';
import { namespaceOf } from '../names.js';
import { noteUse } from '../overwritten.js';
import { Refused } from '../refused.js';
import { Scope } from '../scope.js';
import { globalName } from '../../ir/values.js';
import { nothing, type Value } from '../values.js';
import { mayFold } from './fold.js';
import { lowerExpression } from './index.js';
import { seenAs } from './variables.js';

export function lowerLiteral(node: ts.Expression, context: LoweringContext): Value {
  return context.refuse(unsupportedSyntax(node, 'This literal'));
}

export function lowerTemplate(node: ts.TemplateExpression, context: LoweringContext): Value {
  return context.refuse(stringAtRunTime(node));
}

export function lowerParenthesized(node: ts.ParenthesizedExpression, context: LoweringContext): Value {
  return lowerExpression(node.expression, context);
}

export function lowerAssertion(node: ts.AsExpression | ts.SatisfiesExpression, context: LoweringContext): Value {
  const value = lowerExpression(node.expression, context);
  if (value.kind !== 'kernel' || ts.isSatisfiesExpression(node)) return value;
  return seenAs(context.checker.getTypeFromTypeNode(node.type), value, context);
}

export function lowerFunctionExpression(
  node: ts.ArrowFunction | ts.FunctionExpression,
  context: LoweringContext,
): Value {
  return { kind: 'function', node, scope: context.scope };
}

export function lowerIdentifier(node: ts.Identifier, context: LoweringContext): Value {
  const symbol = symbolOfName(node, context);
  if (!symbol || (node.text === 'undefined' && !symbol.valueDeclaration)) return nothing;
  return lowerSymbol(symbol, node, context);
}

/** The symbol of a name, also where it stands for a property: `{ port }`. */
export function symbolOfName(node: ts.Identifier, context: LoweringContext): ts.Symbol | undefined {
  if (ts.isShorthandPropertyAssignment(node.parent) && node.parent.name === node) {
    const symbol = context.checker.getShorthandAssignmentValueSymbol(node.parent);
    return symbol && symbol.flags & ts.SymbolFlags.Alias ? context.checker.getAliasedSymbol(symbol) : symbol;
  }
  return context.symbolOf(node);
}

/** What a name stands for: a variable, a map, a function, a part of tsbpf, or a constant. */
export function lowerSymbol(symbol: ts.Symbol, node: ts.Identifier, context: LoweringContext): Value {
  const variable = context.scope.find(symbol);
  if (variable?.kind === 'value') {
    noteUse(variable.value, node, context);
    return variable.value;
  }
  if (variable?.kind === 'place') return variable.place.load();
  if (variable?.kind === 'refused') throw new Refused();
  const map = context.module.discovery.maps.get(symbol);
  if (map) return { kind: 'map', map };
  const shared = context.module.discovery.shared.get(symbol);
  if (shared) return { kind: 'shared', shared };
  const namespace = namespaceOf(symbol, node);
  if (namespace) return namespace;
  const declared = functionOf(symbol, context.checker);
  if (declared) return { kind: 'function', node: declared, scope: new Scope() };
  const table = functionTable(symbol, context);
  if (table) return context.scoped(() => lowerExpression(table, context), new Scope());
  return lowerConstant(symbol, node, context);
}

/** The literal of a constant that holds functions: `const handlers = { add: (x) => x + 1 }` at the top of a module. */
function functionTable(symbol: ts.Symbol, context: LoweringContext): ts.Expression | undefined {
  const declaration = symbol.valueDeclaration;
  if (!declaration || !ts.isVariableDeclaration(declaration) || !ts.isSourceFile(declaration.parent.parent.parent))
    return undefined;
  const literal = constantInitializer(declaration);
  if (!literal || mayFold(unwrap(literal) as ts.Expression)) return undefined;
  const written = unwrap(literal);
  if (!ts.isObjectLiteralExpression(written) && !ts.isArrayLiteralExpression(written)) return undefined;
  return context.module.evaluator.isContentChanged(symbol) ? undefined : written;
}

function lowerConstant(symbol: ts.Symbol, node: ts.Identifier, context: LoweringContext): Value {
  const result = context.module.evaluator.evaluate(node);
  switch (result.kind) {
    case 'static':
      return result.value === undefined ? nothing : { kind: 'static', value: result.value };
    case 'failed':
      return context.refuse(result.diagnostic);
    case 'notStatic':
      return context.refuse(nameNotKnown(node, node.text, result.reason));
    case 'load': {
      const variable = context.module.loadVariable(
        symbol,
        result.name,
        loadType(result.declaration, node, context),
        result.declaration,
      );
      context.usedConstants.add(variable);
      context.recording?.decide(node, { kind: 'load', constant: variable });
      if (isScalar(variable.type)) return loadFrom(variable.type, globalName(variable.name), 'constant', context, true);
      // LLVM would read the zeros that stand there until the object is loaded, did it see the address.
      return loadFrom(variable.type, context.builder.opaque(globalName(variable.name)), 'constant', context);
    }
  }
}

/** As wide as the annotation says, 64 bits without one. */
function loadType(declaration: ts.Declaration, node: ts.Node, context: LoweringContext): BpfType {
  const type = context.checker.getTypeAtLocation(node);
  const annotation = 'type' in declaration ? (declaration.type as ts.TypeNode | undefined) : undefined;
  const written = annotation ? context.checker.getTypeFromTypeNode(annotation) : type;
  if (!annotation && type.flags & ts.TypeFlags.Any) return integers.number;
  try {
    const layout = context.module.types.convert(written);
    return !annotation && layout.kind === 'integer' && !layout.bigint ? integers.number : layout;
  } catch (error) {
    if (error instanceof NoLayout) return context.refuse(typeHasNoLayout(node, error.typeText, error.reason));
    throw error;
  }
}
