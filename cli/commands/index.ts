/** All commands, in the order of the help. */
import type { AddCommand } from '../program.js';
import { addBuild } from './build.js';
import { addCapture } from './capture.js';
import { addCheck } from './check.js';
import { addDoctor } from './doctor.js';
import { addDump } from './dump.js';
import { addExplain } from './explain.js';
import { addFilter } from './filter.js';
import { addLoad } from './load.js';
import { addMap } from './map.js';
import { addRun } from './run.js';
import { addTc } from './tc.js';
import { addTrace } from './trace.js';
import { addTypes } from './types.js';
import { addXdp } from './xdp.js';

export const allCommands: readonly AddCommand[] = [
  ...[addBuild, addRun, addCheck, addDump, addExplain, addDoctor],
  ...[addCapture, addFilter, addLoad, addMap, addTrace, addTc, addTypes, addXdp],
];
