/** What is known of an event before a program is made for it: where it is, and which arguments it has. */
import { readFileSync } from 'node:fs';
import { Btf, type BtfType } from '../../compiler/object/btf.js';
import { locationOf, parseTracepointFormat, type TracepointField } from '../../compiler/programs/tracepoint-format.js';
import { syscallFields } from '../../compiler/programs/syscalls.js';
import { tracefs } from '../attach/tracefs.js';
import { parseValueNames, type ValueNames } from './value-names.js';

/** How an argument is read in the kernel, and what it becomes. */
export type ArgumentKind = 'value' | 'userText' | 'kernelText' | 'socketAddress' | 'arrayBehind';

export interface Argument {
  readonly name: string;
  readonly kind: ArgumentKind;
  /** The type of the value or of the pointer, as programs write it: `'i32'`, `'u64'`, `'CharArray<16>'`. */
  readonly type: string;
  /** Names of values, where the kernel's description has them. */
  readonly names?: ValueNames | undefined;
}

export interface EventDescription {
  /** As the user wrote it: `'sys_bind'`, `'sched:sched_switch'`, `'tcp_connect'`. */
  readonly name: string;
  readonly kind: 'systemCall' | 'tracepoint' | 'function';
  /** Whether a tracepoint is attached, or a probe. */
  readonly by: 'tracepoint' | 'kprobe';
  readonly arguments: readonly Argument[];
  /** What of the event cannot be read here, and why. */
  readonly missing: readonly string[];
}

/** A kernel function's arguments in registers, of which six are passed so on x86-64 (and eight on arm64). */
const REGISTER_ARGUMENTS = 5;

/**
 * What the kernel says about an event.
 *
 * @param name `'sys_bind'` for a system call, `'sched:sched_switch'` for a tracepoint, else a kernel function.
 */
export function describeEvent(name: string): EventDescription {
  if (/^\w+:\w+$/.test(name)) return describeTracepoint(name);
  return /^sys_\w+$/.test(name) ? describeSystemCall(name) : describeFunction(name);
}

/** The text of an event's `format` file; undefined where tracefs has none or is not readable. */
function readFormat(event: string): string | undefined {
  try {
    return readFileSync(`${tracefs()}/events/${event.replace(':', '/')}/format`, 'utf8');
  } catch {
    return undefined;
  }
}

function describeTracepoint(name: string): EventDescription {
  const format = readFormat(name);
  if (format === undefined) {
    return { name, kind: 'tracepoint', by: 'tracepoint', arguments: [], missing: [noDescription(name)] };
  }
  const names = parseValueNames(format);
  const missing: string[] = [];
  const fields = parseTracepointFormat(format);
  const arrays = fields.filter(({ dataFrom, arrayLength }) => dataFrom && arrayLength !== undefined);
  const locations = new Set(arrays.map((field) => locationOf(field.name)));
  const described = fields.flatMap((field): Argument[] => {
    if (locations.has(field.name)) return [];
    if (arrays.includes(field)) return [{ name: field.name, kind: 'arrayBehind', type: field.type ?? '' }];
    if (field.type !== undefined) {
      return [{ name: field.name, kind: 'value', type: field.type, names: names.get(field.name) }];
    }
    missing.push(`${field.name}, whose type is ${field.cType}`);
    return [];
  });
  return { name, kind: 'tracepoint', by: 'tracepoint', arguments: described, missing };
}

function describeSystemCall(name: string): EventDescription {
  const event = `syscalls:${name.replace('sys_', 'sys_enter_')}`;
  const format = readFormat(event);
  if (format === undefined) {
    return { name, kind: 'systemCall', by: 'kprobe', arguments: [], missing: [noDescription(event)] };
  }
  const described = parseTracepointFormat(format).filter((field) => !/^__/.test(field.name));
  const table = new Map((syscallFields(event) ?? []).map((field) => [field.name, field]));
  const names = parseValueNames(format);
  return {
    ...{ name, kind: 'systemCall', by: 'tracepoint', missing: [] },
    arguments: described.map((field) => systemCallArgument(field, table.get(field.name), names.get(field.name))),
  };
}

function systemCallArgument(
  field: TracepointField,
  known: TracepointField | undefined,
  names: ValueNames | undefined,
): Argument {
  const { name, cType } = field;
  const type = known?.type ?? field.type ?? 'u64';
  if (/^struct sockaddr(_storage)? \*$/.test(cType)) return { name, kind: 'socketAddress', type };
  if (/^const char \*$/.test(cType)) return { name, kind: 'userText', type };
  return { name, kind: 'value', type, names };
}

function describeFunction(name: string): EventDescription {
  const common = { name, kind: 'function', by: 'kprobe' } as const;
  const btf = kernelTypes();
  const type = btf?.find(name, 'function');
  const prototype = type && 'type' in type ? btf?.typeById(type.type) : undefined;
  if (!btf || prototype?.kind !== 'prototype') {
    const why = btf ? `the kernel's BTF has no function ${name}` : '/sys/kernel/btf/vmlinux cannot be read';
    return { ...common, arguments: [], missing: [`arguments: ${why}`] };
  }
  const described = prototype.parameters
    .slice(0, REGISTER_ARGUMENTS)
    .map((parameter, index) => functionArgument(btf, parameter.name || `argument${index + 1}`, parameter.type));
  const beyond = prototype.parameters
    .slice(REGISTER_ARGUMENTS)
    .map((parameter) => `${parameter.name}, which is not read`);
  return { ...common, arguments: described, missing: beyond };
}

function functionArgument(btf: Btf, name: string, id: number): Argument {
  const type = btf.resolve(id);
  if (type.kind === 'pointer') {
    const text = isConstantText(btf, type.type);
    return { name, kind: text ? 'kernelText' : 'value', type: 'u64' };
  }
  return { name, kind: 'value', type: integerName(type) };
}

function isConstantText(btf: Btf, id: number): boolean {
  const target = btf.typeById(id);
  if (target.kind !== 'const') return false;
  const element = btf.resolve(target.type);
  return element.kind === 'int' && element.name === 'char';
}

function integerName(type: BtfType): string {
  if (type.kind === 'int' || type.kind === 'enum') {
    if ([1, 2, 4, 8].includes(type.size)) return `${type.signed ? 'i' : 'u'}${type.size * 8}`;
  }
  return 'u64';
}

let kernelBtf: Btf | undefined | null = null;

/** The types of the running kernel; undefined where it carries none. */
export function kernelTypes(): Btf | undefined {
  if (kernelBtf === null) {
    try {
      kernelBtf = Btf.parse(readFileSync('/sys/kernel/btf/vmlinux'));
    } catch {
      kernelBtf = undefined;
    }
  }
  return kernelBtf;
}

function noDescription(event: string): string {
  return `arguments: tracefs has no readable description of ${event}`;
}
