/** Raw tracepoints: the arguments as the kernel passes them. */
import type { ProgramType } from './program-type.js';

export const rawTracepoint: ProgramType = {
  kind: 'rawTracepoint',
  contextStruct: 'bpf_raw_tracepoint_args',
  context: 'RawArgs',
  packet: 'none',
  defaultResult: 0,
  targets: 1,
  section: ([event]) => `raw_tp/${event}`,
};
