/** `IngressFilter` and `EgressFilter`: tc classifiers of which nonzero drops a packet and 0 lets it pass. */
import type { ProgramType } from './program-type.js';
import { tc } from './tc.js';

/** TC_ACT_SHOT drops; TC_ACT_UNSPEC lets the filters behind this one decide (linux/pkt_cls.h). */
const verdicts = { zero: -1, nonZero: 2 };

export const ingressFilter: ProgramType = { ...tc, kind: 'ingressFilter', targets: 0, nonZeroBecomes: verdicts };
export const egressFilter: ProgramType = { ...ingressFilter, kind: 'egressFilter' };
