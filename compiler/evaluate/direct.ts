/** Computes the simple expressions, which are most, without a slice: literals, operators, properties, conditions. */
import { ts } from '../typescript.js';
import { isProxy } from 'node:util/types';
import type { Reference } from './model.js';
import { unwrap } from './syntax.js';

/** The answer for what has to be run. */
export const notDirect = Symbol('not direct');

type ValueOf = (reference: Reference) => unknown;

/**
 * @param references the free names of the node.
 * @returns its value, or `notDirect`.
 */
export function computeDirectly(node: ts.Node, references: readonly Reference[], valueOf: ValueOf): unknown {
  return isDirect(node, 0) ? new Direct(references, valueOf).compute(node) : notDirect;
}

/** Only what looks simple all the way down is tried, so that nothing is computed twice. */
function isDirect(node: ts.Node, depth: number): boolean {
  const inner = unwrap(node);
  if (depth > 200) return false;
  const below = (child: ts.Node): boolean => isDirect(child, depth + 1);
  if (isLeaf(inner)) return true;
  if (ts.isPrefixUnaryExpression(inner)) return inner.operator in unary && below(inner.operand);
  if (ts.isBinaryExpression(inner)) {
    return inner.operatorToken.kind in binary || isShortCircuit(inner)
      ? below(inner.left) && below(inner.right)
      : false;
  }
  if (ts.isConditionalExpression(inner))
    return below(inner.condition) && below(inner.whenTrue) && below(inner.whenFalse);
  if (ts.isPropertyAccessExpression(inner)) return !inner.questionDotToken && below(inner.expression);
  if (ts.isElementAccessExpression(inner)) {
    return !inner.questionDotToken && below(inner.expression) && below(inner.argumentExpression);
  }
  if (ts.isTemplateExpression(inner)) return inner.templateSpans.every((span) => below(span.expression));
  if (ts.isArrayLiteralExpression(inner)) {
    return inner.elements.every((one) => !ts.isSpreadElement(one) && !ts.isOmittedExpression(one) && below(one));
  }
  return ts.isObjectLiteralExpression(inner) && inner.properties.every((one) => isDirectProperty(one, below));
}

function isDirectProperty(property: ts.ObjectLiteralElementLike, below: (node: ts.Node) => boolean): boolean {
  if (ts.isShorthandPropertyAssignment(property)) return true;
  if (!ts.isPropertyAssignment(property)) return false;
  const { name } = property;
  const isPlain = ts.isIdentifier(name) || ts.isStringLiteral(name);
  return isPlain && name.text !== '__proto__' && below(property.initializer);
}

function isLeaf(node: ts.Node): boolean {
  switch (node.kind) {
    case ts.SyntaxKind.NumericLiteral:
    case ts.SyntaxKind.BigIntLiteral:
    case ts.SyntaxKind.StringLiteral:
    case ts.SyntaxKind.NoSubstitutionTemplateLiteral:
    case ts.SyntaxKind.TrueKeyword:
    case ts.SyntaxKind.FalseKeyword:
    case ts.SyntaxKind.NullKeyword:
    case ts.SyntaxKind.Identifier:
    case ts.SyntaxKind.MetaProperty:
      return true;
    default:
      return false;
  }
}

class NotDirect {}

class Direct {
  readonly #references: readonly Reference[];
  readonly #valueOf: ValueOf;

  constructor(references: readonly Reference[], valueOf: ValueOf) {
    this.#references = references;
    this.#valueOf = valueOf;
  }

  compute(node: ts.Node): unknown {
    try {
      return this.#value(node);
    } catch (error) {
      if (error instanceof NotDirect) return notDirect;
      throw error;
    }
  }

  #value(outer: ts.Node): unknown {
    const node = unwrap(outer);
    if (ts.isIdentifier(node)) return this.#name(node);
    const literal = literalValue(node);
    if (literal) return literal.value;
    if (ts.isMetaProperty(node)) return this.#replaced(node);
    if (ts.isPropertyAccessExpression(node)) return this.#property(node);
    if (ts.isElementAccessExpression(node))
      return read(this.#value(node.expression), this.#value(node.argumentExpression));
    if (ts.isPrefixUnaryExpression(node)) return unary[node.operator]!(primitive(this.#value(node.operand)) as never);
    if (ts.isBinaryExpression(node)) return this.#binary(node);
    if (ts.isConditionalExpression(node))
      return this.#value(this.#value(node.condition) ? node.whenTrue : node.whenFalse);
    if (ts.isTemplateExpression(node)) return this.#template(node);
    if (ts.isArrayLiteralExpression(node)) return node.elements.map((one) => this.#value(one));
    if (ts.isObjectLiteralExpression(node)) return this.#object(node);
    throw new NotDirect();
  }

  #name(node: ts.Identifier): unknown {
    if (node.text === 'undefined') return undefined;
    if (node.text === 'NaN') return NaN;
    if (node.text === 'Infinity') return Infinity;
    const reference = this.#references.find((one) => !one.replaced && one.name === node.text);
    if (!reference) throw new NotDirect();
    return this.#valueOf(reference);
  }

  #replaced(node: ts.Node): unknown {
    const reference = this.#references.find((one) => one.replaced && one.node === node);
    if (!reference) throw new NotDirect();
    return this.#valueOf(reference);
  }

  #property(node: ts.PropertyAccessExpression): unknown {
    const reference = this.#references.find((one) => one.replaced && one.node === node);
    return reference ? this.#valueOf(reference) : read(this.#value(node.expression), node.name.text);
  }

  #binary(node: ts.BinaryExpression): unknown {
    const left = this.#value(node.left);
    const operator = node.operatorToken.kind;
    if (operator === ts.SyntaxKind.AmpersandAmpersandToken) return left && this.#value(node.right);
    if (operator === ts.SyntaxKind.BarBarToken) return left || this.#value(node.right);
    if (operator === ts.SyntaxKind.QuestionQuestionToken) return left ?? this.#value(node.right);
    return binary[operator]!(primitive(left) as never, primitive(this.#value(node.right)) as never);
  }

  #template(node: ts.TemplateExpression): string {
    const spans = node.templateSpans.map((span) => {
      const value = primitive(this.#value(span.expression));
      return `${String(value)}${span.literal.text}`;
    });
    return node.head.text + spans.join('');
  }

  #object(node: ts.ObjectLiteralExpression): object {
    const result: Record<string, unknown> = {};
    for (const property of node.properties) {
      const { name } = property as ts.PropertyAssignment | ts.ShorthandPropertyAssignment;
      const value = ts.isPropertyAssignment(property) ? property.initializer : name;
      result[(name as ts.Identifier).text] = this.#value(value);
    }
    return result;
  }
}

/** The value of a literal. */
export function literalValue(node: ts.Node): { readonly value: unknown } | undefined {
  switch (node.kind) {
    case ts.SyntaxKind.NumericLiteral:
      return { value: Number((node as ts.NumericLiteral).text) };
    case ts.SyntaxKind.BigIntLiteral:
      return { value: BigInt((node as ts.BigIntLiteral).text.replace(/n$/, '').replaceAll('_', '')) };
    case ts.SyntaxKind.StringLiteral:
    case ts.SyntaxKind.NoSubstitutionTemplateLiteral:
      return { value: (node as ts.StringLiteral).text };
    case ts.SyntaxKind.TrueKeyword:
      return { value: true };
    case ts.SyntaxKind.FalseKeyword:
      return { value: false };
    case ts.SyntaxKind.NullKeyword:
      return { value: null };
    default:
      return undefined;
  }
}

function isShortCircuit(node: ts.BinaryExpression): boolean {
  const { kind } = node.operatorToken;
  return (
    kind === ts.SyntaxKind.AmpersandAmpersandToken ||
    kind === ts.SyntaxKind.BarBarToken ||
    kind === ts.SyntaxKind.QuestionQuestionToken
  );
}

/** Objects may have code that conversion runs, and symbols do not convert. */
function primitive(value: unknown): unknown {
  const isObject = typeof value === 'object' && value !== null;
  if (isObject || typeof value === 'function' || typeof value === 'symbol') throw new NotDirect();
  return value;
}

/** Reads what is plain data; a getter is code, and what is missing gives JavaScript's own error when it is run. */
function read(owner: unknown, key: unknown): unknown {
  if (typeof owner === 'string' && key === 'length') return owner.length;
  if (typeof owner === 'string' && typeof key === 'number') return owner[key];
  const isObject = typeof owner === 'object' || typeof owner === 'function';
  if (!isObject || owner === null || (typeof key !== 'string' && typeof key !== 'number')) throw new NotDirect();
  if (isProxy(owner)) throw new NotDirect();
  for (let holder: object | null = owner; holder; holder = Object.getPrototypeOf(holder) as object | null) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, key);
    if (descriptor && !('value' in descriptor)) throw new NotDirect();
    if (descriptor) return descriptor.value;
  }
  return undefined;
}

const unary: { readonly [operator: number]: (operand: never) => unknown } = {
  [ts.SyntaxKind.MinusToken]: (operand: number) => -operand,
  [ts.SyntaxKind.PlusToken]: (operand: number) => +operand,
  [ts.SyntaxKind.TildeToken]: (operand: number) => ~operand,
  [ts.SyntaxKind.ExclamationToken]: (operand: unknown) => !operand,
};

const binary: { readonly [operator: number]: (left: never, right: never) => unknown } = {
  [ts.SyntaxKind.PlusToken]: (left: number, right: number) => left + right,
  [ts.SyntaxKind.MinusToken]: (left: number, right: number) => left - right,
  [ts.SyntaxKind.AsteriskToken]: (left: number, right: number) => left * right,
  [ts.SyntaxKind.SlashToken]: (left: number, right: number) => left / right,
  [ts.SyntaxKind.PercentToken]: (left: number, right: number) => left % right,
  [ts.SyntaxKind.AmpersandToken]: (left: number, right: number) => left & right,
  [ts.SyntaxKind.BarToken]: (left: number, right: number) => left | right,
  [ts.SyntaxKind.CaretToken]: (left: number, right: number) => left ^ right,
  [ts.SyntaxKind.LessThanLessThanToken]: (left: number, right: number) => left << right,
  [ts.SyntaxKind.GreaterThanGreaterThanToken]: (left: number, right: number) => left >> right,
  [ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken]: (left: number, right: number) => left >>> right,
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: (left: unknown, right: unknown) => left === right,
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: (left: unknown, right: unknown) => left !== right,
  [ts.SyntaxKind.LessThanToken]: (left: number, right: number) => left < right,
  [ts.SyntaxKind.LessThanEqualsToken]: (left: number, right: number) => left <= right,
  [ts.SyntaxKind.GreaterThanToken]: (left: number, right: number) => left > right,
  [ts.SyntaxKind.GreaterThanEqualsToken]: (left: number, right: number) => left >= right,
};
