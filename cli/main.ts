#!/usr/bin/env node
/** The command `tsbpf`. */
import { enableCompileCache } from '../compiler/open/compile-cache.js';
import { allCommands } from './commands/index.js';
import { runCommandLine } from './program.js';

// Set by the launcher, where this run may be followed by faster ones.
const node = process.env['TSBPF_SNAPSHOT_NODE'];
delete process.env['TSBPF_SNAPSHOT_NODE'];
enableCompileCache();
const status = await runCommandLine(process.argv, allCommands);
// A file that was run, and what it left on the event loop, decides its own status.
if (status !== undefined) process.exitCode = status;
if (node !== undefined && status === 0) (await import('./snapshot/request.js')).requestSnapshot(node);
