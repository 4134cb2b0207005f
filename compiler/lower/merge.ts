/** One value out of several branches: `?:`, `&&`, `??`, and the returns of an inlined function. */
import { ts } from '../typescript.js';
import { functionNotKnown, structsDiffer } from '../diagnostics/index.js';
import type { Block } from '../ir/instructions.js';
import { i1, i64, pointer, type IrType } from '../ir/types.js';
import { constant, constant64, falseValue, nullPointer, trueValue, type IrValue } from '../ir/values.js';
import { encode } from '../types/encode.js';
import { kernelTypeName, type KernelStructType } from '../types/kernel.js';
import {
  charsOf,
  integers,
  isScalar,
  sameLayout,
  typeName,
  type AggregateType,
  type BpfType,
  type ScalarType,
} from '../types/types.js';
import type { LoweringContext } from './context.js';
import { kernelAddress, kernelStruct } from './kernel-memory.js';
import { materialize } from './memory.js';
import { union, type Range } from './range.js';
import { bits64, convertTo, presenceBit, scalar, toScalar, truth } from './scalars.js';
import { unshared } from './shared.js';
import { whyNotKnown } from './visitors/fold.js';
import {
  nothing,
  type Optional,
  type KernelValue,
  type Origin,
  type Reference,
  type Scalar,
  type Value,
} from './values.js';

interface Arrival {
  readonly block: Block;
  readonly value: Value;
  readonly node: ts.Node;
}

export class Merge {
  private readonly arrivals: Arrival[] = [];

  constructor(private readonly context: LoweringContext) {}

  /** The branch that is being lowered ends here with a value. */
  arrive(value: Value, node: ts.Node): void {
    if (this.context.builder.terminated) return;
    const arriving = unshared(value, this.context);
    this.arrivals.push({ block: this.context.builder.detach(), value: arriving, node });
  }

  /** Joins the branches and goes on behind them. */
  finish(): Value {
    const { builder } = this.context;
    const [first] = this.arrivals;
    if (!first) return nothing;
    if (this.arrivals.length === 1) {
      builder.resume(first.block);
      return first.value;
    }
    return this.join();
  }

  private join(): Value {
    const values = this.arrivals.map(({ value }) => value);
    if (values.every((value) => value.kind === 'nothing')) return this.meet([]).value;
    const same = values[0]!;
    if (same.kind === 'static' && values.every((value) => value.kind === 'static' && value.value === same.value)) {
      this.meet([]);
      return same;
    }
    const chosen = this.arrivals.find(({ value }) => value.kind === 'function');
    if (chosen) {
      this.meet([]);
      return this.refuseChoice(chosen.node);
    }
    const kernel = values.map(kernelStructType).find((type) => type !== undefined);
    if (kernel) return this.joinKernel(kernel);
    const aggregate = this.aggregateType();
    if (aggregate) return this.joinReferences(aggregate);
    return this.joinScalars();
  }

  /** Of several functions only the running program would know which is meant. */
  private refuseChoice(node: ts.Node): never {
    let outer = node;
    while (ts.isParenthesizedExpression(outer.parent)) outer = outer.parent;
    const { parent } = outer;
    const reason = ts.isConditionalExpression(parent) ? whyNotKnown(parent.condition, this.context) : undefined;
    return this.context.refuse(functionNotKnown(node, reason));
  }

  private joinKernel(type: KernelStructType): Value {
    const { context } = this;
    const { phis } = this.meet([pointer], ({ value, node }) => {
      if (isNone(value)) return [nullPointer];
      if (value.kind === 'kernel' && value.type === type) return [kernelAddress(value, context)];
      return context.refuse(structsDiffer(node, 'This value', kernelTypeName(type)));
    });
    return kernelStruct(type, phis[0]!);
  }

  /** The layout that all branches get, where any of them is a struct, array or text; undefined for scalars. */
  private aggregateType(): AggregateType | undefined {
    const types = this.arrivals.map(({ value }) => aggregateType(value)).filter((type) => type !== undefined);
    const [first] = types;
    if (first && first.kind !== 'chars') return first;
    const texts = this.arrivals.map(({ value }) => textSize(value)).filter((size) => size !== undefined);
    if (texts.length > 0) return charsOf(Math.max(1, ...texts));
    for (const { value, node } of this.arrivals) {
      if (value.kind !== 'literal' && !isObject(value)) continue;
      const type = this.written(value.kind === 'literal' ? value.node : node);
      if (type && !isScalar(type)) return type;
    }
    return undefined;
  }

  /** The layout of what is expected where an expression stands, else of its own type. */
  private written(node: ts.Node): BpfType | undefined {
    const { checker, module } = this.context;
    const expected = checker.getContextualType(node as ts.Expression);
    return module.types.tryConvert(expected) ?? module.types.tryConvert(checker.getTypeAtLocation(node));
  }

  private joinReferences(type: AggregateType): Value {
    const { context } = this;
    let origin: Origin = 'stack';
    const { phis } = this.meet([pointer], ({ value, node }) => {
      if (isNone(value)) return [nullPointer];
      const inner = value.kind === 'optional' ? value.inner : value;
      if (inner.kind === 'reference') {
        if (sameLayout(inner.type, type)) {
          origin = weaker(origin, inner.origin);
          return [inner.address];
        }
        if (type.kind !== 'chars' || inner.type.kind !== 'chars')
          context.refuse(structsDiffer(node, typeName(inner.type), typeName(type)));
      }
      if (type.kind === 'chars' && value.kind === 'static') {
        origin = weaker(origin, 'constant');
        return [context.module.constantBytes(encode(type, value.value), 1)];
      }
      return [materialize(type, value, node, context)];
    });
    const reference: Reference = { kind: 'reference', type, address: phis[0]!, origin };
    const maybe = this.arrivals.some(({ value }) => value.kind === 'optional' || isNone(value));
    return maybe ? { kind: 'optional', inner: reference, present: trueValue } : reference;
  }

  private joinScalars(): Value {
    const { context } = this;
    const maybe = this.arrivals.some(
      ({ value }) => value.kind === 'nothing' || value.kind === 'optional' || isUndefined(value),
    );
    const type = this.scalarType();
    let range: Range | undefined;
    const width = type.kind === 'boolean' ? i1 : i64;
    const storage = this.commonStorage();
    const { phis } = this.meet(
      [width, i1, ...(storage ? [storage.bits] : [])].slice(0, storage ? 3 : maybe ? 2 : 1),
      ({ value, node }) => {
        if (value.kind === 'nothing' || isUndefined(value)) return [constant(width, 0), falseValue];
        const converted = sameKind(value, type)
          ? toScalar(value, node, context, type)
          : convertTo(type, value, node, context);
        range = range ? union(range, converted.range) : converted.range;
        const bits = type.kind === 'boolean' ? truth(converted, node, context) : bits64(converted, context);
        const present = value.kind === 'optional' ? presenceBit(value, context) : trueValue;
        return storage ? [bits, present, storedIn(value)!.value] : [bits, present];
      },
    );
    const stored = storage && { stored: { type: storage.type, value: phis[2]! } };
    const result: Scalar = { ...scalar(type, phis[0]!, range), ...stored };
    return maybe ? ({ kind: 'optional', inner: result, present: phis[1]! } satisfies Optional) : result;
  }

  /** The byte order that all branches' values were stored in, where that is one. */
  private commonStorage(): { type: ScalarType; bits: IrType } | undefined {
    const storages = this.arrivals.map(({ value }) => storedIn(value));
    const [first] = storages;
    return first && storages.every((storage) => storage?.type === first.type)
      ? { type: first.type, bits: first.value.type }
      : undefined;
  }

  /** The type of all branches where they agree, else `number`, or the bigint type that is not a mere constant. */
  private scalarType(): ScalarType {
    const { context } = this;
    const types = this.arrivals.flatMap(({ value, node }) => {
      if (value.kind === 'nothing' || isUndefined(value)) return [];
      if (value.kind === 'static') return typeof value.value === 'boolean' ? [toScalar(value, node, context).type] : [];
      return [toScalar(value, node, context).type];
    });
    const constants = this.arrivals.flatMap(({ value, node }) =>
      value.kind === 'static' && !isUndefined(value) ? [toScalar(value, node, context).type] : [],
    );
    const [first] = types;
    if (types.every(({ kind }) => kind === 'boolean') && constants.some((type) => type.kind !== 'boolean'))
      return constants.find((type) => type.kind !== 'boolean')!;
    if (!first) return constants.every((type) => type === constants[0]) ? constants[0]! : integers.number;
    if (types.every((type) => type === first)) {
      return first.kind === 'integer' && !first.bigint ? integers.number : first;
    }
    if (types.every((type) => type.kind === 'integer' && type.bigint))
      return types.some((type) => type === integers.u64) ? integers.u64 : integers.i64;
    return integers.number;
  }

  /** Ends every branch with a jump to a common block, and makes a phi of each value that `prepare` gives there. */
  private meet(
    types: readonly IrType[],
    prepare: (arrival: Arrival) => IrValue[] = () => [],
  ): { value: Value; phis: IrValue[] } {
    const { builder } = this.context;
    const join = builder.createBlock('join');
    const incoming = this.arrivals.map((arrival) => {
      builder.resume(arrival.block);
      const values = prepare(arrival);
      const block = builder.block;
      builder.jump(join);
      return { values, block };
    });
    builder.start(join);
    const phis = types.map((type, index) =>
      builder.phi(
        type,
        incoming.map(({ values, block }) => ({ value: values[index] ?? constant64(0), block })),
      ),
    );
    return { value: nothing, phis };
  }
}

/** A kernel struct that can be known by its address alone. */
function kernelStructType(value: Value): KernelStructType | undefined {
  return value.kind === 'kernel' && value.type.kind === 'kernelStruct' && value.type.name !== undefined
    ? value.type
    : undefined;
}

/** How many bytes a text takes, and its NUL where it is a constant that is empty. */
function textSize(value: Value): number | undefined {
  if (value.kind === 'static' && typeof value.value === 'string') return new TextEncoder().encode(value.value).length;
  const type = aggregateType(value);
  return type?.kind === 'chars' ? type.length : undefined;
}

function isObject(value: Value): boolean {
  return value.kind === 'static' && typeof value.value === 'object' && value.value !== null;
}

function aggregateType(value: Value): AggregateType | undefined {
  if (value.kind === 'kernel') return copiedType(value);
  if (value.kind === 'reference') return value.type;
  return value.kind === 'optional' && value.inner.kind === 'reference' ? value.inner.type : undefined;
}

/** What stands in the kernel without a name of its own is copied. */
function copiedType({ type }: KernelValue): AggregateType | undefined {
  const copied = type.kind === 'kernelStruct' ? type.copied() : type.copied;
  return copied && !isScalar(copied) ? copied : undefined;
}

/** What stands for no object: `undefined`, and the `false` of `condition && object`. */
function isNone(value: Value): boolean {
  return value.kind === 'nothing' || isUndefined(value) || (value.kind === 'static' && value.value === false);
}

function storedIn(value: Value): Scalar['stored'] {
  const inner = value.kind === 'optional' ? value.inner : value;
  return inner.kind === 'scalar' ? inner.stored : undefined;
}

function isUndefined(value: Value): boolean {
  return value.kind === 'static' && (value.value === undefined || value.value === null);
}

/** Whether the value's bits serve for the type as they are: all integers are kept in 64 bits. */
function sameKind(value: Value, type: ScalarType): boolean {
  const own = value.kind === 'optional' ? value.inner : value;
  if (own.kind !== 'scalar' || !isScalar(own.type)) return false;
  return (
    own.type === type || (own.type.kind === 'integer' && type.kind === 'integer' && own.type.bigint === type.bigint)
  );
}

function weaker(a: Origin, b: Origin): Origin {
  const order: readonly Origin[] = ['constant', 'copy', 'packet', 'perCpu', 'event', 'stack', 'shared', 'map'];
  return order.indexOf(a) < order.indexOf(b) ? a : b;
}
