/** `switch`, with fall-through. */
import { ts } from '../../typescript.js';
import type { Block } from '../../ir/instructions.js';
import { i32 } from '../../ir/types.js';
import { constant, constant64, type IrValue } from '../../ir/values.js';
import type { LoweringContext } from '../context.js';
import { exactly, UNSIGNED_32, within } from '../range.js';
import { bits64, toScalar } from '../scalars.js';
import type { Value } from '../values.js';
import { lowerStatements } from './block.js';
import { isEqual } from './equal.js';
import { lowerExpression } from './index.js';

export function lowerSwitch(node: ts.SwitchStatement, context: LoweringContext): void {
  const { builder } = context;
  const value = lowerExpression(node.expression, context);
  const clauses = node.caseBlock.clauses;
  if (value.kind === 'static' && lowerKnown(value.value, node, context)) return;
  const end = builder.createBlock('end');
  const blocks = clauses.map(() => builder.createBlock('case'));
  const fallback = clauses.findIndex((clause) => ts.isDefaultClause(clause));
  dispatch(value, node, blocks, fallback < 0 ? end : blocks[fallback]!, context);
  context.frame.targets.push({ label: undefined, breakTo: end, continueTo: undefined });
  context.scoped(() => {
    clauses.forEach((clause, index) => {
      builder.start(blocks[index]!);
      lowerStatements(clause.statements, context);
      builder.jump(blocks[index + 1] ?? end);
    });
  });
  context.frame.targets.pop();
  builder.start(end);
}

/** A constant chooses its clause at build. */
function lowerKnown(value: unknown, node: ts.SwitchStatement, context: LoweringContext): boolean {
  const clauses = [...node.caseBlock.clauses];
  const labels = clauses.map((clause) =>
    ts.isCaseClause(clause) ? lowerExpression(clause.expression, context) : undefined,
  );
  if (labels.some((label) => label && label.kind !== 'static')) return false;
  let chosen = labels.findIndex((label) => label?.kind === 'static' && label.value === value);
  if (chosen < 0) chosen = clauses.findIndex((clause) => ts.isDefaultClause(clause));
  if (chosen < 0) return true;
  const { builder } = context;
  const end = builder.createBlock('end');
  context.frame.targets.push({ label: undefined, breakTo: end, continueTo: undefined });
  context.scoped(() => clauses.slice(chosen).forEach((clause) => lowerStatements(clause.statements, context)));
  context.frame.targets.pop();
  builder.jump(end);
  builder.start(end);
  return true;
}

function dispatch(
  value: Value,
  node: ts.SwitchStatement,
  blocks: readonly Block[],
  otherwise: Block,
  context: LoweringContext,
): void {
  const { builder } = context;
  const labels = node.caseBlock.clauses.map((clause) =>
    ts.isCaseClause(clause) ? lowerExpression(clause.expression, context) : undefined,
  );
  const integers = labels.every(
    (label) =>
      !label || (label.kind === 'static' && (Number.isInteger(label.value) || typeof label.value === 'bigint')),
  );
  if (integers && value.kind === 'scalar' && value.type.kind === 'integer') {
    const scalar = toScalar(value, node, context);
    const narrow = within(scalar.range, UNSIGNED_32);
    const seen = new Set<bigint>();
    const cases: { value: IrValue; target: Block }[] = [];
    labels.forEach((label, index) => {
      if (!label || label.kind !== 'static') return;
      const bits = BigInt(label.value as number | bigint);
      if (seen.has(bits) || (narrow && !within(exactly(bits), UNSIGNED_32))) return;
      seen.add(bits);
      cases.push({ value: narrow ? constant(i32, bits) : constant64(bits), target: blocks[index]! });
    });
    const wide = bits64(scalar, context);
    return builder.switch(narrow ? builder.resize(wide, i32, false) : wide, cases, otherwise);
  }
  labels.forEach((label, index) => {
    if (!label) return;
    const clause = node.caseBlock.clauses[index]!;
    const next = builder.createBlock('next');
    builder.branch(isEqual(value, label, clause, context), blocks[index]!, next);
    builder.start(next);
  });
  builder.jump(otherwise);
}
