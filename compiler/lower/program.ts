/** One program: its function with the context in front, its options, and its result as the kernel wants it. */
import { ts } from '../typescript.js';
import {
  bareReturnOfObject,
  constantNeeded,
  optionInvalid,
  probeArgument,
  targetInvalid,
  tooNew,
} from '../diagnostics/index.js';
import type { IrFunction } from '../ir/module.js';
import { i32, i64, pointer } from '../ir/types.js';
import { constant, constant64, type IrValue } from '../ir/values.js';
import type { CompiledProgram, DiscoveredProgram } from '../model.js';
import { argumentOffset, contextField, syscallArgumentOffset } from '../programs/contexts.js';
import { programTypes, XDP_FRAGS_SINCE, xdpFrags, type ProgramType } from '../programs/index.js';
import { targetForm } from '../programs/targets.js';
import type { KernelStructType } from '../types/kernel.js';
import { integers, isScalar, type ScalarType } from '../types/types.js';
import { packetLength } from './builtins/packet.js';
import { isAtLeast } from './packet-length.js';
import { LoweringContext, type ProgramOptions } from './context.js';
import { kernelStructAt } from './kernel-memory.js';
import type { ModuleContext } from './module-context.js';
import { Refused } from './refused.js';
import { isBefore } from './target.js';
import { bits64, boolean, convertTo, scalar, toScalar } from './scalars.js';
import type { Value } from './values.js';
import { lowerBody } from './visitors/call.js';
import { bind, destructure, layoutOf, refuseNames } from './visitors/variables.js';

const PROBE_READ_KERNEL = 113;

/** Lowers one program; undefined where it was refused as a whole. */
export function lowerProgram(program: DiscoveredProgram, module: ModuleContext): CompiledProgram | undefined {
  try {
    return lower(program, module);
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

function lower(program: DiscoveredProgram, module: ModuleContext): CompiledProgram {
  const options = readOptions(program, programTypes[program.kind], module);
  const type = options.frags ? xdpFrags : programTypes[program.kind];
  const targets = program.targets.map((target, index) => readTarget(target, index, type, module));
  const section = type.section(targets, module.options);
  const { debug } = module;
  const subprogram = debug.subprogram(
    program.name,
    program.function,
    [{ name: 'ctx', type: debug.pointerTo(debug.declaredStruct(type.contextStruct)) }],
    debug.int(),
  );
  const ir: IrFunction = {
    name: program.name,
    returns: i32,
    parameters: [{ kind: 'register', type: pointer, id: 0 }],
    blocks: [],
    section,
    internal: false,
    alwaysInline: false,
    debug: subprogram,
    defaultResult: constant(i32, options.defaultResult),
  };
  const context = new LoweringContext(module, program, type, options, ir, subprogram, targets);
  if (module.recording) {
    const given = Object.entries(options).filter(([, value]) => program.options && value !== 0 && value !== false);
    module.recording.program({ program, targets, options: given }, () => lowerFunction(context));
  } else lowerFunction(context);
  module.ir.functions.push(ir);
  return {
    source: program,
    name: program.name,
    section,
    targets,
    constants: [...context.usedConstants].map(({ name, symbol }) => ({ name, symbol })),
    maps: [...context.usedMaps],
    shared: [...context.usedShared],
  };
}

function readTarget(node: ts.Expression, index: number, type: ProgramType, module: ModuleContext): string {
  const value = module.evaluator.evaluate(node);
  if (value.kind === 'static' && typeof value.value === 'string') {
    const { pattern, usage } = targetForm(type.kind, index);
    if (!pattern.test(value.value)) return refuse(module, targetInvalid(node, `'${value.value}'`, usage));
    return type.kind === 'tracepoint' ? value.value.replace('/', ':') : value.value;
  }
  if (value.kind === 'failed') return refuse(module, value.diagnostic);
  return refuse(
    module,
    constantNeeded(node, 'What a program attaches to', value.kind === 'static' ? 'this is no string' : value.reason),
  );
}

function refuse(module: ModuleContext, diagnostic: Parameters<LoweringContext['report']>[0]): never {
  module.diagnostics.push(diagnostic);
  throw new Refused();
}

function readOptions(program: DiscoveredProgram, type: ProgramType, module: ModuleContext): ProgramOptions {
  const defaults = { defaultResult: type.defaultResult, minimumPacketSize: 0, frags: false };
  const { options } = program;
  if (!options) return defaults;
  const value = module.evaluator.evaluate(options);
  if (value.kind === 'failed') return refuse(module, value.diagnostic);
  if (value.kind !== 'static') return refuse(module, constantNeeded(options, 'The options of a program', value.reason));
  const given = value.value as Partial<ProgramOptions>;
  const whole = (name: 'defaultResult' | 'minimumPacketSize', least: number, most: number): number => {
    const number = given[name] ?? defaults[name];
    if (Number.isInteger(number) && number >= least && number <= most) return number;
    return refuse(module, optionInvalid(options, name, `a whole number from ${least} to ${most}`));
  };
  return {
    defaultResult: whole('defaultResult', -(2 ** 31), 2 ** 32 - 1),
    minimumPacketSize: whole('minimumPacketSize', 0, 0xffff),
    frags: withFrags(given.frags ?? false, program, options, module),
  };
}

function withFrags(
  given: unknown,
  { kind }: DiscoveredProgram,
  options: ts.Expression,
  module: ModuleContext,
): boolean {
  if (typeof given !== 'boolean') return refuse(module, optionInvalid(options, 'frags', 'true or false'));
  if (given && kind !== 'xdp')
    return refuse(module, optionInvalid(options, 'frags', 'left out: XDP programs alone have it'));
  if (given && isBefore(XDP_FRAGS_SINCE, module.options))
    return refuse(module, tooNew(options, 'The option frags of XDP programs', XDP_FRAGS_SINCE));
  return given;
}

function lowerFunction(context: LoweringContext): void {
  const { function: node } = context.program;
  context.at(node);
  context.frame = {
    function: node,
    parent: undefined,
    targets: [],
    return: (value, place) => lowerResult(value, place, context),
  };
  if (context.options.minimumPacketSize > 0) testLength(context);
  bindParameters(context);
  guardRefusals(() => lowerBody(node, context));
  if (!context.builder.terminated) context.leaveWith(constant(i32, resultOfNothing(context)));
  context.finish();
}

function guardRefusals(lower: () => void): void {
  try {
    lower();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}

/** A function that ends without `return` gives undefined, which is 0 to the kernel. */
function resultOfNothing({ type }: LoweringContext): number {
  return type.nonZeroBecomes?.zero ?? 0;
}

function testLength(context: LoweringContext): void {
  const { builder } = context;
  const goOn = builder.createBlock('long');
  builder.branch(
    isAtLeast(packetLength(context), context.options.minimumPacketSize, context),
    goOn,
    context.exitBlock(),
  );
  builder.start(goOn);
}

/** The low 32 bits of what the function returns, or the verdict that stands for it. */
function lowerResult(value: Value, node: ts.Node, context: LoweringContext): void {
  const { builder } = context;
  if (value.kind === 'nothing') return context.leaveWith(constant(i32, resultOfNothing(context)));
  if (
    value.kind !== 'scalar' &&
    value.kind !== 'static' &&
    !(value.kind === 'optional' && value.inner.kind === 'scalar')
  ) {
    return context.refuse(bareReturnOfObject(node));
  }
  const bits = builder.resize(bits64(toScalar(value, node, context), context), i32, false);
  const verdict = context.type.nonZeroBecomes;
  if (!verdict) return context.leaveWith(bits);
  const isZero = builder.compare('eq', bits, constant(i32, 0));
  context.leaveWith(builder.select(isZero, constant(i32, verdict.zero), constant(i32, verdict.nonZero)));
}

function bindParameters(context: LoweringContext): void {
  context.program.function.parameters.forEach((parameter, index) => {
    try {
      const value: Value = index === 0 ? { kind: 'context' } : probeArgumentValue(parameter, index - 1, context);
      if (ts.isIdentifier(parameter.name))
        bind(parameter.name, value, index === 0 ? undefined : parameter.type, parameter, context);
      else destructure(parameter.name, value, context);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refuseNames(parameter.name, context);
    }
  });
}

/** An argument of the probed function or system call, as wide as the parameter's annotation. */
function probeArgumentValue(parameter: ts.ParameterDeclaration, index: number, context: LoweringContext): Value {
  const { kind } = context.type;
  const name = parameter.name.getText();
  if (context.type.context !== 'PtRegs' && kind !== 'rawTracepoint')
    return context.refuse(probeArgument(parameter, name, `a ${kind} program gets its context only`));
  const struct = parameter.type && kernelArgument(parameter, parameter.type, name, context);
  const type = struct ? integers.u64 : argumentType(parameter, context);
  const raw = isReturnProbe(kind)
    ? returnValue(parameter, index, name, context)
    : argumentBits(parameter, index, name, context);
  if (struct) return kernelStructAt(struct, raw, context);
  if (type.kind === 'boolean') return boolean(context.builder.compare('ne', raw, constant64(0)));
  return convertTo(
    type,
    scalar(type.kind === 'integer' && type.signed ? integers.i64 : integers.u64, raw),
    parameter,
    context,
  );
}

/** The kernel struct that an argument of a kernel function points to. */
function kernelArgument(
  parameter: ts.ParameterDeclaration,
  written: ts.TypeNode,
  name: string,
  context: LoweringContext,
): KernelStructType | undefined {
  const struct = context.module.kernelTypes.structOf(context.checker.getTypeFromTypeNode(written));
  if (!struct) return undefined;
  const { kind } = context.type;
  if (kind === 'uprobe' || kind === 'uretprobe')
    return context.refuse(probeArgument(parameter, name, 'a function of user space gets no structs of the kernel'));
  if (kind === 'kprobe' && isSystemCallName(context.targets[0] ?? ''))
    return context.refuse(probeArgument(parameter, name, 'what a system call gets is memory of user space'));
  return struct;
}

function argumentType(parameter: ts.ParameterDeclaration, context: LoweringContext): ScalarType {
  if (!parameter.type) return integers.number;
  const type = layoutOf(context.checker.getTypeFromTypeNode(parameter.type), parameter, context);
  return isScalar(type)
    ? type
    : context.refuse(
        probeArgument(
          parameter,
          parameter.name.getText(),
          'arguments are integers, addresses, or interfaces that extend KernelStruct',
        ),
      );
}

function isReturnProbe(kind: string): boolean {
  return kind === 'kretprobe' || kind === 'uretprobe';
}

/** A return probe has one further parameter: what the function returned. */
function returnValue(
  parameter: ts.ParameterDeclaration,
  index: number,
  name: string,
  context: LoweringContext,
): IrValue {
  const field = contextField('PtRegs', 'ret', context.module.options.architecture);
  if (index > 0 || !field)
    return context.refuse(probeArgument(parameter, name, 'a return probe knows the returned value alone'));
  return context.builder.load(i64, context.builder.offset(context.contextPointer, field.offset), 8);
}

function argumentBits(
  parameter: ts.ParameterDeclaration,
  index: number,
  name: string,
  context: LoweringContext,
): IrValue {
  const { builder } = context;
  if (context.type.kind === 'rawTracepoint') return rawArgument(parameter, index, name, context);
  const { architecture } = context.module.options;
  const [target = ''] = context.targets;
  const isSystemCall = context.type.kind === 'kprobe' && isSystemCallName(target);
  const offset = isSystemCall ? syscallArgumentOffset(index, architecture) : argumentOffset(index, architecture);
  if (offset === undefined) {
    const count = architecture === 'arm64' && !isSystemCall ? 'eight' : 'six';
    return context.refuse(probeArgument(parameter, name, `only the first ${count} arguments are in registers`));
  }
  if (!isSystemCall) return builder.load(i64, builder.offset(context.contextPointer, offset), 8);
  // The kernel's __x64_sys_* and __arm64_sys_* functions have one argument: the user's registers.
  const registers = builder.load(i64, builder.offset(context.contextPointer, argumentOffset(0, architecture)!), 8);
  const copy = builder.allocate(8);
  builder.store(constant64(0), copy, 8);
  builder.callHelper(PROBE_READ_KERNEL, i64, [
    copy,
    constant64(8),
    builder.binary('add', registers, constant64(offset)),
  ]);
  return builder.load(i64, copy, 8);
}

/** The kernel passes at most 12 arguments (MAX_BPF_FUNC_ARGS of linux/bpf.h), each in 64 bits. */
function rawArgument(
  parameter: ts.ParameterDeclaration,
  index: number,
  name: string,
  context: LoweringContext,
): IrValue {
  if (index >= 12) return context.refuse(probeArgument(parameter, name, 'a tracepoint has at most 12 arguments'));
  return context.builder.load(i64, context.builder.offset(context.contextPointer, index * 8), 8);
}

/** `sys_close` is the system call, and so are this machine's names for it. */
function isSystemCallName(symbol: string): boolean {
  return /^(__x64_|__arm64_)?sys_\w+$/.test(symbol);
}
