#!/usr/bin/env node
/** The command `tsbpf`. */
import { enableCompileCache } from '../compiler/open/compile-cache.js';
import { runCommandLine } from './program.js';

enableCompileCache();
const status = await runCommandLine(process.argv);
// A file that was run, and what it left on the event loop, decides its own status.
if (status !== undefined) process.exitCode = status;
