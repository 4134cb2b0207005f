/** The program's context: fields at the offsets that the kernel documents, and the record of a tracepoint. */
import { ts } from '../../typescript.js';
import { notWritable, packetNotAvailable, tooNew, tracepointUnknown, unknownMember } from '../../diagnostics/index.js';
import { constant64 } from '../../ir/values.js';
import { contextField } from '../../programs/contexts.js';
import { syscallFields, syscallNames } from '../../programs/syscalls.js';
import { parseTracepointFormat, type TracepointField } from '../../programs/tracepoint-format.js';
import {
  arrayOf,
  booleanType,
  bytesOf,
  charsOf,
  integers,
  typeName,
  type BpfType,
  type IntegerName,
  type IntegerType,
} from '../../types/types.js';
import { tsbpfName } from '../../discover/symbols.js';
import { findNear } from '../../open/near.js';
import type { LoweringContext } from '../context.js';
import { fieldPlace, memoryPlace } from '../memory.js';
import { isBefore } from '../target.js';
import type { Place, Value } from '../values.js';
import { loadBehind } from './tracepoint-text.js';

/** @param node where the name stands. */
export function loadContextMember(name: string, node: ts.Node, context: LoweringContext): Value {
  if (name !== 'packet') return contextFieldPlace(name, node, context).load();
  if (context.type.packet === 'none') return context.refuse(packetNotAvailable(node, context.type.kind));
  return { kind: 'packet' };
}

export function contextFieldPlace(name: string, node: ts.Node, context: LoweringContext): Place {
  if (context.type.context === 'Tracepoint') return tracepointPlace(name, node, context);
  const { kind, context: struct } = context.type;
  const { architecture } = context.module.options;
  const field = contextField(struct, name, architecture);
  const access = field?.access[kind];
  if (!field || !access) {
    const machine = struct === 'PtRegs' ? ` on ${architecture}` : '';
    return context.refuse(unknownMember(node, name, `the context of a ${kind} program${machine}`));
  }
  if (field.firstKernel && isBefore(field.firstKernel, context.module.options))
    context.refuse(tooNew(node, `The context's '${name}'`, field.firstKernel));
  const scalar = integerType(field.size, field.signed);
  const type: BpfType = field.count ? arrayOf(scalar, field.count) : scalar;
  const address = context.builder.offset(context.contextPointer, constant64(field.offset));
  const place = memoryPlace(type, address, access === 'write' ? 'stack' : 'copy', context);
  if (access === 'write') return place;
  return { ...place, store: () => context.refuse(notWritable(node, `'${name}' of a ${kind} program's context`)) };
}

function integerType(size: number, signed: boolean): IntegerType {
  return integers[`${signed ? 'i' : 'u'}${size * 8}` as IntegerName];
}

function tracepointPlace(name: string, node: ts.Node, context: LoweringContext): Place {
  const given = interfaceOf(context);
  if (given) {
    const field = given.kind === 'struct' ? given.fields.find((candidate) => candidate.name === name) : undefined;
    if (!field) return context.refuse(unknownMember(node, name, `'${typeName(given)}'`));
    // The first 8 bytes of a record are the kernel's own.
    return readOnly(
      fieldPlace(field, context.builder.offset(context.contextPointer, 8), 'copy', context),
      node,
      context,
    );
  }
  const fields = eventFields(node, context);
  const field = fields.find((candidate) => candidate.name === name);
  const type = field && fieldType(field);
  if (!field || !type) return context.refuse(unknownMember(node, name, `the event '${context.targets[0]}'`));
  if (field.dataFrom) {
    const load = () => loadBehind(field, type, context);
    return readOnly({ type, atomic: false, load, store: () => undefined }, node, context);
  }
  return readOnly(
    memoryPlace(type, context.builder.offset(context.contextPointer, field.offset), 'copy', context),
    node,
    context,
  );
}

function readOnly(place: Place, node: ts.Node, context: LoweringContext): Place {
  return { ...place, atomic: false, store: () => context.refuse(notWritable(node, 'The record of a tracepoint')) };
}

/** The fields of the program's event: from the table of system calls, or from this machine's tracefs. */
function eventFields(node: ts.Node, context: LoweringContext): readonly TracepointField[] {
  const event = context.targets[0] ?? '';
  const known = syscallFields(event, context.module.options.architecture);
  if (known) return known;
  const file = `events/${event.replace(':', '/')}/format`;
  const text =
    context.module.readFile(`/sys/kernel/tracing/${file}`) ??
    context.module.readFile(`/sys/kernel/debug/tracing/${file}`);
  if (text) return parseTracepointFormat(text);
  const names = syscallNames().flatMap((name) => [`syscalls:sys_enter_${name}`, `syscalls:sys_exit_${name}`]);
  return context.refuse(tracepointUnknown(node, event, findNear(event, names)[0] ?? ''));
}

/** An interface that describes the record in place of an event's name. */
function interfaceOf(context: LoweringContext): BpfType | undefined {
  const [parameter] = context.program.function.parameters;
  if (!parameter?.type) return undefined;
  const argument = tracepointArgument(parameter.type, context.checker);
  const written = context.checker.getTypeFromTypeNode(argument ?? parameter.type);
  if (written.flags & ts.TypeFlags.StringLike) return undefined;
  const { declarations } = written.getSymbol() ?? {};
  const isOurs = declarations?.some((declaration) => declaration.getSourceFile().isDeclarationFile);
  return isOurs || written.flags & ts.TypeFlags.Any ? undefined : context.module.types.tryConvert(written);
}

/**
 * What stands in `Tracepoint<…>`, also behind names of the user's own. The type itself has forgotten that it was
 * written so: it is what the condition in `Tracepoint` led to.
 */
function tracepointArgument(node: ts.TypeNode, checker: ts.TypeChecker): ts.TypeNode | undefined {
  if (!ts.isTypeReferenceNode(node)) return undefined;
  const named = checker.getSymbolAtLocation(node.typeName);
  const symbol = named && named.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(named) : named;
  const declaration = symbol?.declarations?.find(ts.isTypeAliasDeclaration);
  if (!declaration) return undefined;
  const isOurs = tsbpfName(node.typeName, checker) === 'Tracepoint';
  return isOurs ? node.typeArguments?.[0] : tracepointArgument(declaration.type, checker);
}

function fieldType(field: TracepointField): BpfType | undefined {
  const { type } = field;
  if (!type) return undefined;
  const [, name = '', first = '', second = ''] = /^(\w+)(?:<(\w+)(?:, (\d+))?>)?$/.exec(type) ?? [];
  if (name === 'boolean') return booleanType;
  if (name === 'CharArray') return charsOf(Number(first));
  if (name === 'Bytes') return bytesOf(Number(first));
  if (name === 'FixedArray') return arrayOf(integers[first as IntegerName], Number(second));
  return integers[name as IntegerName];
}
