/** `&&`, `||`, `??`: values of one side or the other, and branches where only the truth is asked. */
import { ts } from '../../typescript.js';
import type { Block } from '../../ir/instructions.js';
import { i1 } from '../../ir/types.js';
import { constant } from '../../ir/values.js';
import type { LoweringContext } from '../context.js';
import { Merge } from '../merge.js';
import { skipParentheses } from '../parentheses.js';
import { boolean, isPresent, truth } from '../scalars.js';
import { nothing, type Value } from '../values.js';
import { lowerTest } from './binary.js';
import { lowerExpression } from './index.js';

const { SyntaxKind } = ts;

export function lowerLogical(node: ts.BinaryExpression, context: LoweringContext): Value {
  const { builder } = context;
  const kind = node.operatorToken.kind;
  const left = lowerExpression(node.left, context);
  const decided = decideLogical(kind, left);
  if (decided !== undefined) {
    context.recording?.shape(node, { kind: 'side', right: !decided });
    return decided ? left : lowerExpression(node.right, context);
  }
  const other = builder.createBlock('other');
  const keep = builder.createBlock('keep');
  const merge = new Merge(context);
  if (kind === SyntaxKind.QuestionQuestionToken) {
    if (left.kind !== 'optional' && left.kind !== 'kernel') return left;
    // Patterns alone take parts of `object ?? {}`: they find what is undefined so.
    if (left.kind === 'optional' && left.inner.kind === 'reference' && isEmptyObject(node.right)) return left;
    const present = left.kind === 'kernel' ? truth(left, node.left, context) : isPresent(left, context);
    builder.branch(present, keep, other);
  } else {
    const isTrue = truth(left, node.left, context);
    if (kind === SyntaxKind.AmpersandAmpersandToken) builder.branch(isTrue, other, keep);
    else builder.branch(isTrue, keep, other);
  }
  builder.start(keep);
  merge.arrive(
    kind === SyntaxKind.QuestionQuestionToken && left.kind === 'optional' ? left.inner : falsyResult(kind, left, node),
    node.left,
  );
  builder.start(other);
  merge.arrive(lowerExpression(node.right, context), node.right);
  return merge.finish();
}

/** `undefined && x` where only its truth is asked: JavaScript gives `undefined`, which tests as false does. */
function falsyResult(kind: ts.SyntaxKind, left: Value, node: ts.BinaryExpression): Value {
  if (kind !== SyntaxKind.AmpersandAmpersandToken || !usedAsCondition(node)) {
    if (kind === SyntaxKind.BarBarToken) return left.kind === 'optional' ? left.inner : left;
    if (left.kind === 'kernel') return nothing;
    // An object is never falsy, and a boolean that is falsy is false.
    if (left.kind === 'optional' && left.inner.kind === 'reference' && left.inner.type.kind !== 'chars') return nothing;
    if (left.kind === 'scalar' && left.type.kind === 'boolean') return { kind: 'static', value: false };
    // Of `a?.b === 1 && object`, what is not the object is undefined or false: no object.
    return left.kind === 'optional' && left.inner.type.kind === 'boolean' ? nothing : left;
  }
  return boolean(constant(i1, 0));
}

/** Whether the value is branched on at once, and goes nowhere else. */
export function branchesOn(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isParenthesizedExpression(parent)) return branchesOn(parent);
  if (ts.isPrefixUnaryExpression(parent)) return parent.operator === SyntaxKind.ExclamationToken && branchesOn(parent);
  if (ts.isConditionalExpression(parent)) return parent.condition === node;
  if (ts.isBinaryExpression(parent)) {
    const kind = parent.operatorToken.kind;
    return (kind === SyntaxKind.AmpersandAmpersandToken || kind === SyntaxKind.BarBarToken) && branchesOn(parent);
  }
  if (ts.isIfStatement(parent) || ts.isWhileStatement(parent) || ts.isDoStatement(parent))
    return parent.expression === node;
  return ts.isForStatement(parent) && parent.condition === node;
}

function usedAsCondition(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isParenthesizedExpression(parent)) return usedAsCondition(parent);
  if (ts.isIfStatement(parent) || ts.isWhileStatement(parent) || ts.isDoStatement(parent))
    return parent.expression === node;
  if (ts.isConditionalExpression(parent)) return parent.condition === node || usedAsCondition(parent);
  if (ts.isForStatement(parent)) return parent.condition === node;
  if (ts.isPrefixUnaryExpression(parent)) return parent.operator === SyntaxKind.ExclamationToken;
  if (!ts.isBinaryExpression(parent)) return false;
  const kind = parent.operatorToken.kind;
  return (kind === SyntaxKind.AmpersandAmpersandToken || kind === SyntaxKind.BarBarToken) && usedAsCondition(parent);
}

function isEmptyObject(node: ts.Expression): boolean {
  const inner = skipParentheses(node);
  return ts.isObjectLiteralExpression(inner) && inner.properties.length === 0;
}

/** Whether a constant left side is the result; undefined where it is no constant. */
function decideLogical(kind: ts.SyntaxKind, left: Value): boolean | undefined {
  if (left.kind === 'nothing') return kind === SyntaxKind.AmpersandAmpersandToken;
  if (left.kind !== 'static') return undefined;
  if (kind === SyntaxKind.QuestionQuestionToken) return left.value !== undefined && left.value !== null;
  return kind === SyntaxKind.AmpersandAmpersandToken ? !left.value : Boolean(left.value);
}

/**
 * Branches on a condition, without making a value of `&&`, `||` and `!`.
 */
export function lowerCondition(node: ts.Expression, whenTrue: Block, whenFalse: Block, context: LoweringContext): void {
  const { builder } = context;
  const inner = skipParentheses(node);
  if (ts.isPrefixUnaryExpression(inner) && inner.operator === SyntaxKind.ExclamationToken)
    return lowerCondition(inner.operand, whenFalse, whenTrue, context);
  if (ts.isBinaryExpression(inner)) {
    const kind = inner.operatorToken.kind;
    if (kind === SyntaxKind.AmpersandAmpersandToken || kind === SyntaxKind.BarBarToken) {
      const next = builder.createBlock('and');
      if (kind === SyntaxKind.AmpersandAmpersandToken) lowerCondition(inner.left, next, whenFalse, context);
      else lowerCondition(inner.left, whenTrue, next, context);
      if (!next.reached) {
        context.recording?.shape(inner, { kind: 'side', right: false });
        return;
      }
      builder.start(next);
      return lowerCondition(inner.right, whenTrue, whenFalse, context);
    }
  }
  const test = lowerTest(inner, context);
  if (test) return builder.branch(test, whenTrue, whenFalse);
  const value = lowerExpression(inner, context);
  builder.branch(truth(value, inner, context), whenTrue, whenFalse);
}
