/** Probes at the entry and return of kernel functions. */
import type { ProgramType } from './program-type.js';

export const kprobe: ProgramType = {
  kind: 'kprobe',
  contextStruct: 'pt_regs',
  context: 'PtRegs',
  packet: 'none',
  defaultResult: 0,
  targets: 1,
  section: ([symbol]) => `kprobe/${symbol}`,
};

export const kretprobe: ProgramType = { ...kprobe, kind: 'kretprobe', section: ([symbol]) => `kretprobe/${symbol}` };
