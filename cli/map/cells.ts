/** Values as the cells of a table. */
import { toJsonValue } from '../../runtime/maps/json.js';
import type { Layout } from '../../runtime/maps/layout.js';

/** Members of a struct have a column each. */
export function columns(layout: Layout, name: string): string[] {
  return layout.kind === 'struct' ? layout.fields.map((field) => field.name.toUpperCase()) : [name];
}

export function cells(value: unknown, layout: Layout): string[] {
  if (layout.kind !== 'struct') return [show(value)];
  return layout.fields.map(({ name }) => show((value as Record<string, unknown>)[name]));
}

/** One value on one line; what would move a terminal's cursor is written as `\x1b`. */
export function show(value: unknown): string {
  if (typeof value === 'string') return printable(value);
  if (value instanceof Uint8Array)
    return Buffer.from(value)
      .toString('hex')
      .replace(/(..)(?=.)/g, '$1:');
  return typeof value === 'object' ? JSON.stringify(toJsonValue(value)) : String(value);
}

// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

function printable(text: string): string {
  return text.replace(CONTROL, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
