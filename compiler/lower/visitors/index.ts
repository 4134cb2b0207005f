/**
 * The supported language as a table: which syntax has a meaning in the kernel. What has no entry reports itself.
 */
import { ts } from '../../typescript.js';
import { unsupportedSyntax } from '../../diagnostics/index.js';
import type { LoweringContext } from '../context.js';
import { Refused } from '../refused.js';
import type { Value } from '../values.js';
import {
  lowerAssertion,
  lowerFunctionExpression,
  lowerIdentifier,
  lowerLiteral,
  lowerParenthesized,
  lowerTemplate,
} from './primary.js';
import { lowerArrayLiteral, lowerObjectLiteral } from './literals.js';
import { lowerElementAccess, lowerNonNull, lowerPropertyAccess } from './access.js';
import { lowerBinary } from './binary.js';
import { lowerCall } from './call.js';
import { lowerConditional } from './conditional.js';
import { lowerDelete, lowerPostfix, lowerPrefix, lowerVoid } from './unary.js';
import { lowerExpressionStatement, lowerReturn, lowerThrow } from './statements.js';
import { lowerBlock, lowerFunctionDeclaration } from './block.js';
import { lowerBreak, lowerContinue, lowerLabeled } from './jumps.js';
import { lowerIf } from './if.js';
import { lowerDo, lowerFor, lowerWhile } from './loops.js';
import { lowerForOf } from './for-of.js';
import { lowerSwitch } from './switch.js';
import { lowerVariableStatement } from './variables.js';
import { fold, mayFold } from './fold.js';

type ExpressionVisitor<Node extends ts.Node> = (node: Node, context: LoweringContext) => Value;
type StatementVisitor<Node extends ts.Node> = (node: Node, context: LoweringContext) => void;

function expression<Node extends ts.Node>(visitor: ExpressionVisitor<Node>): ExpressionVisitor<ts.Node> {
  return visitor as ExpressionVisitor<ts.Node>;
}
function statement<Node extends ts.Node>(visitor: StatementVisitor<Node>): StatementVisitor<ts.Node> {
  return visitor as StatementVisitor<ts.Node>;
}

const { SyntaxKind } = ts;

const expressions: Partial<Record<ts.SyntaxKind, ExpressionVisitor<ts.Node>>> = {
  [SyntaxKind.ArrayLiteralExpression]: expression(lowerArrayLiteral),
  [SyntaxKind.ArrowFunction]: expression(lowerFunctionExpression),
  [SyntaxKind.AsExpression]: expression(lowerAssertion),
  [SyntaxKind.BigIntLiteral]: expression(lowerLiteral),
  [SyntaxKind.BinaryExpression]: expression(lowerBinary),
  [SyntaxKind.CallExpression]: expression(lowerCall),
  [SyntaxKind.ConditionalExpression]: expression(lowerConditional),
  [SyntaxKind.DeleteExpression]: expression(lowerDelete),
  [SyntaxKind.ElementAccessExpression]: expression(lowerElementAccess),
  [SyntaxKind.FalseKeyword]: expression(lowerLiteral),
  [SyntaxKind.FunctionExpression]: expression(lowerFunctionExpression),
  [SyntaxKind.Identifier]: expression(lowerIdentifier),
  [SyntaxKind.NonNullExpression]: expression(lowerNonNull),
  [SyntaxKind.NoSubstitutionTemplateLiteral]: expression(lowerLiteral),
  [SyntaxKind.NumericLiteral]: expression(lowerLiteral),
  [SyntaxKind.ObjectLiteralExpression]: expression(lowerObjectLiteral),
  [SyntaxKind.ParenthesizedExpression]: expression(lowerParenthesized),
  [SyntaxKind.PostfixUnaryExpression]: expression(lowerPostfix),
  [SyntaxKind.PrefixUnaryExpression]: expression(lowerPrefix),
  [SyntaxKind.PropertyAccessExpression]: expression(lowerPropertyAccess),
  [SyntaxKind.SatisfiesExpression]: expression(lowerAssertion),
  [SyntaxKind.StringLiteral]: expression(lowerLiteral),
  [SyntaxKind.TemplateExpression]: expression(lowerTemplate),
  [SyntaxKind.TrueKeyword]: expression(lowerLiteral),
  [SyntaxKind.VoidExpression]: expression(lowerVoid),
};

const statements: Partial<Record<ts.SyntaxKind, StatementVisitor<ts.Node>>> = {
  [SyntaxKind.Block]: statement(lowerBlock),
  [SyntaxKind.BreakStatement]: statement(lowerBreak),
  [SyntaxKind.ContinueStatement]: statement(lowerContinue),
  [SyntaxKind.DoStatement]: statement(lowerDo),
  [SyntaxKind.EmptyStatement]: statement(() => undefined),
  [SyntaxKind.EnumDeclaration]: statement(() => undefined),
  [SyntaxKind.ExpressionStatement]: statement(lowerExpressionStatement),
  [SyntaxKind.ForOfStatement]: statement(lowerForOf),
  [SyntaxKind.ForStatement]: statement(lowerFor),
  [SyntaxKind.FunctionDeclaration]: statement(lowerFunctionDeclaration),
  [SyntaxKind.IfStatement]: statement(lowerIf),
  [SyntaxKind.InterfaceDeclaration]: statement(() => undefined),
  [SyntaxKind.LabeledStatement]: statement(lowerLabeled),
  [SyntaxKind.ReturnStatement]: statement(lowerReturn),
  [SyntaxKind.SwitchStatement]: statement(lowerSwitch),
  [SyntaxKind.ThrowStatement]: statement(lowerThrow),
  [SyntaxKind.TypeAliasDeclaration]: statement(() => undefined),
  [SyntaxKind.VariableStatement]: statement(lowerVariableStatement),
  [SyntaxKind.WhileStatement]: statement(lowerWhile),
};

/**
 * Lowers an expression: to a constant where its value is known at build, else to instructions.
 *
 * @throws Refused after its diagnostic was reported.
 */
export function lowerExpression(node: ts.Expression, context: LoweringContext): Value {
  context.at(node);
  if (mayFold(node)) {
    const folded = fold(node, context);
    if (folded) return folded;
  }
  const visitor = expressions[node.kind];
  if (!visitor) return context.refuse(unsupportedSyntax(node, describe(node)));
  const value = visitor(node, context);
  context.recording?.expression(node, value, context);
  return value;
}

/** Lowers a statement; after a refusal the next one goes on, so that one run reports them all. */
export function lowerStatement(node: ts.Statement, context: LoweringContext): void {
  if (context.builder.terminated && node.kind !== SyntaxKind.FunctionDeclaration) return;
  context.at(node);
  context.recording?.reach(node);
  const visitor = statements[node.kind];
  try {
    if (!visitor) return context.refuse(unsupportedSyntax(node, describe(node)));
    visitor(node, context);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}

const DESCRIPTIONS: Partial<Record<ts.SyntaxKind, string>> = {
  [SyntaxKind.AwaitExpression]: '`await`',
  [SyntaxKind.ClassDeclaration]: 'A class',
  [SyntaxKind.ClassExpression]: 'A class',
  [SyntaxKind.DebuggerStatement]: '`debugger`',
  [SyntaxKind.ForInStatement]: '`for-in`',
  [SyntaxKind.NewExpression]: '`new`',
  [SyntaxKind.RegularExpressionLiteral]: 'A regular expression',
  [SyntaxKind.SpreadElement]: 'Spread of values that are known at run time only',
  [SyntaxKind.ThisKeyword]: '`this`',
  [SyntaxKind.TryStatement]: '`try`',
  [SyntaxKind.TypeOfExpression]: '`typeof`',
  [SyntaxKind.WithStatement]: '`with`',
  [SyntaxKind.YieldExpression]: '`yield`',
};

function describe(node: ts.Node): string {
  return DESCRIPTIONS[node.kind] ?? `This ${SyntaxKind[node.kind].replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()}`;
}
