/** Variables that change: memory of the stack, which LLVM turns into registers again. */
import type { ts } from '@ts-morph/bootstrap';
import { notWritable, structsDiffer } from '../diagnostics/index.js';
import { i1, i8, integerOfSize, pointer } from '../ir/types.js';
import { constant, nullPointer, trueValue, type IrValue } from '../ir/values.js';
import { kernelTypeName, type KernelStructType } from '../types/kernel.js';
import { integers, isScalar, typeName, type AggregateType, type BpfType, type ScalarType } from '../types/types.js';
import type { LoweringContext } from './context.js';
import { kernelAddress, kernelStruct } from './kernel-memory.js';
import { loadScalar, materialize, memoryPlace, storeTo } from './memory.js';
import { presenceBit } from './scalars.js';
import { unshared } from './shared.js';
import type { Optional, Place, Value } from './values.js';

/** Memory for a value of the type. */
export function createSlot(type: BpfType, context: LoweringContext): Place {
  return memoryPlace(type, context.allocate(type), 'stack', context);
}

/** A variable that refers to an object, or to none. */
export function createReferenceSlot(type: AggregateType, maybe: boolean, context: LoweringContext): Place {
  return referenceSlot(type, maybe, context.allocatePointer(), context);
}

function referenceSlot(type: AggregateType, maybe: boolean, slot: IrValue, context: LoweringContext): Place {
  return {
    type,
    atomic: false,
    captured: [slot],
    rebase: ([other]) => referenceSlot(type, maybe, other!, context),
    load: () => {
      const address = context.builder.load(pointer, slot, 8);
      const inner = { kind: 'reference', type, address, origin: 'map' } as const;
      return maybe ? { kind: 'optional', inner, present: trueValue } : inner;
    },
    store: (value, node) => context.builder.store(addressOf(value, type, node, context), slot, 8),
  };
}

function addressOf(value: Value, type: AggregateType, node: ts.Node, context: LoweringContext) {
  if (isNone(value)) return nullPointer;
  const inner = unshared(value.kind === 'optional' ? value.inner : value, context);
  if (inner.kind === 'reference') {
    if (inner.origin === 'copy' || inner.origin === 'constant')
      return context.refuse(notWritable(node, 'What this refers to'));
    return inner.address;
  }
  if (inner.kind === 'literal') return materialize(type, inner, node, context);
  return context.refuse(structsDiffer(node, 'This value', typeName(type)));
}

/** A variable that holds the address of a kernel struct, or of none. */
export function createKernelSlot(type: KernelStructType, context: LoweringContext): Place {
  return kernelSlot(type, context.allocatePointer(), context);
}

function kernelSlot(type: KernelStructType, slot: IrValue, context: LoweringContext): Place {
  return {
    type: integers.u64,
    atomic: false,
    captured: [slot],
    rebase: ([other]) => kernelSlot(type, other!, context),
    load: () => kernelStruct(type, context.builder.load(pointer, slot, 8)),
    store: (value, node) => {
      const none = isNone(value);
      if (!none && value.kind !== 'kernel')
        return context.refuse(structsDiffer(node, 'This value', kernelTypeName(type)));
      context.builder.store(value.kind === 'kernel' ? kernelAddress(value, context) : nullPointer, slot, 8);
    },
  };
}

/** A number that may be undefined. */
export function createOptionalSlot(type: ScalarType, context: LoweringContext): Place {
  return optionalSlot(type, context.allocate(type), context.builder.allocate(1), context);
}

function optionalSlot(type: ScalarType, value: IrValue, present: IrValue, context: LoweringContext): Place {
  return {
    type,
    atomic: false,
    captured: [value, present],
    rebase: ([otherValue, otherPresent]) => optionalSlot(type, otherValue!, otherPresent!, context),
    load: (): Optional => ({
      kind: 'optional',
      inner: loadScalar(type, value, context),
      present: context.builder.compare('ne', context.builder.load(i8, present, 1), constant(i8, 0)),
    }),
    store: (stored, node) => {
      const { builder } = context;
      const none = isNone(stored);
      if (none) {
        // The verifier wants to know what is loaded, also where nobody looks at it.
        builder.store(constant(integerOfSize(type.size), 0), value, type.size);
        return builder.store(constant(i8, 0), present, 1);
      }
      const there = stored.kind === 'optional' ? presenceBit(stored, context) : constant(i1, 1);
      builder.store(builder.cast('zext', there, i8), present, 1);
      storeTo(type, value, stored.kind === 'optional' ? stored.inner : stored, node, context);
    },
  };
}

/** What a variable without annotation holds: numbers unbounded by a width, bigints as they come. */
export function widened(type: BpfType): BpfType {
  if (!isScalar(type) || type.kind !== 'integer') return type;
  if (!type.bigint) return integers.number;
  return type.signed ? integers.i64 : integers.u64;
}

/** `undefined`, and `null`, which a type has in its place. */
function isNone(value: Value): boolean {
  return value.kind === 'nothing' || (value.kind === 'static' && (value.value === undefined || value.value === null));
}
