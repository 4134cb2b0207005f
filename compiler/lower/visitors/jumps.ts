/** `break`, `continue` and labels. */
import { ts } from '../../typescript.js';
import { unsupportedSyntax } from '../../diagnostics/index.js';
import type { LoweringContext, Target } from '../context.js';
import { lowerStatement } from './index.js';

export function lowerBreak(node: ts.BreakStatement, context: LoweringContext): void {
  const target = [...context.frame.targets].reverse().find((candidate) => matches(candidate, node.label, false));
  if (!target) return context.refuse(unsupportedSyntax(node, 'A `break` without a loop'));
  context.builder.jump(target.breakTo);
}

export function lowerContinue(node: ts.ContinueStatement, context: LoweringContext): void {
  const target = [...context.frame.targets].reverse().find((candidate) => matches(candidate, node.label, true));
  if (!target?.continueTo) return context.refuse(unsupportedSyntax(node, 'A `continue` without a loop'));
  context.builder.jump(target.continueTo);
}

function matches(target: Target, label: ts.Identifier | undefined, needsLoop: boolean): boolean {
  if (label) return target.label === label.text;
  return needsLoop ? target.continueTo !== undefined : target.label === undefined || target.continueTo !== undefined;
}

export function lowerLabeled(node: ts.LabeledStatement, context: LoweringContext): void {
  if (ts.isIterationStatement(node.statement, false)) return lowerStatement(node.statement, context);
  const { builder } = context;
  const end = builder.createBlock('end');
  context.frame.targets.push({ label: node.label.text, breakTo: end, continueTo: undefined });
  lowerStatement(node.statement, context);
  context.frame.targets.pop();
  builder.jump(end);
  builder.start(end);
}

/** The label that stands before a loop. */
export function labelOf(node: ts.Statement): string | undefined {
  return ts.isLabeledStatement(node.parent) ? node.parent.label.text : undefined;
}
