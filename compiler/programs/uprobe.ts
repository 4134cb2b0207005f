/** Probes at the entry and return of functions of a program or library. */
import { kprobe } from './kprobe.js';
import type { ProgramType } from './program-type.js';

export const uprobe: ProgramType = {
  ...kprobe,
  kind: 'uprobe',
  targets: 2,
  section: ([file, symbol]) => `uprobe/${file}:${symbol}`,
};

export const uretprobe: ProgramType = {
  ...uprobe,
  kind: 'uretprobe',
  section: ([file, symbol]) => `uretprobe/${file}:${symbol}`,
};
