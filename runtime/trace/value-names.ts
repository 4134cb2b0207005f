/** Names of flags and enumerated values, from the `print fmt` of an event's description. */

export interface ValueNames {
  /** `flags` are bits, of which several may be set; `symbols` are single values. */
  readonly kind: 'flags' | 'symbols';
  readonly names: readonly (readonly [value: bigint, name: string])[];
}

const CALL = /__print_(flags|symbolic|symbolic64|flags64)\(REC->(\w+),((?:\s*"[^"]*",)?)\s*((?:\{[^{}]*\},?\s*)+)\)/g;
const PAIR = /\{\s*([^,{}]+?)\s*,\s*"([^"]*)"\s*\}/g;

/**
 * The fields of an event whose values have names.
 *
 * @param format the text of an event's `format` file.
 */
export function parseValueNames(format: string): Map<string, ValueNames> {
  const found = new Map<string, ValueNames>();
  for (const [, call = '', field = '', , pairs = ''] of format.matchAll(CALL)) {
    const names = [...pairs.matchAll(PAIR)].flatMap(([, value = '', name = '']) => {
      const number = parseConstant(value);
      return number === undefined ? [] : [[number, name] as const];
    });
    if (names.length > 0) found.set(field, { kind: call.startsWith('flags') ? 'flags' : 'symbols', names });
  }
  return found;
}

/** A constant of C: `16`, `0x10UL`, `(1 << 4)`, `((gfp_t)0x10u)`. */
function parseConstant(text: string): bigint | undefined {
  const plain = text
    .replace(/\([a-z_]\w*(?: \w+)*\)/gi, '')
    .replace(/\b(0x[0-9a-f]+|\d+)[ul]+\b/gi, '$1')
    .replace(/[()\s]/g, '');
  const [, left = '', shift] = /^(-?(?:0x[0-9a-f]+|\d+))(?:<<(\d+))?$/i.exec(plain) ?? [];
  if (left === '') return undefined;
  const magnitude = BigInt(left.replace('-', '')) << BigInt(shift ?? 0);
  return left.startsWith('-') ? -magnitude : magnitude;
}

/**
 * A value by its names: `'O_WRONLY|O_CREAT'`; the number itself where it has none. Bits without a name are added in
 * hexadecimal.
 */
export function nameValue(value: number | bigint, { kind, names }: ValueNames): string | number | bigint {
  const number = BigInt(value);
  const exact = names.find(([candidate]) => candidate === number);
  if (exact) return exact[1];
  if (kind === 'symbols' || number <= 0n) return value;
  let rest = number;
  const set: string[] = [];
  for (const [mask, name] of names) {
    if (mask > 0n && (rest & mask) === mask) {
      set.push(name);
      rest &= ~mask;
    }
  }
  if (set.length === 0) return value;
  return [...set, ...(rest === 0n ? [] : [`0x${rest.toString(16)}`])].join('|');
}
