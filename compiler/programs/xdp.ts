/** XDP programs. Out of bounds is XDP_PASS (2, linux/bpf.h). */
import type { ProgramType } from './program-type.js';

export const xdp: ProgramType = {
  kind: 'xdp',
  contextStruct: 'xdp_md',
  context: 'XdpContext',
  packet: 'direct',
  defaultResult: 2,
  targets: 0,
  section: () => 'xdp',
};
