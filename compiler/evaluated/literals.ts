/** Values that are known at build, as expressions of the syntax tree. */
import { render } from '../evaluate/render.js';
import { ts } from '../typescript.js';

const { factory } = ts;

/** @returns an expression that gives the value. */
export function literalOf(value: unknown): ts.Expression {
  switch (typeof value) {
    case 'boolean':
      return value ? factory.createTrue() : factory.createFalse();
    case 'string':
      return factory.createStringLiteral(value, true);
    case 'number':
    case 'bigint':
      return numberOf(value);
    default:
      // The printer writes a name as it is; what an object looks like is decided in one place.
      return value === null ? factory.createNull() : factory.createIdentifier(render(value));
  }
}

function numberOf(value: number | bigint): ts.Expression {
  if (value < 0 || Object.is(value, -0)) {
    return factory.createPrefixUnaryExpression(ts.SyntaxKind.MinusToken, numberOf(-value as number));
  }
  if (typeof value === 'bigint') return factory.createBigIntLiteral(`${value}n`);
  return Number.isFinite(value) ? factory.createNumericLiteral(value) : factory.createIdentifier(String(value));
}

/** Whether a value is written where it is used; what is larger gets a name. */
export function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function');
}
