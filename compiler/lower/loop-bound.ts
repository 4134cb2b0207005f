/** The bound of a loop, as the verifier has to see it. */
import { constant64 } from '../ir/values.js';
import { ts } from '../typescript.js';
import type { Comparison } from './arithmetic.js';
import type { LoweringContext } from './context.js';
import { skipParentheses } from './parentheses.js';
import { exactly, isNonNegative, rangeOf, SIGNED_32, SIGNED_64, within } from './range.js';
import { bits64, scalar } from './scalars.js';
import { isOlderThan } from './target.js';
import type { Place, Scalar, Value } from './values.js';

const RELATIONS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.LessThanToken,
  ts.SyntaxKind.LessThanEqualsToken,
  ts.SyntaxKind.GreaterThanToken,
  ts.SyntaxKind.GreaterThanEqualsToken,
]);

/** As many rounds the verifier walks at most: it gives up after a million instructions. */
const mostRounds = 1n << 20n;

/**
 * A comparison's operand that a loop counts to. What is known here of its range the verifier may not know: it follows no
 * quotients and no shifts by what only the run knows, and a mask that would tell it is gone where LLVM knows better. So the
 * range is said once more, of a value that LLVM knows nothing of.
 */
export function keepLoopBound(bound: Scalar, context: LoweringContext): Scalar {
  const { range } = bound;
  const { builder } = context;
  if (bound.value.kind === 'constant' || range.max < 0n || range.max > mostRounds) return bound;
  if (isOlderThan(5, 3, context.module.options)) return bound;
  const bits = bits64(bound, context);
  if (isNonNegative(range)) {
    const mask = (1n << BigInt(range.max.toString(2).length)) - 1n;
    const made = builder.bounded(bits, mask);
    return { ...bound, value: made ?? builder.binary('and', builder.opaque(bits), constant64(mask)) };
  }
  const value = builder.opaque(bits);
  const most = constant64(range.max);
  return { ...bound, value: builder.select(builder.compare('slt', value, most), value, most) };
}

/** The operand of a loop's condition that is counted to by a variable: `n` in `i < n` and `n > i`, and in what `&&` joins to them. */
export function countedTo(operator: Comparison, node: ts.BinaryExpression): 'left' | 'right' | undefined {
  if (!isLoopCondition(node)) return undefined;
  if (operator === '<' || operator === '<=') return isName(node.left) ? 'right' : undefined;
  return (operator === '>' || operator === '>=') && isName(node.right) ? 'left' : undefined;
}

/**
 * Whether a variable that changes is asked by the condition of a loop, as one is that counts down: `for (let i = n; i > 0; i--)`,
 * `while (n--)`.
 */
export function isCountedFrom(name: ts.Identifier): boolean {
  const { parent } = name;
  const asks = (condition: ts.Node | undefined): boolean => {
    if (!condition) return false;
    if (ts.isIdentifier(condition)) return condition.text === name.text;
    return ts.forEachChild(condition, asks) ?? false;
  };
  if (ts.isParameter(parent)) {
    const { body } = parent.parent as ts.FunctionLikeDeclaration;
    return body !== undefined && ts.isBlock(body) && body.statements.some((statement) => asks(conditionOf(statement)));
  }
  if (!ts.isVariableDeclaration(parent)) return false;
  const owner = parent.parent.parent;
  if (ts.isForStatement(owner)) return asks(owner.condition);
  const siblings = ts.isVariableStatement(owner) && ts.isBlock(owner.parent) ? owner.parent.statements : [];
  return siblings.some((statement) => statement.pos > name.pos && asks(conditionOf(statement)));
}

/**
 * What `--` or `-= n` makes of a variable where a loop's condition compares it: LLVM would test what the variable was at some
 * other moment, and count in another register, and the verifier would not see that the test bounds it.
 */
export function keepStep(
  changed: { before: Value; after: Value },
  place: Place,
  node: ts.Node,
  context: LoweringContext,
): { before: Value; after: Value } {
  const { before, after } = changed;
  const isSigned = place.type.kind === 'integer' && place.type.signed;
  if (!place.isCounter || !isSigned || after.kind !== 'scalar' || !isComparedByLoop(node)) return changed;
  const value = context.builder.opaque(bits64(after, context));
  const by = ts.isPostfixUnaryExpression(node) ? (node.operator === ts.SyntaxKind.PlusPlusToken ? 1n : -1n) : undefined;
  return {
    before:
      before.kind === 'scalar' && by !== undefined && !mayWrap(before, by)
        ? { ...before, stepped: { value, by } }
        : before,
    after: { ...after, value },
  };
}

/**
 * What `--i` or `i -= n` makes of a narrow variable where a loop's condition compares it, without the shifts that extend a sign:
 * behind these the verifier knows nothing more of what may be negative.
 *
 * @param computed the result before it is cut to the variable's width.
 * @returns undefined where it is cut as anything else.
 */
export function wrapStep(computed: Value, place: Place, node: ts.Node, context: LoweringContext): Scalar | undefined {
  const { type } = place;
  if (!place.isCounter || type.kind !== 'integer' || !type.signed || type.size >= 8) return undefined;
  if (computed.kind !== 'scalar' || !isComparedByLoop(node)) return undefined;
  const { builder } = context;
  const { range } = computed;
  const own = rangeOf(type);
  const turn = 1n << BigInt(8 * type.size);
  const value = bits64(computed, context);
  const wrapped = (predicate: 'slt' | 'sgt', bound: bigint, by: bigint): Scalar => {
    const isOutside = builder.compare(predicate, value, constant64(bound));
    return scalar(type, builder.select(isOutside, builder.binary('add', value, constant64(by)), value));
  };
  if (range.max <= own.max && range.min < own.min && range.min >= own.min - turn) return wrapped('slt', own.min, turn);
  if (range.min >= own.min && range.max > own.max && range.max <= own.max + turn) return wrapped('sgt', own.max, -turn);
  return undefined;
}

/** Numbers are exact; a bigint that has wrapped compares otherwise than the one before. */
function mayWrap({ type, range }: Scalar, by: bigint): boolean {
  const isBigint = type.kind === 'integer' && type.bigint;
  return isBigint && !within({ min: range.min + by, max: range.max + by }, SIGNED_64);
}

/**
 * The operands of `i-- > 0` and `0 < i--` as those of a comparison of what `i` is then, which goes on being counted: with one
 * less.
 *
 * @returns undefined where neither side is such a count, or the other no constant.
 */
export function comparedAfterStep(operator: Comparison, a: Scalar, b: Scalar): [Scalar, Scalar] | undefined {
  if (operator === '===' || operator === '!==') return undefined;
  const [count, bound] = a.stepped ? [a, b] : [b, a];
  if (!count.stepped || bound.value.kind !== 'constant') return undefined;
  const to = exactly(bound.range.min + count.stepped.by);
  if (!within(to, SIGNED_32)) return undefined;
  const after = { ...count, value: count.stepped.value, range: SIGNED_64 };
  const moved = { ...bound, value: constant64(to.min), range: to };
  return count === a ? [after, moved] : [moved, after];
}

function isComparedByLoop(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isParenthesizedExpression(parent)) return isComparedByLoop(parent);
  return ts.isBinaryExpression(parent) && RELATIONS.has(parent.operatorToken.kind) && isLoopCondition(parent);
}

function conditionOf(node: ts.Node): ts.Expression | undefined {
  if (ts.isLabeledStatement(node)) return conditionOf(node.statement);
  if (ts.isForStatement(node)) return node.condition;
  return ts.isWhileStatement(node) || ts.isDoStatement(node) ? node.expression : undefined;
}

function isName(node: ts.Expression): boolean {
  return ts.isIdentifier(skipParentheses(node));
}

function isLoopCondition(node: ts.Expression): boolean {
  const { parent } = node;
  if (ts.isParenthesizedExpression(parent)) return isLoopCondition(parent);
  if (ts.isBinaryExpression(parent))
    return parent.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken && isLoopCondition(parent);
  if (ts.isForStatement(parent)) return parent.condition === node;
  return (ts.isWhileStatement(parent) || ts.isDoStatement(parent)) && parent.expression === node;
}
