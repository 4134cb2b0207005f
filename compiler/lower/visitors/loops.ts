/** `for`, `while` and `do`. The kernel walks their iterations (Linux 5.3), so each has to end. */
import { ts } from '../../typescript.js';
import { loopWithoutProgress, unboundedLoop } from '../../diagnostics/index.js';
import type { Block } from '../../ir/instructions.js';
import { loopProperty } from '../../ir/metadata.js';
import { constant64 } from '../../ir/values.js';
import type { LoweringContext } from '../context.js';
import { counterOf, type Counter } from './counter.js';
import { lowerCondition } from './logical.js';
import { fold } from './fold.js';
import { lowerExpression, lowerStatement } from './index.js';
import { labelOf } from './jumps.js';
import { stuckNames } from '../progress.js';
import { isOlderThan, loopFor } from '../target.js';
import { isShort } from './short-loop.js';
import { lowerDeclarations } from './variables.js';

export function lowerFor(node: ts.ForStatement, context: LoweringContext): void {
  context.scoped(() => {
    if (node.initializer) {
      if (ts.isVariableDeclarationList(node.initializer)) lowerDeclarations(node.initializer, context);
      else lowerExpression(node.initializer, context);
    }
    const counter = counterOf(node, context);
    const advance = () => {
      if (node.incrementor) lowerExpression(node.incrementor, context);
    };
    lowerLoop(node, node.condition, node.statement, context, advance, counter);
  });
}

export function lowerWhile(node: ts.WhileStatement, context: LoweringContext): void {
  lowerLoop(node, node.expression, node.statement, context, () => undefined);
}

export function lowerDo(node: ts.DoStatement, context: LoweringContext): void {
  const { builder } = context;
  const body = builder.createBlock('do');
  const test = builder.createBlock('test');
  const end = builder.createBlock('end');
  builder.jump(body);
  builder.start(body);
  lowerBody(node, node.statement, { breakTo: end, continueTo: test }, context);
  builder.jump(test);
  builder.start(test);
  const unrolling = loopFor(context.module.options);
  const again = unrolling ? builder.createBlock('again') : body;
  branch(node, node.expression, again, end, context);
  if (unrolling) {
    builder.start(again);
    builder.repeat(body, unrolling);
  }
  builder.start(end);
}

function lowerLoop(
  node: ts.ForStatement | ts.WhileStatement,
  condition: ts.Expression | undefined,
  statement: ts.Statement,
  context: LoweringContext,
  advance: () => void,
  counter?: Counter,
): void {
  const { builder } = context;
  const test = builder.createBlock('test');
  const body = builder.createBlock('loop');
  const next = builder.createBlock('next');
  const end = builder.createBlock('end');
  const unrolled = leaves(statement) && isShort(node, counter?.rounds);
  const unrolling = unrolled ? loopProperty('llvm.loop.unroll.full') : loopFor(context.module.options);
  // Entered past its test, the loop would close in the test's branch, and not in the jump that says to unroll it.
  const { packetBytes } = builder;
  builder.jump(counter?.entered && !unrolling ? body : test);
  // Whatever comes back to the test comes from behind this.
  test.packetBytes = packetBytes;
  builder.start(test);
  branch(node, condition, body, end, context, !unrolled);
  builder.start(body);
  counter?.limit('body');
  if (counter && leaves(statement) && !unrolled) assumeBound(counter, context);
  lowerBody(node, statement, { breakTo: end, continueTo: next }, context);
  builder.jump(next);
  builder.start(next);
  context.at(node);
  advance();
  builder.repeat(test, unrolling);
  builder.start(end);
}

/** Says to LLVM what the bound says to the verifier, since LLVM is not shown what is compared there; see `branch`. */
function assumeBound({ place, last }: Counter, context: LoweringContext): void {
  const value = place.load();
  if (last === undefined || value.kind !== 'scalar') return;
  context.assume(context.builder.compare('ule', value.value, constant64(last)));
}

function lowerBody(
  node: ts.IterationStatement,
  statement: ts.Statement,
  target: { breakTo: Block; continueTo: Block },
  context: LoweringContext,
): void {
  context.frame.targets.push({ label: labelOf(node), ...target });
  context.scoped(() => lowerStatement(statement, context));
  context.frame.targets.pop();
}

function branch(
  node: ts.IterationStatement,
  condition: ts.Expression | undefined,
  body: Block,
  end: Block,
  context: LoweringContext,
  keepsBounds = true,
): void {
  const known = condition ? fold(condition, context) : { value: true };
  if (!known) {
    const stuck = leaves(node.statement) ? undefined : stuckNames(node, condition!, context);
    if (stuck) context.refuse(loopWithoutProgress(node, stuck));
    // With another way out that comes first, LLVM drops the bound, and verifiers before 6.12 see no end of the loop.
    context.keepsBounds = keepsBounds && leaves(node.statement) && !isOlderThan(5, 3, context.module.options);
    lowerCondition(condition!, body, end, context);
    context.keepsBounds = false;
    return;
  }
  if (known.value && !leaves(node.statement)) context.refuse(unboundedLoop(node));
  context.builder.jump(known.value ? body : end);
}

/** Whether anything in the body ends the loop. */
function leaves(node: ts.Node): boolean {
  if (ts.isFunctionLike(node)) return false;
  if (ts.isBreakStatement(node) || ts.isReturnStatement(node) || ts.isThrowStatement(node)) return true;
  if (ts.isContinueStatement(node) && node.label) return true;
  return ts.forEachChild(node, leaves) ?? false;
}
