/** `console.log` as bpf_trace_printk: a template literal becomes a format and its values. */
import { ts } from '../../typescript.js';
import { printFormat, tooManyPrintArguments } from '../../diagnostics/index.js';
import { i64 } from '../../ir/types.js';
import { constant64, type IrValue } from '../../ir/values.js';
import type { LoweringContext } from '../context.js';
import { isNonNegative } from '../range.js';
import { bits64 } from '../scalars.js';
import { nothing, type Scalar, type Value } from '../values.js';
import { lowerExpression } from '../visitors/index.js';

const TRACE_PRINTK = 6;
/** Takes up to 12 values from memory; Linux 5.16. */
const TRACE_VPRINTK = 177;
const MOST_VALUES = 12;

interface Output {
  format: string;
  readonly values: IrValue[];
}

export function lowerPrint(node: ts.CallExpression, context: LoweringContext): Value {
  const output: Output = { format: '', values: [] };
  node.arguments.forEach((argument, index) => {
    if (index > 0) output.format += ' ';
    append(argument, output, context);
  });
  if (output.values.length > MOST_VALUES) context.refuse(tooManyPrintArguments(node, output.values.length));
  const text = new TextEncoder().encode(`${output.format}\0`);
  const format = context.module.constantBytes(text, 1);
  const { builder } = context;
  if (output.values.length <= 3) {
    builder.callHelper(TRACE_PRINTK, i64, [format, constant64(text.length), ...output.values]);
    return nothing;
  }
  const memory = builder.allocate(output.values.length * 8);
  output.values.forEach((value, index) => builder.store(value, builder.offset(memory, index * 8), 8));
  builder.callHelper(TRACE_VPRINTK, i64, [
    format,
    constant64(text.length),
    memory,
    constant64(output.values.length * 8),
  ]);
  return nothing;
}

function append(node: ts.Expression, output: Output, context: LoweringContext): void {
  if (ts.isTemplateExpression(node)) {
    output.format += escape(node.head.text);
    for (const span of node.templateSpans) {
      append(span.expression, output, context);
      output.format += escape(span.literal.text);
    }
    return;
  }
  appendValue(lowerExpression(node, context), node, output, context);
}

function appendValue(value: Value, node: ts.Node, output: Output, context: LoweringContext): void {
  switch (value.kind) {
    case 'static':
      output.format += escape(String(value.value));
      return;
    case 'optional':
      return appendValue(value.inner, node, output, context);
    case 'nothing':
      output.format += 'undefined';
      return;
    case 'scalar':
      return appendScalar(value, output, context);
    case 'reference':
      if (value.type.kind !== 'chars') break;
      output.format += '%s';
      output.values.push(context.builder.cast('ptrtoint', value.address, i64));
      return;
  }
  context.refuse(printFormat(node, 'an object has no text in the kernel'));
}

function appendScalar(value: Scalar, output: Output, context: LoweringContext): void {
  const { builder } = context;
  if (value.type.kind === 'boolean') {
    const text = (word: string) =>
      builder.cast('ptrtoint', context.module.constantBytes(new TextEncoder().encode(`${word}\0`), 1), i64);
    output.format += '%s';
    output.values.push(builder.select(value.value, text('true'), text('false')));
    return;
  }
  if (value.type.kind === 'fixed') {
    const scale = constant64(100000);
    const negative = builder.compare('slt', value.value, constant64(0));
    const magnitude = builder.select(negative, builder.binary('sub', constant64(0), value.value), value.value);
    const whole = builder.binary('udiv', magnitude, scale);
    output.format += '%lld.%05llu';
    output.values.push(
      builder.select(negative, builder.binary('sub', constant64(0), whole), whole),
      builder.binary('urem', magnitude, scale),
    );
    return;
  }
  output.format += isNonNegative(value.range) ? '%llu' : '%lld';
  output.values.push(bits64(value, context));
}

function escape(text: string): string {
  return text.replaceAll('%', '%%');
}
