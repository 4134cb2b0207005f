/** `for-of`: over constants it unrolls, over an array in memory it counts. */
import { ts } from '../../typescript.js';
import { tooManyIterations, unsupportedSyntax } from '../../diagnostics/index.js';
import type { Block } from '../../ir/instructions.js';
import { constant64 } from '../../ir/values.js';
import type { ArrayType } from '../../types/types.js';
import { asText } from '../builtins/characters.js';
import { eachCodePoint } from '../builtins/utf-8.js';
import type { LoweringContext } from '../context.js';
import { countedLoop } from '../counted-loop.js';
import { loadFrom } from '../memory.js';
import { skipParentheses } from '../parentheses.js';
import { number } from '../scalars.js';
import type { Reference, Value } from '../values.js';
import { describeValue, isTuple } from './access.js';
import { knownElements } from './rest.js';
import { assignTo } from './assignment-pattern.js';
import { elementsOfConstant, fold } from './fold.js';
import { lowerExpression, lowerStatement } from './index.js';
import { labelOf } from './jumps.js';
import { bind, destructure } from './variables.js';

const MOST_ITERATIONS = 4096;

export function lowerForOf(node: ts.ForOfStatement, context: LoweringContext): void {
  const view = viewOf(node.expression, context);
  if (view) return overArray(node, view.source, view.type, view.what, context);
  const value = lowerExpression(node.expression, context);
  const source = value.kind === 'optional' ? value.inner : value;
  if (source.kind === 'reference' && source.type.kind === 'array')
    return overArray(node, source, source.type, undefined, context);
  if (source.kind === 'reference' && source.type.kind === 'chars')
    return eachCodePoint(source, context, (code, targets) => lowerBody(node, asText(code, context), targets, context));
  const items = knownItems(source, node.expression, context);
  if (!items) return context.refuse(unsupportedSyntax(node.expression, `Iterating over ${describeValue(source)}`));
  if (items.length > MOST_ITERATIONS) context.refuse(tooManyIterations(node, items.length, MOST_ITERATIONS));
  unroll(node, items, context);
}

type View = 'entries' | 'keys' | 'values';

/** `list.entries()`, `keys()` or `values()` of an array in memory. */
function viewOf(
  node: ts.Expression,
  context: LoweringContext,
): { source: Reference; type: ArrayType; what: View } | undefined {
  const call = skipParentheses(node);
  if (!ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return undefined;
  const what = call.expression.name.text;
  if (what !== 'entries' && what !== 'keys' && what !== 'values') return undefined;
  const type = context.module.types.tryConvert(context.checker.getTypeAtLocation(call.expression.expression));
  if (type?.kind !== 'array' || fold(call, context)) return undefined;
  const source = lowerExpression(call.expression.expression, context);
  return source.kind === 'reference' && source.type.kind === 'array' ? { source, type: source.type, what } : undefined;
}

function knownItems(source: Value, node: ts.Node, context: LoweringContext): Value[] | undefined {
  if (source.kind === 'list') return [...source.elements];
  if (source.kind === 'literal') return [...source.members.values()];
  if (source.kind === 'reference' && isTuple(source.type)) return knownElements(source, 0, node, context);
  const values = source.kind === 'static' && elementsOfConstant(source.value, MOST_ITERATIONS, node, context);
  return values ? values.map((value) => ({ kind: 'static', value })) : undefined;
}

function unroll(node: ts.ForOfStatement, items: readonly Value[], context: LoweringContext): void {
  const { builder } = context;
  const end = builder.createBlock('end');
  context.recording?.shape(node, { kind: 'unrolled', values: items });
  for (const item of items) {
    if (builder.terminated) break;
    const next = builder.createBlock('next');
    const lower = () => lowerBody(node, item, { breakTo: end, continueTo: next }, context);
    if (context.recording) context.recording.within(node, node, lower);
    else lower();
    builder.jump(next);
    builder.start(next);
  }
  builder.jump(end);
  builder.start(end);
}

function overArray(
  node: ts.ForOfStatement,
  source: Reference,
  type: ArrayType,
  view: View | undefined,
  context: LoweringContext,
): void {
  countedLoop(type.length, context, (index, targets) => {
    const key = number(index, { min: 0n, max: BigInt(type.length - 1) });
    if (view === 'keys') return lowerBody(node, key, targets, context);
    const address = context.builder.offset(
      source.origin === 'stack' || source.origin === 'shared' ? context.builder.opaque(source.address) : source.address,
      context.builder.binary('mul', index, constant64(type.element.size)),
    );
    const element = loadFrom(type.element, address, source.origin, context);
    lowerBody(node, view === 'entries' ? { kind: 'list', elements: [key, element] } : element, targets, context);
  });
}

function lowerBody(
  node: ts.ForOfStatement,
  item: Value,
  targets: { breakTo: Block; continueTo: Block },
  context: LoweringContext,
): void {
  context.frame.targets.push({ label: labelOf(node), ...targets });
  context.scoped(() => {
    const { initializer } = node;
    const [declaration] = ts.isVariableDeclarationList(initializer) ? initializer.declarations : [];
    if (!ts.isVariableDeclarationList(initializer)) assignTo(initializer, item, context);
    else if (declaration && ts.isIdentifier(declaration.name))
      bind(declaration.name, item, undefined, declaration, context);
    else if (declaration) destructure(declaration.name as ts.BindingPattern, item, context);
    lowerStatement(node.statement, context);
  });
  context.frame.targets.pop();
}
