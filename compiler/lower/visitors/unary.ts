/** `-x`, `~x`, `!x`, `++x`, `x++`, `delete` and `void`. */
import { ts } from '../../typescript.js';
import { operatorUnsupported, unsupportedSyntax } from '../../diagnostics/index.js';
import { i1 } from '../../ir/types.js';
import { constant } from '../../ir/values.js';
import { integers } from '../../types/types.js';
import { arithmetic } from '../arithmetic.js';
import type { LoweringContext } from '../context.js';
import { boolean, numberConstant, toScalar, truthBit } from '../scalars.js';
import { nothing, type Value } from '../values.js';
import { lowerPlace } from './access.js';
import { update } from './assignment.js';
import { lowerExpression } from './index.js';

const { SyntaxKind } = ts;

export function lowerPrefix(node: ts.PrefixUnaryExpression, context: LoweringContext): Value {
  switch (node.operator) {
    case SyntaxKind.PlusPlusToken:
    case SyntaxKind.MinusMinusToken:
      return step(node, context).after;
    case SyntaxKind.ExclamationToken: {
      const isTrue = truthBit(lowerExpression(node.operand, context), node.operand, context);
      return boolean(context.builder.binary('xor', isTrue, constant(i1, 1)));
    }
    case SyntaxKind.PlusToken:
      return toScalar(lowerExpression(node.operand, context), node.operand, context);
    case SyntaxKind.MinusToken: {
      const value = toScalar(lowerExpression(node.operand, context), node.operand, context);
      const zero: Value = { kind: 'static', value: value.type.kind === 'integer' && value.type.bigint ? 0n : 0 };
      return arithmetic('-', zero, value, node, context);
    }
    case SyntaxKind.TildeToken: {
      const value = toScalar(lowerExpression(node.operand, context), node.operand, context);
      const wide = value.type.kind === 'integer' && value.type.bigint;
      const ones: Value = wide
        ? {
            ...numberConstant(-1n),
            type: value.type.kind === 'integer' && value.type.signed ? integers.i64 : integers.u64,
          }
        : numberConstant(-1);
      return arithmetic('^', value, ones, node, context);
    }
    default:
      return context.refuse(operatorUnsupported(node, ts.tokenToString(node.operator) ?? node.getText()));
  }
}

export function lowerPostfix(node: ts.PostfixUnaryExpression, context: LoweringContext): Value {
  return step(node, context).before;
}

function step(
  node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression,
  context: LoweringContext,
): { before: Value; after: Value } {
  const place = lowerPlace(node.operand, context);
  const wide = place.type.kind === 'integer' && place.type.bigint;
  const one: Value = { kind: 'static', value: wide ? 1n : 1 };
  context.at(node);
  return update(place, node.operator === SyntaxKind.PlusPlusToken ? '+' : '-', one, node, context);
}

export function lowerDelete(node: ts.DeleteExpression, context: LoweringContext): Value {
  return context.refuse({ ...unsupportedSyntax(node, '`delete`'), hint: 'Use map.delete(key).' });
}

export function lowerVoid(node: ts.VoidExpression, context: LoweringContext): Value {
  lowerExpression(node.expression, context);
  return nothing;
}
