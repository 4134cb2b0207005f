/** tc actions. Out of bounds is TC_ACT_OK. */
import type { ProgramType } from './program-type.js';

export const tcAction: ProgramType = {
  kind: 'tcAction',
  contextStruct: '__sk_buff',
  context: 'SkBuff',
  packet: 'linear',
  defaultResult: 0,
  targets: 0,
  section: () => 'action',
};
