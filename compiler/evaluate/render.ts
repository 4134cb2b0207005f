/** Prints a folded value as the TypeScript that would give it, for `--emit evaluated`. */

/**
 * @param value any value that evaluation gave.
 * @returns an expression; a part that no literal can write is a comment.
 */
export function render(value: unknown): string {
  return renderWithin(value, new Set());
}

function renderWithin(value: unknown, around: ReadonlySet<unknown>): string {
  switch (typeof value) {
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return `${value}n`;
    case 'string':
      return quote(value);
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'function':
      return `undefined /* function ${value.name} */`;
    case 'symbol':
      return `undefined /* ${value.toString().replaceAll('*/', '')} */`;
    case 'object':
      return value === null ? 'null' : renderObject(value, around);
  }
}

function renderObject(value: object, around: ReadonlySet<unknown>): string {
  if (around.has(value)) return 'undefined /* circular */';
  const inside = new Set(around).add(value);
  const list = (items: Iterable<unknown>) => [...items].map((item) => renderWithin(item, inside)).join(', ');
  if (Array.isArray(value)) return `[${list(value)}]`;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return `new ${typedArrayName(value)}([${list(value as Uint8Array)}])`;
  }
  if (value instanceof Map) return `new Map([${list(value)}])`;
  if (value instanceof Set) return `new Set([${list(value)}])`;
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  const entries = Object.entries(value).map(([key, item]) => `${renderKey(key)}: ${renderWithin(item, inside)}`);
  return entries.length > 0 ? `{ ${entries.join(', ')} }` : '{}';
}

function typedArrayName(value: ArrayBufferView): string {
  return (value as unknown as { [Symbol.toStringTag]: string })[Symbol.toStringTag];
}

function renderKey(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key);
}

function quote(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
