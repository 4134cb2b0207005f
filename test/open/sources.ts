/** Opens sources held in memory, for the tests of `open`, `discover` and `transform`. */
import { memoryHost } from '../../compiler/host.js';
import { discover, type Discovered } from '../../compiler/discover/index.js';
import { openProgram, type Opened } from '../../compiler/open/index.js';
import type { Diagnostic } from '../../compiler/diagnostics/index.js';

export const folder = '/project';

/** @param sources one entry text, or files by name, `app.ts` being the entry. */
export function open(sources: string | Readonly<Record<string, string>>): Opened {
  const files = typeof sources === 'string' ? { 'app.ts': sources } : sources;
  return openProgram('app.ts', memoryHost(files, folder));
}

export function find(sources: string | Readonly<Record<string, string>>): Discovered & { opened: Opened } {
  const opened = open(sources);
  return { opened, ...discover(opened) };
}

/** Codes of ours as `TSBPF1001`, of TypeScript as `TS2322`. */
export function codes(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(({ source, code }) => `${source === 'tsbpf' ? 'TSBPF' : 'TS'}${code}`);
}

/** The source text that a diagnostic points at. */
export function pointed({ file, start, length }: Diagnostic): string {
  return file!.text.slice(start, start! + length!);
}

export function names(items: Iterable<{ readonly name: string }>): string[] {
  return [...items].map(({ name }) => name);
}
