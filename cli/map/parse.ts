/** Keys and values as they are typed on a command line, by the layout that they are to have. */
import type { Layout, StructLayout } from '../../runtime/maps/layout.js';
import { badMapValue } from '../status.js';

/**
 * Makes a value of its text: `42`, `0x2a`, `true`, text for `char[]`, `0a:ff` or `0aff` for bytes, and JSON for structs
 * and arrays, in which member names may go without quotes and integers may be of any size, or hexadecimal.
 *
 * @param subject for messages: `'KEY'`.
 * @throws CommandError for a text that is no such value.
 */
export function parseValue(text: string, layout: Layout, subject: string): unknown {
  if (layout.kind === 'struct' || layout.kind === 'union' || layout.kind === 'array') {
    return convert(parseRelaxedJson(text, subject), layout, subject);
  }
  if (layout.kind === 'string' && text.startsWith('"'))
    return convert(parseRelaxedJson(text, subject), layout, subject);
  if (layout.kind === 'bytes' && text.startsWith('[')) return convert(parseRelaxedJson(text, subject), layout, subject);
  return convert(text, layout, subject);
}

/** Integers become strings, so that none is rounded; names get their quotes. */
function parseRelaxedJson(text: string, subject: string): unknown {
  const strict = text.replace(/"(?:[^"\\]|\\.)*"|-?0x[0-9a-f]+|-?\d+(?![\d.e])|[A-Za-z_$][\w$]*(?=\s*:)/gi, (token) =>
    token.startsWith('"') ? token : `"${token}"`,
  );
  try {
    return JSON.parse(strict);
  } catch {
    throw badMapValue(subject, text, 'JSON, such as {source: 1, ports: [80, 443]}');
  }
}

function convert(value: unknown, layout: Layout, subject: string): unknown {
  switch (layout.kind) {
    case 'integer':
      if (layout.meaning === 'boolean') return toBoolean(value, subject);
      if (layout.meaning === 'fixed') return toNumber(value, subject);
      return layout.meaning === 'bigint' ? toBigInt(value, subject) : Number(toBigInt(value, subject));
    case 'float':
      return toNumber(value, subject);
    case 'string':
      return String(value);
    case 'bytes':
      return toBytes(value, subject);
    case 'array':
      if (!Array.isArray(value)) throw badMapValue(subject, show(value), 'an array: [1, 2]');
      return value.map((element, index) => convert(element, layout.element, `${subject}[${index}]`));
    case 'struct':
    case 'union':
      return toStruct(value, layout, subject);
  }
}

function toStruct(value: unknown, layout: StructLayout, subject: string): unknown {
  const names = layout.fields.map(({ name }) => name);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badMapValue(subject, show(value), `an object: {${names.join(': …, ')}: …}`);
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const field = layout.fields.find((candidate) => candidate.name === name);
      if (!field) throw badMapValue(subject, name, `one of its members: ${names.join(', ')}`);
      return [name, convert(member, field.layout, `${subject}.${name}`)];
    }),
  );
}

function toBoolean(value: unknown, subject: string): boolean {
  if (value === true || value === 'true' || value === '1') return true;
  if (value === false || value === 'false' || value === '0') return false;
  throw badMapValue(subject, show(value), 'true or false');
}

function toNumber(value: unknown, subject: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw badMapValue(subject, show(value), 'a number');
}

function toBigInt(value: unknown, subject: string): bigint {
  const match = typeof value === 'string' ? /^(-?)(0x[0-9a-f]+|\d+)$/i.exec(value.trim()) : null;
  if (!match) throw badMapValue(subject, show(value), 'an integer: 42 or 0x2a');
  const magnitude = BigInt(match[2] as string);
  return match[1] ? -magnitude : magnitude;
}

function toBytes(value: unknown, subject: string): Uint8Array {
  if (Array.isArray(value)) return Uint8Array.from(value, (byte) => Number(toBigInt(byte, subject)));
  const digits = String(value).replace(/[\s:]/g, '');
  if (digits.length % 2 === 1 || /[^0-9a-f]/i.test(digits)) {
    throw badMapValue(subject, show(value), 'bytes as two hexadecimal digits each: 0a:ff');
  }
  return Uint8Array.from(Buffer.from(digits, 'hex'));
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}
