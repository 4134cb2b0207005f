/** `shared({…})` as a struct of globals, and `shared.perCpu({…})` as an array with an entry for each CPU, which can be mapped. */
import { constantDoesNotFit, mapTypeHasNoLayout, tooNew } from '../diagnostics/index.js';
import { i32, pointer } from '../ir/types.js';
import { constant64, globalName, nullPointer } from '../ir/values.js';
import type { DiscoveredShared } from '../model.js';
import { NoLayout } from '../types/convert.js';
import { encode, NotEncodable } from '../types/encode.js';
import { alignOf, integers, type BpfType, type StructType } from '../types/types.js';
import type { LoweringContext } from './context.js';
import { defineMapGlobal } from './maps.js';
import type { ModuleContext } from './module-context.js';
import { Refused } from './refused.js';
import { isBefore } from './target.js';
import type { Reference, Value } from './values.js';

const ARRAY = 2;
const LOOKUP = 1;
const GET_SMP_PROCESSOR_ID = 8;
/** Arrays of the kernel's per-CPU kind cannot be mapped; those that can, can since then. */
const BPF_F_MMAPABLE = 1 << 10;
const MAPPED_ARRAYS = '5.5';
/** Two CPUs that write to one line of the cache would wait for each other. */
const CACHE_LINE = 64;
/** Our loader makes an entry for each CPU that there may be; one that knows nothing of that makes this many. */
const MOST_CPUS = 256;

/** Makes the global, and gives its type. */
export function defineShared(shared: DiscoveredShared, module: ModuleContext): BpfType {
  const type = sharedType(shared, module);
  const bytes = initialBytes(shared, type, module);
  if (shared.perCpu) {
    if (isBefore(MAPPED_ARRAYS, module.options))
      module.diagnostics.push(tooNew(shared.creation, 'shared.perCpu', MAPPED_ARRAYS, 'a PerCpuArray'));
    defineMapGlobal(
      {
        name: shared.name,
        type: ARRAY,
        key: integers.u32,
        value: { ...type, size: Math.ceil(type.size / CACHE_LINE) * CACHE_LINE },
        maxEntries: MOST_CPUS,
        flags: BPF_F_MMAPABLE,
        at: shared.declaration,
      },
      module,
    );
    return type;
  }
  module.ir.globals.push({
    name: shared.name,
    bytes,
    section: `.data.${shared.name}`,
    align: Math.max(8, alignOf(type)),
    constant: false,
    internal: false,
    debug: module.debug.global(shared.name, module.debug.type(type), shared.declaration),
  });
  return type;
}

function sharedType(shared: DiscoveredShared, module: ModuleContext): StructType {
  try {
    const type = module.types.convert(shared.type, shared.name);
    if (type.kind !== 'struct') throw new NoLayout(shared.name, 'shared data is an object with named fields');
    return type;
  } catch (error) {
    if (!(error instanceof NoLayout)) throw error;
    module.diagnostics.push(mapTypeHasNoLayout(shared.creation, shared.name, 'value', error.typeText, error.reason));
    throw new Refused();
  }
}

/** Known at build, else zero until the running program fills them in. */
function initialBytes(shared: DiscoveredShared, type: BpfType, module: ModuleContext): Uint8Array {
  const initial = shared.initial && module.evaluator.evaluate(shared.initial);
  if (initial?.kind === 'failed') {
    module.diagnostics.push(initial.diagnostic);
    throw new Refused();
  }
  module.recording?.shared.set(shared, initial?.kind === 'static' ? initial : undefined);
  if (initial?.kind !== 'static') return new Uint8Array(type.size);
  try {
    return encode(type, initial.value, shared.name);
  } catch (error) {
    if (!(error instanceof NotEncodable)) throw error;
    module.diagnostics.push(constantDoesNotFit(shared.initial, error.message, shared.name));
    throw new Refused();
  }
}

/** The memory that a program sees: the global itself, or this CPU's entry. */
export function sharedReference(shared: DiscoveredShared, context: LoweringContext): Reference {
  const type = context.module.defineShared(shared);
  context.usedShared.add(shared);
  if (type.kind !== 'struct') throw new Refused();
  const address = globalName(shared.name);
  if (!shared.perCpu) return { kind: 'reference', type, address, origin: 'shared' };
  const { builder } = context;
  const key = context.allocate(integers.u32);
  builder.store(builder.callHelper(GET_SMP_PROCESSOR_ID, i32, []), key, 4);
  const entry = builder.callHelper(LOOKUP, pointer, [address, key]);
  const found = builder.createBlock('found');
  builder.branch(builder.compare('ne', entry, nullPointer), found, context.exitBlock());
  builder.start(found);
  return { kind: 'reference', type, address: builder.offset(entry, constant64(0)), origin: 'perCpu' };
}

/** A shared object as the struct that it is; any other value as it is. */
export function unshared(value: Value, context: LoweringContext): Value {
  return value.kind === 'shared' ? sharedReference(value.shared, context) : value;
}
