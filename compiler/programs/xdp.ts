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

/**
 * With `{ frags: true }`: packets may lie in several buffers, the first of which is between `data` and `data_end`. libbpf
 * tells the kernel by the section's name.
 */
export const xdpFrags: ProgramType = { ...xdp, packet: 'linear', section: () => 'xdp.frags' };

/** The kernel that has programs for packets in several buffers. */
export const XDP_FRAGS_SINCE = '5.18';
