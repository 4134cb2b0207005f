/** Lowers all programs of a file, and the maps that it declares, into one IR module. */
import type { ts } from '@ts-morph/bootstrap';
import type { Diagnostic } from '../diagnostics/index.js';
import type { IrModule } from '../ir/module.js';
import type { CompiledProgram } from '../model.js';
import { ModuleContext, type ModuleInput } from './module-context.js';
import { lowerProgram } from './program.js';
import { Refused } from './refused.js';
import { ScratchMaps } from './scratch.js';
import { reportTooNew } from './too-new.js';

export type { ModuleInput } from './module-context.js';
export type { Allocation, ScratchMaps } from './scratch.js';
export { needsFallback } from './target.js';

export interface Lowered {
  readonly ir: IrModule;
  readonly programs: readonly CompiledProgram[];
  readonly diagnostics: readonly Diagnostic[];
  /** Where variables go that turn out not to fit in the stack. */
  readonly scratch: ScratchMaps;
}

export function lower(input: ModuleInput): Lowered {
  const module = new ModuleContext(input);
  const isWhole = ({ declaration }: { declaration: ts.Node }) => !module.isBroken(declaration);
  for (const map of [...input.discovery.maps.values()].filter(isWhole)) attempt(() => module.map(map));
  for (const shared of [...input.discovery.shared.values()].filter(isWhole)) attempt(() => module.defineShared(shared));
  const programs = input.discovery.programs
    .filter((program) => !module.isBroken(program.function) && !module.isBroken(program.site))
    .flatMap((program) => lowerProgram(program, module) ?? []);
  module.kernelDebug.finish();
  reportTooNew(module);
  if (programs.length > 0 || module.ir.globals.length > 0) addLicense(module);
  return { ir: module.ir, programs, diagnostics: module.diagnostics, scratch: new ScratchMaps(module) };
}

function attempt(define: () => void): void {
  try {
    define();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}

function addLicense({ ir, options }: ModuleContext): void {
  const bytes = new TextEncoder().encode(`${options.license}\0`);
  ir.globals.push({ name: '_license', bytes, section: 'license', align: 1, constant: false, internal: false });
}
