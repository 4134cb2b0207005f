#!/usr/bin/env node
/** The command `tsbpf`. The launcher starts some commands by main.cjs, which does the same without modules (scripts/runtime.mjs). */
import { main } from './command-line.js';

await main();
