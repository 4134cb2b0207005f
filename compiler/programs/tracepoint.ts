/** Tracepoints, by category and event: `'syscalls:sys_enter_openat'`. */
import type { ProgramType } from './program-type.js';

export const tracepoint: ProgramType = {
  kind: 'tracepoint',
  contextStruct: 'trace_event_raw',
  context: 'Tracepoint',
  packet: 'none',
  defaultResult: 0,
  targets: 1,
  section: ([event]) => `tracepoint/${event!.replace(':', '/')}`,
};
