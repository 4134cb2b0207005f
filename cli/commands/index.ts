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

const commands: Readonly<Record<string, AddCommand>> = {
  ...{ build: addBuild, run: addRun, check: addCheck, dump: addDump, explain: addExplain, doctor: addDoctor },
  ...{ capture: addCapture, filter: addFilter, load: addLoad, map: addMap, trace: addTrace, tc: addTc },
  ...{ types: addTypes, xdp: addXdp },
};

/** The names of all commands. */
export const commandNames = Object.keys(commands);

/**
 * What a command line can be about: the one command that it begins with, and else all of them, which take longer to make.
 *
 * @param word the first one after `tsbpf`.
 */
export function commandsFor(word: string | undefined): readonly AddCommand[] {
  const only = word !== undefined && Object.hasOwn(commands, word) ? commands[word] : undefined;
  return only ? [only] : Object.values(commands);
}
