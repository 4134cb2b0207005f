/** What the programs of a module ask of a kernel, against `--target`: helpers, global data, and the program types. */
import { tooNew } from '../diagnostics/index.js';
import type { Instruction } from '../ir/instructions.js';
import type { IrValue } from '../ir/values.js';
import type { ProgramKind } from '../model.js';
import { findHelperByNumber } from '../programs/helpers.js';
import type { ModuleContext } from './module-context.js';
import { isBefore } from './target.js';

/** The first releases of the program types (linux/bpf.h). */
const PROGRAMS: Readonly<Record<ProgramKind, string>> = {
  socketFilter: '3.19',
  kprobe: '4.1',
  kretprobe: '4.1',
  uprobe: '4.1',
  uretprobe: '4.1',
  tc: '4.1',
  tcAction: '4.1',
  ingressFilter: '4.1',
  egressFilter: '4.1',
  tracepoint: '4.7',
  xdp: '4.8',
  rawTracepoint: '4.17',
};

/** Helpers of maps, which are as old as their map types: of queues, and of ring buffers in both directions. */
const OF_MAPS: ReadonlySet<number> = new Set([87, 88, 89, 130, 131, 132, 133, 134, 209]);
const GLOBAL_DATA = '5.2';

/** Reports what is younger than the target; does nothing where there is none. */
export function reportTooNew(module: ModuleContext): void {
  const { options, discovery, ir, diagnostics } = module;
  if (!options.target) return;
  for (const { kind, site } of discovery.programs) {
    if (isBefore(PROGRAMS[kind], options)) diagnostics.push(tooNew(site, `The program type ${kind}`, PROGRAMS[kind]));
  }
  const data = new Set(
    ir.globals.filter(({ section }) => /^\.(data|rodata|bss)/.test(section)).map(({ name }) => name),
  );
  for (const { blocks } of ir.functions) {
    for (const { instructions } of blocks) for (const instruction of instructions) report(instruction, data, module);
  }
}

function report(instruction: Instruction, data: ReadonlySet<string>, module: ModuleContext): void {
  const { options, debug, diagnostics } = module;
  const place = instruction.debug && debug.placeOf(instruction.debug);
  if (instruction.op === 'call' && instruction.callee.kind === 'address') {
    const number = Number(instruction.callee.value);
    const helper = OF_MAPS.has(number) ? undefined : findHelperByNumber(number);
    if (helper && isBefore(helper.firstKernel, options))
      diagnostics.push(tooNew(place, `The helper bpf_${helper.name}`, helper.firstKernel));
  }
  if (
    isBefore(GLOBAL_DATA, options) &&
    operands(instruction).some((value) => value.kind === 'global' && data.has(value.name))
  )
    diagnostics.push(
      tooNew(place, 'Data of the object (shared data, texts, constants known at load)', GLOBAL_DATA, 'a map'),
    );
}

function operands(instruction: Instruction): readonly IrValue[] {
  switch (instruction.op) {
    case 'load':
      return [instruction.address];
    case 'store':
      return [instruction.address, instruction.value];
    case 'offset':
      return [instruction.base];
    case 'atomic':
      return [instruction.address];
    case 'call':
      return instruction.parameters;
    case 'opaque':
      return [instruction.value];
    default:
      return [];
  }
}
