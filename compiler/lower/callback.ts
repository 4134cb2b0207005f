/**
 * Functions that the kernel calls back (`bpf.loop`, `map.forEach`). Each becomes an IR function of its own. What it
 * uses of the variables around it is passed in an environment on the caller's stack: values as they are, variables
 * that change by their address. Its first word says whether the callback ended the program.
 */
import { ts } from '../typescript.js';
import { recursion } from '../diagnostics/index.js';
import { FunctionBuilder } from '../ir/builder.js';
import type { IrFunction } from '../ir/module.js';
import { i64, integerOfSize, pointer, type IrType } from '../ir/types.js';
import { constant64, globalName, type IrRegister, type IrValue } from '../ir/values.js';
import { isScalar } from '../types/types.js';
import { assignedSymbols } from './assigned.js';
import type { Frame, FunctionState, LoweringContext } from './context.js';
import { noteCall, noteCapture } from './overwritten.js';
import { Refused } from './refused.js';
import { presenceBit, truth } from './scalars.js';
import { Scope, type Variable } from './scope.js';
import type { FunctionValue, Value } from './values.js';
import { bindParameters, lowerBody } from './visitors/call.js';

export interface Callback {
  /** The function's address. */
  readonly function: IrValue;
  /** What the helper hands on to it. */
  readonly environment: IrValue;
  /** Behind the helper's call: ends the program where the callback did. */
  checkEnd(): void;
}

/** Slots of 8 bytes: the first is the mark of an ended program. */
class Environment {
  /** The outer function's memory that the callback changes, but for addresses. */
  readonly changed = new Map<ts.Symbol, { readonly address: IrValue; readonly size: number }>();
  private readonly slots: IrValue[] = [];
  private readonly known = new Map<IrValue, number>();

  constructor(private readonly parameter: IrValue) {}

  /** The outer function's value, as the callback reads it. */
  capture(outer: IrValue, context: LoweringContext): IrValue {
    if (outer.kind !== 'register') return outer;
    let slot = this.known.get(outer);
    if (slot === undefined) {
      slot = this.slots.push(outer);
      this.known.set(outer, slot);
    }
    const { builder } = context;
    const type: IrType = outer.type.kind === 'pointer' ? pointer : i64;
    const value = builder.load(type, builder.offset(this.parameter, slot * 8), 8);
    return outer.type.kind === 'integer' && outer.type.bits === 1 ? builder.compare('ne', value, constant64(0)) : value;
  }

  endAddress(): IrValue {
    return this.parameter;
  }

  /** The environment's memory, filled in by the outer function. */
  create({ builder }: LoweringContext): IrValue {
    const memory = builder.allocate((this.slots.length + 1) * 8);
    builder.store(constant64(0), memory, 8);
    this.slots.forEach((value, index) => {
      const wide = value.type.kind === 'integer' ? builder.resize(value, i64, false) : value;
      builder.store(wide, builder.offset(memory, (index + 1) * 8), 8);
    });
    return memory;
  }
}

/** The names around a callback, read through its environment. */
class CapturedScope extends Scope {
  constructor(
    private readonly outer: Scope,
    private readonly environment: Environment,
    private readonly context: LoweringContext,
    /** The function around the callback, which reads what it has captured itself. */
    private readonly around: FunctionState,
    /** What the callback assigns to. */
    private readonly changed: ReadonlySet<ts.Symbol>,
  ) {
    super();
  }

  override find(symbol: ts.Symbol): Variable | undefined {
    const variable = this.context.inFunction(this.around, () => this.outer.find(symbol));
    if (variable?.kind === 'value') {
      const value = this.captureValue(variable.value);
      this.#noteChange(symbol, variable.value);
      noteCapture(variable.value, value, this.around.builder, this.context);
      return { kind: 'value', value };
    }
    if (variable?.kind !== 'place' || !variable.place.captured || !variable.place.rebase) return variable;
    const { type, address } = variable.place;
    if (isScalar(type) && address && this.changed.has(symbol) && isInitialised(symbol))
      this.environment.changed.set(symbol, { address, size: type.size });
    const addresses = variable.place.captured.map((address) => this.environment.capture(address, this.context));
    return { kind: 'place', place: variable.place.rebase(addresses) };
  }

  /** Parts of objects change by assignments to members, and in functions that are given the object. */
  #noteChange(symbol: ts.Symbol, value: Value): void {
    if (value.kind !== 'reference' || value.origin !== 'stack') return;
    if (!this.context.module.evaluator.isContentChanged(symbol)) return;
    this.environment.changed.set(symbol, { address: value.address, size: value.type.size });
  }

  private captureValue(value: Value): Value {
    const capture = (outer: IrValue): IrValue => this.environment.capture(outer, this.context);
    switch (value.kind) {
      case 'scalar':
        return { ...value, value: capture(value.value) };
      case 'reference':
        return {
          ...value,
          address: capture(value.address),
          renewed: false,
          packetOffset: undefined,
          ...(value.character && { character: capture(value.character) }),
          // The verifier does not know any more how many there are at most.
          units: undefined,
        };
      case 'optional':
        return {
          ...value,
          inner: this.captureValue(value.inner) as typeof value.inner,
          present: capture(value.present),
        };
      case 'kernel':
        return { ...value, root: capture(value.root) };
      case 'list':
        return { ...value, elements: value.elements.map((element) => this.captureValue(element)) };
      case 'literal':
        return {
          ...value,
          members: new Map([...value.members].map(([name, member]) => [name, this.captureValue(member)])),
        };
      case 'function':
        return {
          ...value,
          scope: new CapturedScope(value.scope, this.environment, this.context, this.around, this.changed),
        };
      default:
        return value;
    }
  }
}

/**
 * Lowers a function to be called back.
 *
 * @param parameterTypes what the helper passes before the environment.
 * @param describe makes the TypeScript arguments from these.
 */
export function lowerCallback(
  callee: FunctionValue,
  parameterTypes: readonly IrType[],
  describe: (parameters: readonly IrValue[]) => Value[],
  at: ts.Node,
  context: LoweringContext,
): Callback {
  const { module } = context;
  if (module.isBroken(callee.node)) throw new Refused();
  for (let frame: Frame | undefined = context.frame; frame; frame = frame.parent) {
    if (frame.function === callee.node) context.refuse(recursion(at, 'this function'));
  }
  const name = module.uniqueName(`${context.program.name}_callback`);
  const parameters = [...parameterTypes, pointer].map((type, id): IrRegister => ({ kind: 'register', type, id }));
  const debug = module.debug.callback(
    name,
    callee.node,
    parameters.map(({ type }) => type.kind === 'pointer'),
  );
  const ir: IrFunction = {
    name,
    returns: i64,
    parameters,
    blocks: [],
    section: undefined,
    internal: true,
    alwaysInline: false,
    debug,
    defaultResult: constant64(1),
  };
  const environment = new Environment(parameters.at(-1)!);
  const outerContext = context.contextPointer;
  const around = context.currentFunction;
  const builder = new FunctionBuilder(ir);
  const state: FunctionState = {
    builder,
    subprogram: debug,
    viewsPacket: true,
    contextPointer: () => environment.capture(outerContext, context),
    leave: () => {
      builder.store(constant64(1), environment.endAddress(), 8);
      builder.return(constant64(1));
    },
  };
  let ends = false;
  context.inFunction(state, () => {
    const parent = context.frame;
    context.frame = {
      function: callee.node,
      parent,
      targets: [],
      return: (value, node) => builder.return(goesOn(value, node, context)),
    };
    const changed = assignedSymbols(callee.node, context.checker);
    context.scope = new Scope(new CapturedScope(callee.scope, environment, context, around, changed));
    try {
      context.at(callee.node);
      const lower = () => {
        bindParameters(callee.node, describe(parameters.slice(0, -1)), at, context);
        lowerBody(callee.node, context);
      };
      if (context.recording) context.recording.within(at, callee.node, lower);
      else lower();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
    if (!builder.terminated) builder.return(constant64(0));
    ends = state.exit !== undefined;
    context.finish();
  });
  module.ir.functions.push(ir);
  const memory = environment.create(context);
  noteCall(name, [...parameterTypes.map(() => undefined), memory], true, context);
  if (environment.changed.size > 0) forget([...environment.changed.values()], context);
  return { function: globalName(name), environment: memory, checkEnd: () => ends && checkEnd(memory, context) };
}

/** Whether there is something in a variable already that could be read. */
function isInitialised({ valueDeclaration }: ts.Symbol): boolean {
  return !!valueDeclaration && (!ts.isVariableDeclaration(valueDeclaration) || !!valueDeclaration.initializer);
}

/** bpf_get_prandom_u32, whose result no verifier knows anything of. */
const RANDOM = 7;

/**
 * Writes memory over with what it holds, by way of a number that the verifier does not know. Before Linux 6.7 it would follow the
 * callback once, with what the memory holds before the first call, and take out of the program what that never reaches; since then it
 * would walk the callback for each number that a count may come to, once a test of it followed from what it begins with.
 */
function forget(places: readonly { address: IrValue; size: number }[], { builder }: LoweringContext): void {
  const random = builder.callHelper(RANDOM, i64, []);
  for (const { address, size } of places) {
    for (let offset = 0; offset < size;) {
      const width = [8, 4, 2, 1].find((candidate) => offset + candidate <= size && offset % candidate === 0)!;
      const type = integerOfSize(width);
      const at = builder.offset(address, offset);
      const key = builder.resize(random, type, false);
      const align = Math.min(width, builder.alignmentOf(at));
      const mixed = builder.opaque(builder.binary('xor', builder.load(type, at, align, true), key));
      builder.store(builder.binary('xor', mixed, key), at, align, true);
      offset += width;
    }
  }
}

/** Nothing, 0 and false go on; all else stops. */
function goesOn(value: Value, node: ts.Node, context: LoweringContext): IrValue {
  if (value.kind === 'nothing' || value.kind === 'map') return constant64(0);
  const stops = value.kind === 'optional' ? presenceBit(value, context) : truth(value, node, context);
  return context.builder.resize(stops, i64, false);
}

function checkEnd(memory: IrValue, context: LoweringContext): void {
  const { builder } = context;
  const goOn = builder.createBlock('on');
  const ended = builder.compare('ne', builder.load(i64, memory, 8), constant64(0));
  builder.branch(ended, context.exitBlock(), goOn);
  builder.start(goOn);
}
