/** tc classifiers in direct-action mode. Out of bounds is TC_ACT_OK (0, linux/pkt_cls.h). */
import type { ProgramType } from './program-type.js';

export const tc: ProgramType = {
  kind: 'tc',
  contextStruct: '__sk_buff',
  context: 'SkBuff',
  packet: 'linear',
  defaultResult: 0,
  targets: 1,
  section: () => 'tc',
};
