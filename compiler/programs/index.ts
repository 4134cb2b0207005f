/** The program types, by the names of their decorators. */
import type { ProgramKind } from '../model.js';
import { egressFilter, ingressFilter } from './ingress-filter.js';
import { kprobe, kretprobe } from './kprobe.js';
import type { ProgramType } from './program-type.js';
import { rawTracepoint } from './raw-tracepoint.js';
import { socketFilter } from './socket-filter.js';
import { tc } from './tc.js';
import { tcAction } from './tc-action.js';
import { tracepoint } from './tracepoint.js';
import { uprobe, uretprobe } from './uprobe.js';
import { xdp } from './xdp.js';

export { XDP_FRAGS_SINCE, xdpFrags } from './xdp.js';

export type { ContextKind, PacketAccess, ProgramType } from './program-type.js';

export const programTypes: Readonly<Record<ProgramKind, ProgramType>> = {
  socketFilter,
  kprobe,
  kretprobe,
  uprobe,
  uretprobe,
  tracepoint,
  rawTracepoint,
  tc,
  tcAction,
  xdp,
  ingressFilter,
  egressFilter,
};
