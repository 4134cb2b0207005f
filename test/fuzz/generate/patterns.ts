/** Destructuring, of declarations and of assignments. */
import { leaf } from '../tree.js';
import { numberOf } from './numbers.js';
import type { Variable } from './context.js';
import { findPlace } from './places.js';
import { statement, type Production } from './statement.js';
import { numberType, type Type } from './types.js';

export const swap: Production = (c) => {
  const usable = c.variables.filter(({ mutable, type }) => mutable && type.kind === 'scalar');
  if (usable.length < 2) return undefined;
  const a = c.random.pick(usable);
  const same = usable.filter(({ type }) => type === a.type);
  const b = c.random.pick(same);
  if (a === b) return undefined;
  return leaf('statement', `[${a.name}, ${b.name}] = [${b.name}, ${a.name}];`);
};

export const destructure: Production = (c) => {
  const place = findPlace(c, (type) => type.kind === 'struct', false);
  if (!place || place.type.kind !== 'struct') return undefined;
  const fields = place.type.fields.filter(({ type }) => type.kind === 'scalar' && c.random.once(2));
  if (fields.length === 0) return undefined;
  const names = fields.map(() => c.local('d'));
  const mutable = c.random.once(3);
  fields.forEach(({ type }, index) => {
    const held = type.kind === 'scalar' && type.category === 'number' ? { ...numberType, bits: type.bits } : type;
    c.variables.push({
      name: names[index] as string,
      type: held,
      // Of a boolean TypeScript may know which one it is, and then takes no other.
      mutable: mutable && type.kind === 'scalar' && type.category === 'number',
      varies: false,
    });
  });
  const list = fields.map(({ name }, index) => `${name}: ${names[index]}`).join(', ');
  return statement([place.tree], (_, [x]) => `${mutable ? 'let' : 'const'} { ${list} } = ${x};`);
};

export const destructureArray: Production = (c) => {
  const place = findPlace(c, (type) => type.kind === 'array' && !type.bytes && type.element.kind === 'scalar', false);
  if (!place || place.type.kind !== 'array' || place.type.element.kind !== 'scalar') return undefined;
  const count = 1 + c.random.below(place.type.length);
  const names = Array.from({ length: count }, () => c.local('d'));
  const { element } = place.type;
  const held = element.category === 'number' ? { ...numberType, bits: element.bits } : element;
  for (const name of names) c.variables.push({ name, type: held, mutable: false, varies: false });
  return statement([place.tree], (_, [x]) => `const [${names.join(', ')}] = ${x};`);
};

const isPlain = (type: Type) => type.kind === 'scalar' && type.category === 'number';
/** Whether storing into it changes nothing. */
const isRoomy = ({ mutable, type }: Variable) => mutable && type.kind === 'scalar' && type.name === 'number';

/** `[a, b] = [x, y]`, `({ field: a } = object)`. */
export const assignPattern: Production = (c, depth) => {
  const usable = c.variables.filter(isRoomy);
  if (usable.length === 0) return undefined;
  const first = c.random.pick(usable);
  const place = c.random.once(2) ? findPlace(c, (type) => type.kind === 'struct', false) : undefined;
  if (place?.type.kind === 'struct') {
    const fields = place.type.fields.filter(({ type }) => isPlain(type));
    if (fields.length === 0) return undefined;
    const { name } = c.random.pick(fields);
    return statement([place.tree], (_, [of]) => `({ ${name}: ${first.name} } = ${of});`);
  }
  const second = c.random.pick(usable);
  if (first === second) return undefined;
  const [x, y] = [numberOf(c, depth - 1, 40), numberOf(c, depth - 1, 40)];
  return statement([x, y], (_, [a, b]) => `[${first.name}, ${second.name}] = [${a}, ${b}];`);
};

/** `const [first, ...rest] = array`, and what the rest holds. */
export const restOfArray: Production = (c) => {
  const place = findPlace(c, (type) => type.kind === 'array' && !type.bytes && isPlain(type.element), false);
  if (place?.type.kind !== 'array' || place.type.element.kind !== 'scalar') return undefined;
  const [first, rest, sum] = [c.local('d'), c.local('r'), c.local('v')];
  const skipped = place.type.length > 1 && c.random.once(3) ? ', ' : '';
  const held = { ...numberType, bits: place.type.element.bits };
  c.variables.push({ name: first, type: held, mutable: false, varies: false });
  c.variables.push({ name: sum, type: { ...numberType, bits: 32 }, mutable: false, varies: false });
  return statement(
    [place.tree],
    (w, [of]) =>
      `const [${first}, ${skipped}...${rest}] = ${of};\nlet ${w.declare(sum, 'number')} = ${rest}.length;\nfor (const e of ${rest}) ${sum} = (${sum} ^ e) | 0;`,
  );
};

/** `const { field, ...rest } = object`, and what the rest holds. */
export const restOfObject: Production = (c) => {
  const place = findPlace(c, (type) => type.kind === 'struct', false);
  if (place?.type.kind !== 'struct') return undefined;
  const [taken, ...others] = place.type.fields;
  const left = others.filter(({ type }) => isPlain(type));
  if (!taken || left.length === 0) return undefined;
  const { name, type } = c.random.pick(left);
  const [first, rest, value] = [c.local('z'), c.local('r'), c.local('v')];
  const bits = type.kind === 'scalar' ? type.bits : 32;
  c.variables.push({ name: value, type: { ...numberType, bits }, mutable: false, varies: false });
  return statement(
    [place.tree],
    (_, [of]) => `const { ${taken.name}: ${first}, ...${rest} } = ${of};\nconst ${value} = ${rest}.${name};`,
  );
};
