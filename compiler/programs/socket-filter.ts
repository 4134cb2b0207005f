/** Socket filters: how many bytes of a packet its socket gets (0 drops it). Out of bounds drops, as classic BPF does. */
import type { ProgramType } from './program-type.js';

export const socketFilter: ProgramType = {
  kind: 'socketFilter',
  contextStruct: '__sk_buff',
  context: 'SkBuff',
  packet: 'load',
  defaultResult: 0,
  targets: 0,
  section: () => 'socket',
};
