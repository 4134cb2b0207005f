/** Patterns of parameters, patterns in patterns, and defaults. */
import { booleanOf } from './booleans.js';
import { numberOf } from './numbers.js';
import { findPlace } from './places.js';
import { statement, type Production } from './statement.js';
import { numberType, type StructType, type Type } from './types.js';

const isNumber = (type: Type) => type.kind === 'scalar' && type.category === 'number';
const bitsOf = (type: Type) => (type.kind === 'scalar' ? type.bits : 32);

/** `const f = ({ a, b }: S) => …`, called with a struct. */
export const patternParameter: Production = (c, depth) => {
  const place = findPlace(c, (type) => type.kind === 'struct', false);
  if (place?.type.kind !== 'struct') return undefined;
  const { type } = place;
  const fields = type.fields.filter((field) => isNumber(field.type)).slice(0, 3);
  if (fields.length === 0) return undefined;
  const [name, value] = [c.local('f'), c.local('v')];
  const names = fields.map(() => c.local('p'));
  const body = c.scoped(() => {
    c.nested += 1;
    fields.forEach((field, index) =>
      c.variables.push({
        name: names[index] as string,
        type: { ...numberType, bits: bitsOf(field.type) },
        mutable: false,
        varies: false,
      }),
    );
    return numberOf(c, depth - 1, 40);
  });
  c.variables.push({ name: value, type: numberType, mutable: false, varies: false });
  const list = fields.map((field, index) => `${field.name}: ${names[index]}`).join(', ');
  return statement(
    [body, place.tree],
    (w, [x, of]) =>
      `const ${name} = (${w.declare(`{ ${list} }`, type.name)})${w.types(': number')} => ${x};\nconst ${w.declare(value, 'number')} = ${name}(${of});`,
  );
};

/** `const { inner: { a }, list: [b] } = object`. */
export const nestedPattern: Production = (c) => {
  const place = findPlace(c, (type) => type.kind === 'struct' && type.fields.some(({ type: of }) => holds(of)), false);
  if (place?.type.kind !== 'struct') return undefined;
  const parts = place.type.fields.flatMap(({ name, type }) => {
    const inner = type.kind === 'struct' ? firstNumber(type) : undefined;
    const held =
      inner?.type ?? (type.kind === 'array' && !type.bytes && isNumber(type.element) ? type.element : undefined);
    if (!held) return [];
    const local = c.local('d');
    c.variables.push({ name: local, type: { ...numberType, bits: bitsOf(held) }, mutable: false, varies: false });
    return [inner ? `${name}: { ${inner.name}: ${local} }` : `${name}: [${local}]`];
  });
  if (parts.length === 0) return undefined;
  return statement([place.tree], (_, [of]) => `const { ${parts.join(', ')} } = ${of};`);
};

function firstNumber(type: StructType): { readonly name: string; readonly type: Type } | undefined {
  return type.fields.find((field) => isNumber(field.type));
}

function holds(type: Type): boolean {
  if (type.kind === 'struct') return firstNumber(type) !== undefined;
  return type.kind === 'array' && !type.bytes && isNumber(type.element);
}

/** `const [a = x, b = y] = [value or undefined, …]`. */
export const patternWithDefault: Production = (c, depth) => {
  const names = [c.local('d'), c.local('d')];
  const test = booleanOf(c, 1);
  const [x, y, z] = [numberOf(c, depth - 1, 36), numberOf(c, depth - 1, 36), numberOf(c, depth - 1, 36)];
  for (const name of names) c.variables.push({ name, type: numberType, mutable: false, varies: false });
  const [a, b] = names;
  const object = c.random.once(2);
  return statement([test, x, y, z], (w, [t, first, second, other]) => {
    const maybe = `${t} ? ${first} : undefined`;
    const typed = (text: string, type: string) => (w.compiled ? `${text} as ${type}` : text);
    return object
      ? `const { a: ${a} = ${other}, b: ${b} } = ${typed(`{ a: ${maybe}, b: ${second} }`, '{ a: number | undefined; b: number }')};`
      : `const [${a} = ${other}, ${b}] = ${typed(`[${maybe}, ${second}]`, '[number | undefined, number]')};`;
  });
};
