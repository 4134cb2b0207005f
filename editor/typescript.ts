/**
 * The editor's own TypeScript. In the bundle of the plugin it stands where the rest of tsbpf imports the one that the
 * compiler uses, since nodes of one must not be asked about by the numbers of the other.
 */
import type { ts as TypeScript } from '@ts-morph/bootstrap';

export let ts: typeof TypeScript;

/** Before anything else of the plugin is called. */
export function setTypeScript(given: typeof TypeScript): void {
  ts = given;
}
