/**
 * Functions of the object (BPF-to-BPF calls, Linux 4.16). Small functions, and those that are called once, are lowered
 * in place; a large one that is called from several places becomes an IR function, which LLVM may still inline. Its
 * arguments are registers: integers, and addresses of memory that the verifier follows into functions. Integers are
 * known to the width of their arguments, all else that is known at build makes a function of its own.
 *
 * A function that can end the program tells its caller by a result that it has no other use for, or by a mark in the
 * caller's memory. What cannot be a function of its own is inlined, as if it had not been tried.
 */
import type { ts } from '@ts-morph/bootstrap';
import { FunctionBuilder } from '../ir/builder.js';
import type { IrFunction } from '../ir/module.js';
import { i64, pointer, type IrType } from '../ir/types.js';
import {
  constant,
  constant64,
  globalName,
  nullPointer,
  trueValue,
  type IrRegister,
  type IrValue,
} from '../ir/values.js';
import type { FunctionNode } from '../model.js';
import { isScalar, type AggregateType } from '../types/types.js';
import type { FunctionState, LoweringContext } from './context.js';
import { Merge } from './merge.js';
import { noteCall } from './overwritten.js';
import { reloadPacketBounds } from './packet-bounds.js';
import { rangeOf, SIGNED_32, SIGNED_64, UNSIGNED_32, within, type Range } from './range.js';
import { NotSeparable, Refused } from './refused.js';
import { bits64, boolean, convertTo, scalar, toScalar } from './scalars.js';
import { Scope } from './scope.js';
import { isOlderThan } from './target.js';
import { nothing, type FunctionValue, type Origin, type Scalar, type Value } from './values.js';
import { isGeneric } from './visitors/call.js';

/** Below this many operations a call costs more than it saves; LLVM would inline it. */
const LARGE = 100;
/** From here on even small functions are not copied to every call. */
const TOO_MUCH = 8000;
/** Registers that arguments are passed in. */
const MOST_PARAMETERS = 5;
/** Of the kernel's 8 frames, the program and its callbacks need some. */
const MOST_DEPTH = 4;

/** What is told of a number that has no width: whether it has a sign, and whether 32 bits hold it. */
const CLASSES: readonly Range[] = [UNSIGNED_32, SIGNED_32, { min: 0n, max: SIGNED_64.max }];

/** How one argument gets into the function. */
interface Argument {
  /** The same for arguments that the same code serves. */
  readonly key: string;
  /** Absent for what the code knows of itself. */
  readonly passed?: { readonly type: IrType; readonly value: () => IrValue; readonly memory?: AggregateType };
  /** The parameter's value in the function. */
  receive(register: IrValue, context: LoweringContext): Value;
}

interface Subprogram {
  readonly function: IrFunction;
  readonly passesContext: boolean;
  /** How the caller learns that the program has ended. */
  readonly end: End | undefined;
  readonly height: number;
  /** The call's value, made of the returned register. */
  result(returned: IrValue, context: LoweringContext): Value;
}

/** `mark`: a word in the caller's memory. `result`: a result that means nothing else. */
type End =
  | { readonly kind: 'mark' }
  | {
      readonly kind: 'result';
      readonly value: IrValue;
      readonly test: (result: IrValue, context: LoweringContext) => IrValue;
    };

interface State {
  readonly made: Map<string, Subprogram | undefined>;
  readonly identities: Map<unknown, number>;
  /** Of the functions that are being lowered, innermost last: how many frames they need below them. */
  readonly heights: number[];
  readonly callsTails: boolean;
}

const states = new WeakMap<LoweringContext, State>();

function stateOf(context: LoweringContext): State {
  let state = states.get(context);
  if (!state) {
    // A function that jumps to another program may have less stack, and older kernels want none of both in one program.
    const callsTails = [...context.module.discovery.maps.values()].some(({ kind }) => kind === 'ProgramArray');
    states.set(context, (state = { made: new Map(), identities: new Map(), heights: [], callsTails }));
  }
  return state;
}

/** Makes the function's body; gives what it returns. */
export type LowerBody = (values: readonly Value[], merge: Merge) => void;

/**
 * Calls a function of the project as a function of the object.
 *
 * @param lowerBody lowers parameters and body with the builder, frame and scope of the new function; `return` arrives
 *   at the merge.
 * @returns undefined where it is to be inlined.
 */
export function callSubprogram(
  callee: FunctionValue,
  values: readonly Value[],
  at: ts.Node,
  context: LoweringContext,
  lowerBody: LowerBody,
): { readonly value: Value; readonly function: IrFunction } | undefined {
  const { node } = callee;
  if (!isWorthIt(node, context)) return undefined;
  const state = stateOf(context);
  if (state.callsTails || state.heights.length >= MOST_DEPTH) return undefined;
  const described = values.map((value, index) =>
    describe(asAnnotated(value, node.parameters[index], at, context), at, state, context),
  );
  if (described.some((argument) => argument === undefined)) return undefined;
  const list = described as readonly Argument[];
  if (list.filter(({ passed }) => passed).length > MOST_PARAMETERS) return undefined;
  const key = [identity(node, state), ...list.map((argument) => argument.key)].join(' ');
  if (!state.made.has(key)) {
    // A call of itself is found by whoever lowers the body.
    state.made.set(key, undefined);
    state.made.set(key, attempt(callee, list, at, context, lowerBody));
  }
  const made = state.made.get(key);
  if (!made || state.heights.length + made.height > MOST_DEPTH) return undefined;
  if (state.heights.length > 0) state.heights.push(Math.max(state.heights.pop()!, made.height));
  return { value: call(made, list, at, context), function: made.function };
}

function isWorthIt(node: FunctionNode, context: LoweringContext): boolean {
  if (isOlderThan(4, 16, context.module.options) || isClosure(node)) return false;
  const { callGraph } = context.module;
  const weight = callGraph.weightOf(node);
  const calls = callGraph.callsFrom(context.program.function, node);
  return calls > 1 && (weight >= LARGE || weight * calls >= TOO_MUCH);
}

/** Whether it stands in another function, whose variables it may use. */
function isClosure(node: FunctionNode): boolean {
  for (let outer: ts.Node = node.parent; outer; outer = outer.parent) {
    if ('body' in outer && 'parameters' in outer) return true;
  }
  return false;
}

function identity(value: unknown, { identities }: State): number {
  let number = identities.get(value);
  if (number === undefined) identities.set(value, (number = identities.size));
  return number;
}

const PASSED_ORIGINS: ReadonlySet<Origin> = new Set(['stack', 'map', 'perCpu', 'shared', 'event', 'constant']);

/** The caller converts, so that arguments of all widths are served by the same code. */
function asAnnotated(
  value: Value,
  parameter: ts.ParameterDeclaration | undefined,
  at: ts.Node,
  context: LoweringContext,
): Value {
  const { type: annotation, dotDotDotToken } = parameter ?? {};
  if (!annotation || dotDotDotToken || isGeneric(annotation, context)) return value;
  const type = context.module.types.tryConvert(context.checker.getTypeFromTypeNode(annotation));
  const isNumber = value.kind === 'scalar' || (value.kind === 'static' && typeof value.value !== 'object');
  return type && isScalar(type) && isNumber ? convertTo(type, value, at, context) : value;
}

/** @returns undefined for what only an inlined function can take: functions, packets, literals, lists. */
function describe(value: Value, at: ts.Node, state: State, context: LoweringContext): Argument | undefined {
  switch (value.kind) {
    case 'nothing':
      return { key: 'nothing', receive: () => nothing };
    case 'context':
      return { key: 'context', receive: () => value };
    case 'map':
      return { key: `map ${identity(value.map, state)}`, receive: () => value };
    case 'shared':
      return { key: `shared ${identity(value.shared, state)}`, receive: () => value };
    case 'namespace':
      return { key: `namespace ${value.name}`, receive: () => value };
    case 'static': {
      const isInteger = typeof value.value === 'number' && Number.isSafeInteger(value.value);
      if (!isInteger && typeof value.value !== 'bigint' && typeof value.value !== 'boolean')
        return { key: `static ${identity(value.value, state)}`, receive: () => value };
      return describe(toScalar(value, at, context), at, state, context);
    }
    case 'scalar': {
      const { type } = value;
      const known = classOf(value);
      return {
        key: `${identity(type, state)} ${known.min} ${known.max}`,
        passed: { type: i64, value: () => bits64(value, context) },
        receive: (register, { builder }) =>
          type.kind === 'boolean'
            ? boolean(builder.compare('ne', register, constant64(0)))
            : scalar(type, register, known),
      };
    }
    case 'reference':
      return describeReference(value.type, value.origin, value.address, false, state);
    case 'optional':
      return value.inner.kind === 'reference'
        ? describeReference(value.inner.type, value.inner.origin, value.inner.address, true, state)
        : undefined;
    default:
      return undefined;
  }
}

function classOf({ type, range }: Scalar): Range {
  const whole = rangeOf(type);
  if (type.kind !== 'integer' || type.size < 8) return whole;
  return CLASSES.find((candidate) => within(range, candidate) && within(candidate, whole)) ?? whole;
}

function describeReference(
  type: AggregateType,
  origin: Origin,
  address: IrValue,
  maybe: boolean,
  state: State,
): Argument | undefined {
  if (!PASSED_ORIGINS.has(origin)) return undefined;
  return {
    key: `${maybe ? 'maybe ' : ''}${origin} ${identity(type, state)}`,
    passed: { type: pointer, value: () => address, memory: type },
    receive: (register) => {
      const inner = { kind: 'reference', type, address: register, origin } as const;
      return maybe ? { kind: 'optional', inner, present: trueValue } : inner;
    },
  };
}

/** Lowers the function; where that fails, nothing is left of it. */
function attempt(
  callee: FunctionValue,
  list: readonly Argument[],
  at: ts.Node,
  context: LoweringContext,
  lowerBody: LowerBody,
): Subprogram | undefined {
  const { module } = context;
  const before = { diagnostics: module.diagnostics.length, functions: module.ir.functions.length };
  const { keepsBounds } = context;
  const { heights } = stateOf(context);
  const depth = heights.length;
  context.keepsBounds = false;
  context.separate += 1;
  heights.push(0);
  try {
    const made = lower(callee, list, at, context, lowerBody);
    if (module.diagnostics.length === before.diagnostics) return made;
  } catch (error) {
    if (!(error instanceof NotSeparable) && !(error instanceof Refused)) throw error;
  } finally {
    heights.length = depth;
    context.separate -= 1;
    context.keepsBounds = keepsBounds;
  }
  module.diagnostics.length = before.diagnostics;
  module.ir.functions.length = before.functions;
  return undefined;
}

function lower(
  callee: FunctionValue,
  list: readonly Argument[],
  at: ts.Node,
  context: LoweringContext,
  lowerBody: LowerBody,
): Subprogram {
  const { module } = context;
  const { debug } = module;
  const passed = list.flatMap((argument) => argument.passed ?? []);
  const registers = [...passed.map(({ type }) => type), pointer, pointer].map((type, id): IrRegister => ({
    kind: 'register',
    type,
    id,
  }));
  const [contextRegister, markRegister] = [registers.at(-2)!, registers.at(-1)!];
  const name = module.uniqueName(nameOf(callee.node));
  const wide = debug.basic('long long', 8, 'DW_ATE_signed');
  const subprogram = debug.subprogram(name, callee.node, [], wide, true);
  const parameters = [...registers];
  const ir: IrFunction = {
    ...{ name, returns: i64 as IrType, parameters, blocks: [], section: undefined, internal: true },
    ...{ alwaysInline: false, debug: subprogram, defaultResult: constant64(0) },
  };
  const builder = new FunctionBuilder(ir);
  let passesContext = false;
  let end: End | undefined;
  let result: Result | undefined;
  const state: FunctionState = {
    builder,
    subprogram,
    viewsPacket: true,
    contextPointer: () => {
      passesContext = true;
      return contextRegister;
    },
    leave: () => {
      end = endOf(result!);
      if (end.kind === 'mark') builder.store(constant64(1), markRegister, 8);
      builder.return(end.kind === 'mark' ? zeroOf(result!) : end.value);
    },
  };
  const { heights } = stateOf(context);
  context.inFunction(state, () => {
    context.scope = new Scope(callee.scope);
    context.at(callee.node);
    const merge = new Merge(context);
    let next = 0;
    const values = list.map((argument) =>
      argument.receive(argument.passed ? registers[next++]! : nullPointer, context),
    );
    lowerBody(values, merge);
    merge.arrive(nothing, at);
    const value = merge.finish();
    result = resultOf(value, context);
    if (!builder.terminated) builder.return(result.returned);
    context.finish();
  });
  const described = list.flatMap(({ passed }, index) =>
    passed
      ? [
          {
            name: parameterName(callee.node, index),
            type: passed.memory ? debug.pointerTo(debug.type(passed.memory)) : wide,
          },
        ]
      : [],
  );
  if (passesContext)
    described.push({ name: 'ctx', type: debug.pointerTo(debug.declaredStruct(context.type.contextStruct)) });
  if (end?.kind === 'mark') described.push({ name: 'ended', type: debug.pointerTo(wide) });
  parameters.splice(
    passed.length,
    2,
    ...(passesContext ? [contextRegister] : []),
    ...(end?.kind === 'mark' ? [markRegister] : []),
  );
  if (parameters.length > MOST_PARAMETERS) throw new NotSeparable();
  debug.describeParameters(
    subprogram,
    callee.node,
    described,
    result!.memory ? debug.pointerTo(debug.type(result!.memory)) : wide,
  );
  const made = { ...ir, returns: result!.returned.type };
  module.ir.functions.push(made);
  return { function: made, passesContext, end, height: 1 + heights.at(-1)!, result: result!.restore };
}

function nameOf({ name, parent }: FunctionNode): string {
  const written = name ?? ('name' in parent ? (parent.name as ts.Node) : undefined);
  return written?.getText().replace(/[^A-Za-z0-9_]/g, '_') ?? 'function';
}

function parameterName({ parameters }: FunctionNode, index: number): string {
  const name = parameters[Math.min(index, parameters.length - 1)]?.name.getText() ?? '';
  return /^[A-Za-z_]\w*$/.test(name) ? name : `argument${index + 1}`;
}

/** What a function returns in its register. */
interface Result {
  readonly returned: IrValue;
  readonly range: Range | undefined;
  readonly isNull: boolean;
  readonly memory?: AggregateType;
  restore(returned: IrValue, context: LoweringContext): Value;
}

const RETURNED_ORIGINS: ReadonlySet<Origin> = new Set(['map', 'perCpu', 'shared', 'event', 'constant']);

function resultOf(value: Value, context: LoweringContext): Result {
  switch (value.kind) {
    case 'nothing':
    case 'static':
    case 'map':
    case 'shared':
    case 'context':
      return { returned: constant64(0), range: { min: 0n, max: 0n }, isNull: false, restore: () => value };
    case 'scalar': {
      const { type, range } = value;
      return {
        returned: bits64(value, context),
        range,
        isNull: false,
        restore: (returned, { builder }) =>
          type.kind === 'boolean'
            ? boolean(builder.compare('ne', returned, constant64(0)))
            : scalar(type, returned, range),
      };
    }
    case 'reference':
      return resultReference(value.type, value.origin, value.address, false);
    case 'optional':
      if (value.inner.kind === 'reference')
        return resultReference(value.inner.type, value.inner.origin, value.inner.address, true);
  }
  throw new NotSeparable();
}

function resultReference(type: AggregateType, origin: Origin, address: IrValue, maybe: boolean): Result {
  if (!RETURNED_ORIGINS.has(origin)) throw new NotSeparable();
  return {
    returned: address,
    range: undefined,
    isNull: maybe,
    memory: type,
    restore: (returned) => {
      const inner = { kind: 'reference', type, address: returned, origin } as const;
      return maybe ? { kind: 'optional', inner, present: trueValue } : inner;
    },
  };
}

/** A result that is none, if there is one. */
function endOf({ range, isNull }: Result): End {
  if (!range) {
    if (isNull) return { kind: 'mark' };
    return {
      kind: 'result',
      value: nullPointer,
      test: (result, { builder }) => builder.compare('eq', result, nullPointer),
    };
  }
  if (!within(range, SIGNED_64)) return { kind: 'mark' };
  if (range.min >= 0n)
    return {
      kind: 'result',
      value: constant64(-1),
      test: (result, { builder }) => builder.compare('slt', result, constant64(0)),
    };
  if (range.min === SIGNED_64.min) return { kind: 'mark' };
  const least = constant(i64, SIGNED_64.min);
  return { kind: 'result', value: least, test: (result, { builder }) => builder.compare('eq', result, least) };
}

function zeroOf({ memory }: Result): IrValue {
  return memory ? nullPointer : constant64(0);
}

function call(made: Subprogram, list: readonly Argument[], at: ts.Node, context: LoweringContext): Value {
  const { builder } = context;
  const { end } = made;
  const parameters = list.flatMap(({ passed }) => (passed ? [passed.value()] : []));
  if (made.passesContext) parameters.push(context.contextPointer);
  const mark = end?.kind === 'mark' ? builder.allocate(8) : undefined;
  if (mark) parameters.push(mark);
  context.at(at);
  if (mark) builder.store(constant64(0), mark, 8);
  const returned = builder.call(globalName(made.function.name), made.function.returns, parameters)!;
  noteCall(made.function.name, parameters, false, context);
  if (made.passesContext) reloadPacketBounds(context);
  if (end) {
    const goOn = builder.createBlock('on');
    const ended =
      end.kind === 'result'
        ? end.test(returned, context)
        : builder.compare('ne', builder.load(i64, mark!, 8), constant64(0));
    builder.branch(ended, context.exitBlock(), goOn);
    builder.start(goOn);
  }
  return made.result(returned, context);
}
