/** What keeps two layouts from being the same type, said of the first member that differs. */
import type { FieldLayout, Layout } from './layout.js';

/**
 * Compares the layout that a program has with the one that is found in a kernel map. Bytes and text are the same to
 * it, as are integers that differ in name alone.
 *
 * @param subject what the layouts are of: `'key'`, `'value'`.
 * @returns `'value.limit is u64 instead of u32'`, or undefined where values of one are values of the other.
 */
export function layoutDifference(expected: Layout, found: Layout, subject: string): string | undefined {
  if (expected.kind === 'struct' || expected.kind === 'union') {
    return found.kind === expected.kind
      ? fieldsDifference(expected.fields, found.fields, subject)
      : unlike(expected, found, subject);
  }
  if (expected.kind === 'array' && found.kind === 'array') {
    if (expected.length !== found.length) return unlike(expected, found, subject);
    return layoutDifference(expected.element, found.element, `${subject}[]`);
  }
  return isSameScalar(expected, found) ? undefined : unlike(expected, found, subject);
}

function fieldsDifference(
  expected: readonly FieldLayout[],
  found: readonly FieldLayout[],
  subject: string,
): string | undefined {
  const byName = new Map(found.map((field) => [field.name, field]));
  for (const field of expected) {
    const name = `${subject}.${field.name}`;
    const other = byName.get(field.name);
    if (!other) return `${name} is missing`;
    const difference = layoutDifference(field.layout, other.layout, name) ?? placeDifference(field, other, name);
    if (difference) return difference;
    byName.delete(field.name);
  }
  const [more] = byName.keys();
  return more === undefined ? undefined : `${subject}.${more} is there, which the program does not have`;
}

function placeDifference(expected: FieldLayout, found: FieldLayout, name: string): string | undefined {
  const [here, there] = [placeOf(expected), placeOf(found)];
  return here === there ? undefined : `${name} is at ${there} instead of ${here}`;
}

function placeOf({ offset, bits }: FieldLayout): string {
  return bits ? `bit ${bits.offset} (${bits.width} wide)` : `byte ${offset}`;
}

function isSameScalar(expected: Layout, found: Layout): boolean {
  if (expected.size !== found.size) return false;
  if (expected.kind === 'integer' && found.kind === 'integer') {
    const isFixed = (layout: typeof expected) => layout.meaning === 'fixed';
    return (
      expected.signed === found.signed &&
      (expected.size === 1 || expected.littleEndian === found.littleEndian) &&
      isFixed(expected) === isFixed(found)
    );
  }
  const isPlain = ({ kind }: Layout) => kind === 'bytes' || kind === 'string';
  return expected.kind === found.kind || (isPlain(expected) && isPlain(found));
}

function unlike(expected: Layout, found: Layout, subject: string): string {
  return `${subject} is ${describe(found)} instead of ${describe(expected)}`;
}

/** A type in few words: `'u32'`, `'struct flow'`, `'16 bytes'`, `'8 elements of u16'`. */
export function describe(layout: Layout): string {
  switch (layout.kind) {
    case 'integer':
      return layout.name;
    case 'float':
      return layout.size === 4 ? 'float' : 'double';
    case 'struct':
    case 'union':
      return `${layout.kind} ${layout.name || 'without a name'}`;
    case 'array':
      return `${layout.length} elements of ${describe(layout.element)}`;
    case 'string':
      return `text of ${layout.size} bytes`;
    case 'bytes':
      return `${layout.size} bytes`;
  }
}
