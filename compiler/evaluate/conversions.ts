/** Makes annotated integers of a slice keep the low bits, as they do in the kernel's and user space's copies of a function. */
import { ts } from '../typescript.js';
import type { Edit } from './erase.js';
import { assignments } from './syntax.js';

/** The name under which slices find tsbpf's conversions. */
export const conversionsName = '$tsbpf';

/** Answers with the name of a conversion (`u8`) where a type node names one of tsbpf's integers. */
export type ConversionOf = (type: ts.TypeNode | undefined) => string | undefined;

/** What the conversions of a node need to know about names. */
export interface Conversions {
  readonly ofType: ConversionOf;
  /** The conversion of an annotated variable or parameter. */
  ofName(identifier: ts.Identifier): string | undefined;
}

/** Insertions that convert parameters, results, initial values of variables, and assignments. */
export function conversionEdits(root: ts.Node, conversions: Conversions): readonly Edit[] {
  const edits: Edit[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node)) return;
    if (hasBody(node)) edits.push(...functionEdits(node, conversions));
    if (ts.isVariableDeclaration(node) && node.initializer && isVariable(node)) {
      const conversion = conversions.ofType(node.type);
      if (conversion) edits.push(...wrap(node.initializer, conversion));
    }
    edits.push(...assignmentEdits(node, conversions));
    ts.forEachChild(node, visit);
  };
  visit(root);
  return edits;
}

type WithBody = ts.FunctionLikeDeclaration & { readonly body: ts.ConciseBody };

function hasBody(node: ts.Node): node is WithBody {
  return ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;
}

function functionEdits(node: WithBody, conversions: Conversions): readonly Edit[] {
  const edits: Edit[] = [];
  const parameters = node.parameters.flatMap((one) => {
    const conversion = conversions.ofType(one.type);
    if (!conversion || !ts.isIdentifier(one.name) || one.dotDotDotToken) return [];
    const { text } = one.name;
    return [`${text} = ${text} === undefined ? ${text} : ${call(conversion)}${text})`];
  });
  if (ts.isBlock(node.body)) {
    if (parameters.length > 0) edits.push(insert(node.body.getStart() + 1, `${parameters.join('; ')};`));
  } else if (parameters.length > 0) {
    edits.push(insert(node.body.getStart(), `(${parameters.join(', ')}, `), insert(node.body.end, ')'));
  }
  const result = isOrdinary(node) ? conversions.ofType(node.type) : undefined;
  if (result) edits.push(...results(node.body).flatMap((one) => wrap(one, result)));
  return edits;
}

function assignmentEdits(node: ts.Node, conversions: Conversions): readonly Edit[] {
  const [target] = assignments(node);
  if (!target?.whole || !ts.isIdentifier(target.root)) return [];
  const conversion = conversions.ofName(target.root);
  if (!conversion) return [];
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
    return ts.isIdentifier(node.left) ? wrap(node.right, conversion) : [];
  }
  const isUnused = ts.isExpressionStatement(node.parent) || ts.isForStatement(node.parent);
  if (ts.isPostfixUnaryExpression(node) && !isUnused) return [];
  const { text } = target.root;
  return [insert(node.getStart(), '('), insert(node.end, `, ${text} = ${call(conversion)}${text}))`)];
}

function results(body: ts.ConciseBody): readonly ts.Expression[] {
  if (!ts.isBlock(body)) return [body];
  const found: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return;
    if (ts.isReturnStatement(node) && node.expression) found.push(node.expression);
    ts.forEachChild(node, visit);
  };
  visit(body);
  return found;
}

function isVariable(node: ts.VariableDeclaration): boolean {
  return (ts.getCombinedNodeFlags(node) & ts.NodeFlags.Const) === 0;
}

function isOrdinary(node: WithBody): boolean {
  const isAsync = (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Async) !== 0;
  return !isAsync && !('asteriskToken' in node && node.asteriskToken);
}

function wrap(node: ts.Node, conversion: string): readonly Edit[] {
  return [insert(node.getStart(), call(conversion)), insert(node.end, ')')];
}

function call(conversion: string): string {
  return `${conversionsName}.${conversion}(`;
}

function insert(position: number, text: string): Edit {
  return { start: position, end: position, text };
}
