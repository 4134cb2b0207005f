/** `for-of`: over constants it unrolls, over an array in memory it counts. */
import { ts } from '../../typescript.js';
import { tooManyIterations, unsupportedSyntax } from '../../diagnostics/index.js';
import type { Block } from '../../ir/instructions.js';
import { constant64 } from '../../ir/values.js';
import type { ArrayType } from '../../types/types.js';
import type { LoweringContext } from '../context.js';
import { countedLoop } from '../counted-loop.js';
import { loadFrom } from '../memory.js';
import type { Reference, Value } from '../values.js';
import { describeValue } from './access.js';
import { lowerExpression, lowerStatement } from './index.js';
import { labelOf } from './jumps.js';
import { bind, destructure } from './variables.js';

const MOST_ITERATIONS = 4096;

export function lowerForOf(node: ts.ForOfStatement, context: LoweringContext): void {
  const value = lowerExpression(node.expression, context);
  const source = value.kind === 'optional' ? value.inner : value;
  if (source.kind === 'reference' && source.type.kind === 'array') return overArray(node, source, source.type, context);
  const items = knownItems(source);
  if (!items) return context.refuse(unsupportedSyntax(node.expression, `Iterating over ${describeValue(source)}`));
  if (items.length > MOST_ITERATIONS) context.refuse(tooManyIterations(node, items.length, MOST_ITERATIONS));
  unroll(node, items, context);
}

function knownItems(source: Value): Value[] | undefined {
  if (source.kind === 'list') return [...source.elements];
  if (source.kind === 'literal') return [...source.members.values()];
  if (
    source.kind !== 'static' ||
    source.value === null ||
    (typeof source.value !== 'object' && typeof source.value !== 'string')
  )
    return undefined;
  if (!(Symbol.iterator in Object(source.value))) return undefined;
  return [...(source.value as Iterable<unknown>)].map((value) => ({ kind: 'static', value }));
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

function overArray(node: ts.ForOfStatement, source: Reference, type: ArrayType, context: LoweringContext): void {
  countedLoop(type.length, context, (index, targets) => {
    const address = context.builder.offset(
      source.origin === 'stack' || source.origin === 'shared' ? context.builder.opaque(source.address) : source.address,
      context.builder.binary('mul', index, constant64(type.element.size)),
    );
    lowerBody(node, loadFrom(type.element, address, source.origin, context), targets, context);
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
    if (!ts.isVariableDeclarationList(node.initializer))
      return context.refuse(unsupportedSyntax(node.initializer, 'A loop variable that exists already'));
    const [declaration] = node.initializer.declarations;
    if (ts.isIdentifier(declaration!.name)) bind(declaration.name, item, undefined, declaration, context);
    else destructure(declaration!.name, item, context);
    lowerStatement(node.statement, context);
  });
  context.frame.targets.pop();
}
