/** What programs attach to, as it is written before the function: a kernel function, an event, a direction. */
import type { ProgramKind } from '../model.js';

export interface TargetForm {
  readonly pattern: RegExp;
  /** Completes "Write …" for people. */
  readonly usage: string;
}

/**
 * What /proc/kallsyms has, with an offset behind it where one is meant. gcc and LLVM put a dot into the names of
 * functions that they made of others: `name.isra.0`.
 */
const kernelFunction: TargetForm = {
  pattern: /^[A-Za-z_][\w.$]*(\+(0x[\da-fA-F]+|\d+))?$/,
  usage: "the name of a kernel function: 'sys_close'",
};

const binary: TargetForm = { pattern: /^[^\n]+$/, usage: "the path of a program or library: '/usr/bin/bash'" };
const functionInBinary: TargetForm = { pattern: /^\S+$/, usage: "a function in it: 'readline'" };

const forms: Readonly<Partial<Record<ProgramKind, readonly TargetForm[]>>> = {
  kprobe: [kernelFunction],
  kretprobe: [kernelFunction],
  uprobe: [binary, functionInBinary],
  uretprobe: [binary, functionInBinary],
  tracepoint: [{ pattern: /^[\w-]+[:/][\w-]+$/, usage: "a category and an event: 'syscalls:sys_enter_openat'" }],
  rawTracepoint: [{ pattern: /^\w+$/, usage: "an event without its category: 'sched_switch'" }],
  tc: [{ pattern: /^(in|e)gress$/, usage: "'ingress' or 'egress'" }],
};

const anyName: TargetForm = { pattern: /^\S+$/, usage: 'a name' };

/** @param index which of the arguments before the function, from 0. */
export function targetForm(kind: ProgramKind, index: number): TargetForm {
  return forms[kind]?.[index] ?? anyName;
}
