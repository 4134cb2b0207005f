/** Statements: declarations, assignments, branches, loops, jumps, calls for their effects. */
import { leaf, tree, type Tree } from '../tree.js';
import { bigOf } from './bigints.js';
import { booleanOf } from './booleans.js';
import { call } from './calls.js';
import type { Context, Variable } from './context.js';
import { keyOf } from './maps.js';
import { numberOf } from './numbers.js';
import { findPlace, type Place } from './places.js';
import {
  arrayType,
  booleanType,
  bytesType,
  categoryOf,
  fixedType,
  i64Type,
  numberType,
  storedTypes,
  u64Type,
  variableTypes,
  type ScalarType,
  type Type,
} from './types.js';
import { initialOf, literalOf, storedScalar, valueOf, varies } from './values.js';

type Production = (c: Context, depth: number) => Tree | undefined;

const statement = (children: readonly Tree[], print: Tree['print']): Tree => tree('statement', children, print);

export function block(c: Context, depth: number, most = 4): Tree {
  return c.scoped(() => statements(c, depth, 1 + c.random.below(most)));
}

/** A sequence in the scope at hand. */
export function statements(c: Context, depth: number, count: number): Tree {
  const list: Tree[] = [];
  for (let made = 0; made < count && c.fuel > 0; made += 1) {
    const next = oneStatement(c, depth);
    list.push(next);
  }
  return sequence(list);
}

export function sequence(list: readonly Tree[]): Tree {
  return tree('statements', list, (_, texts) => texts.join('\n'));
}

const declareScalar: Production = (c, depth) => {
  const { random } = c;
  const type = random.once(10) ? fixedType : random.pick(variableTypes);
  const name = c.local('v');
  const mutable = type !== fixedType && random.once(2);
  const annotated =
    type.name !== 'bigint' &&
    (type !== numberType || random.once(2)) &&
    (type.category === 'number' || type === fixedType || random.once(2));
  const value = annotated
    ? storedScalar(c, type, depth)
    : valueOf(c, type.category, depth, type.category === 'number' ? numberType.bits : undefined);
  // Of a number without annotation, the type is what arithmetic gives.
  const held = annotated || type.category !== 'number' ? type : numberType;
  const plain = !annotated && mutable && type.category === 'i64' ? i64Type : held;
  const given =
    !annotated && value.children.length === 0 && type.category !== 'number' ? storedScalar(c, type, 0) : value;
  const literalSafe = type.category === 'u64' || type.category === 'i64' ? asTyped(type, given) : given;
  c.variables.push({ name, type: plain, mutable, varies: varies(c, literalSafe) });
  return statement(
    [literalSafe],
    (w, [x]) =>
      `${mutable ? 'let' : 'const'} ${w.declare(name, annotated ? type.name : type === numberType && given.children.length === 0 ? 'number' : '')} = ${x};`,
  );
};

/** A literal alone has neither of the 64-bit types. */
function asTyped(type: ScalarType, value: Tree): Tree {
  const category = type.category as 'u64' | 'i64';
  return tree(category, [value], (w, [x]) => (w.compiled ? `${category}(${x})` : `$.${category}(${x})`));
}

const declareObject: Production = (c, depth) => {
  const type = objectType(c);
  if (!type) return undefined;
  const name = c.local('o');
  const value = literalOf(c, type, Math.min(depth, 2));
  c.variables.push({ name, type, mutable: false, varies: false });
  return statement([value], (w, [x]) => `const ${w.declare(name, type.name)} = ${x};`);
};

/** A second name for the same object, as long as nothing else is assigned to it. */
const aliasObject: Production = (c) => {
  const place = findPlace(c, (type) => type.kind !== 'scalar', false);
  if (!place || place.type.kind === 'scalar') return undefined;
  const name = c.local('o');
  c.variables.push({ name, type: place.type, mutable: false, varies: false });
  const word = c.random.pick(['let', 'const']);
  return statement([place.tree], (w, [x]) => `${word} ${w.declare(name, place.type.name)} = ${x};`);
};

export function objectType(c: Context): Exclude<Type, ScalarType> | undefined {
  const { random } = c;
  const kind = random.below(10);
  if (kind < 5 && c.structs.length > 0) return random.pick(c.structs);
  if (kind === 9) return bytesType(random.pick([2, 4, 5, 8]));
  if (c.arrays.length > 0 && random.once(2)) return random.pick(c.arrays);
  const element: Type = c.structs.length > 0 && random.once(5) ? random.pick(c.structs) : random.pick(storedTypes);
  const made = arrayType(element, 1 + random.below(element.kind === 'struct' ? 3 : 6));
  c.arrays.push(made);
  return made;
}

const assignScalar: Production = (c, depth) => {
  const place = findPlace(c, (type) => type.kind === 'scalar' && type !== fixedType, true);
  if (!place || place.type.kind !== 'scalar') return undefined;
  const { type } = place;
  if (type.category === 'boolean') return assignment(place, '=', booleanOf(c, depth));
  const big = type.category === 'u64' || type.category === 'i64';
  if (c.random.once(4)) return increment(c, place);
  if (c.random.once(2)) {
    const value = storedScalar(c, type, depth);
    return statement([place.tree, value], (_, [to, x]) => `${to} = ${x};`);
  }
  if (big) {
    const operator = c.random.pick(['+', '-', '*', '&', '|', '^', '<<', '>>', '/', '%']);
    const shifting = operator === '<<' || operator === '>>';
    const dividing = operator === '/' || operator === '%';
    const operand =
      shifting || dividing
        ? leaf(type.category, `${1 + c.random.below(63)}n`)
        : bigOf(c, type.category as 'u64' | 'i64', depth);
    return assignment(place, operator, operand);
  }
  const operator = c.random.pick(['+', '-', '*', '&', '|', '^', '<<', '>>', '>>>', '%']);
  if (operator === '%') return assignment(place, operator, leaf('number', String(1 + c.random.below(100)), 7));
  if (operator === '>>>' && type.name === 'number')
    return assignment(place, operator, leaf('number', String(c.random.below(40)), 6));
  const most = operator === '*' ? 12 : operator === '+' || operator === '-' ? 36 : undefined;
  return assignment(place, operator, numberOf(c, depth, most));
};

/** `place op= value`; what is stored keeps the low bits of the exact result. */
function assignment({ tree: to, type }: Place, operator: string, value: Tree): Tree {
  const name = type.name;
  const wide = type.kind === 'scalar' && (type.category === 'u64' || type.category === 'i64');
  return statement([to, value], (w, [left = '', x = '']) => {
    if (operator === '=') return `${left} = ${w.store(name, x)};`;
    if (w.compiled) return `${left} ${operator}= ${x};`;
    const result = wide ? `${left} ${operator} ${x}` : w.number(`(${left} ${operator} ${x})`);
    return `${left} = ${w.store(wide && type.kind === 'scalar' ? type.category : name, result)};`;
  });
}

function increment(c: Context, { tree: to, type }: Place): Tree {
  const operator = c.random.pick(['++', '--']);
  const prefix = c.random.once(2);
  const one = type.kind === 'scalar' && (type.category === 'u64' || type.category === 'i64') ? '1n' : '1';
  const name = type.kind === 'scalar' && one === '1n' ? type.category : type.name;
  return statement([to], (w, [x = '']) => {
    if (w.compiled) return prefix ? `${operator}${x};` : `${x}${operator};`;
    const result = `(${x} ${operator.charAt(0)} ${one})`;
    return `${x} = ${w.store(name, one === '1' ? w.number(result) : result)};`;
  });
}

/** A part of an object is overwritten as a whole; a copy is stored. */
const assignObject: Production = (c, depth) => {
  const place = findPlace(c, (type) => type.kind === 'struct', true);
  if (!place || place.type.kind !== 'struct' || place.tree.children.length === 0) return undefined;
  const value = initialOf(c, place.type, depth);
  return statement([place.tree, value], (w, [to, x = '']) =>
    w.compiled ? `${to} = ${x};` : `$.overwrite(${to}, ${x});`,
  );
};

const branch: Production = (c, depth) => {
  const test = booleanOf(c, depth);
  const then = block(c, depth - 1);
  if (c.random.once(2)) return statement([test, then], (_, [t, x]) => `if (${t}) {\n${x}\n}`);
  const otherwise = block(c, depth - 1);
  return statement([test, then, otherwise], (_, [t, x, y]) => `if (${t}) {\n${x}\n} else {\n${y}\n}`);
};

/** Runs `body` as the body of a loop, with its label. */
function looped<T>(c: Context, label: string, run: () => T): T {
  return c.scoped(() => {
    c.loops += 1;
    c.nested += 1;
    c.breakable += 1;
    if (label) c.labels.push({ name: label, loop: true });
    return run();
  });
}

const forLoop: Production = (c, depth) => {
  if (c.nested >= 2) return undefined;
  const { random } = c;
  const name = c.local('i');
  const label = random.once(4) ? c.local('l') : '';
  const prefix = label ? `${label}: ` : '';
  const most = 1 + random.below(5);
  const down = random.once(5);
  const bound = random.once(2) ? undefined : numberOf(c, 1);
  const body = looped(c, label, () => {
    c.variables.push({ name, type: { ...numberType, bits: 4 }, mutable: false, varies: false });
    return statements(c, depth - 1, 1 + random.below(3));
  });
  if (down)
    return statement([body], (_, [x]) => `${prefix}for (let ${name} = ${most}; ${name} > 0; ${name}--) {\n${x}\n}`);
  if (!bound)
    return statement(
      [body],
      (_, [x]) => `${prefix}for (let ${name} = 0; ${name} < ${most}; ${name} += ${1 + (most % 2)}) {\n${x}\n}`,
    );
  const mask = random.pick([3, 7]);
  const limit = tree('number', [bound], (_, [x]) => `(${x} & ${mask})`, 3);
  const end = c.local('n');
  return statement(
    [limit, body],
    (_, [n, x]) => `const ${end} = ${n};\n${prefix}for (let ${name} = 0; ${name} < ${end}; ${name}++) {\n${x}\n}`,
  );
};

const whileLoop: Production = (c, depth) => {
  if (c.nested >= 2) return undefined;
  const { random } = c;
  const name = c.local('i');
  const label = random.once(4) ? c.local('l') : '';
  const prefix = label ? `${label}: ` : '';
  const most = 1 + random.below(5);
  const test = booleanOf(c, 1);
  const body = looped(c, label, () => {
    c.variables.push({ name, type: { ...numberType, bits: 4 }, mutable: false, varies: false });
    return statements(c, depth - 1, 1 + random.below(3));
  });
  // The counter comes first, so that `continue` cannot leave it out.
  const start = `let ${name} = 0;\n`;
  if (random.once(2))
    return statement(
      [test, body],
      (_, [t, x]) => `${start}${prefix}do {\n${name}++;\n${x}\n} while (${name} < ${most} && ${t});`,
    );
  return statement(
    [test, body],
    (_, [t, x]) => `${start}${prefix}while (${name} < ${most} && ${t}) {\n${name}++;\n${x}\n}`,
  );
};

const forOf: Production = (c, depth) => {
  if (c.nested >= 2) return undefined;
  const array = c.random.once(3)
    ? undefined
    : findPlace(c, (type) => type.kind === 'array' && type.element.kind === 'scalar', false);
  const name = c.local('e');
  const element = array?.type.kind === 'array' ? array.type.element : { ...numberType, bits: 10 };
  const values = Array.from({ length: 1 + c.random.below(4) }, () => c.random.below(1000));
  const over = array?.tree ?? leaf('other', `[${values.join(', ')}]`);
  const body = looped(c, '', () => {
    c.variables.push({ name, type: element as ScalarType, mutable: false, varies: false });
    return statements(c, depth - 1, 1 + c.random.below(3));
  });
  return statement([over, body], (_, [of, x]) => `for (const ${name} of ${of}) {\n${x}\n}`);
};

const jump: Production = (c) => {
  const { random } = c;
  const test = booleanOf(c, 1);
  const labelled = c.labels.length > 0 && random.once(2) ? random.pick(c.labels) : undefined;
  if (labelled) {
    const word = labelled.loop && random.once(2) ? 'continue' : 'break';
    return statement([test], (_, [t]) => `if (${t}) ${word} ${labelled.name};`);
  }
  if (c.loops > 0 && random.once(2)) return statement([test], (_, [t]) => `if (${t}) continue;`);
  if (c.breakable > 0) return statement([test], (_, [t]) => `if (${t}) break;`);
  return undefined;
};

const leave: Production = (c, depth) => {
  const { result } = c;
  if (result?.kind !== 'scalar') return undefined;
  const test = booleanOf(c, 1);
  if (c.random.once(6)) return statement([test], (_, [t]) => `if (${t}) throw new Error('x');`);
  const value = storedScalar(c, result, depth - 1);
  return statement([test, value], (_, [t, x]) => `if (${t}) return ${x};`);
};

const labelledBlock: Production = (c, depth) => {
  const label = c.local('l');
  const body = c.scoped(() => {
    c.labels.push({ name: label, loop: false });
    return statements(c, depth - 1, 1 + c.random.below(3));
  });
  return statement([body], (_, [x]) => `${label}: {\n${x}\n}`);
};

const choice: Production = (c, depth) => {
  const { random } = c;
  const big = random.once(4);
  const category = big ? (random.once(2) ? 'u64' : 'i64') : 'number';
  const on = valueOf(c, category, depth - 1);
  const masked = big
    ? tree(category as 'u64', [on], (w, [x]) => `(${w.compiled ? category : `$.${category}`}(${x}) & 7n)`)
    : tree('number', [on], (_, [x]) => `(${x} & 7)`, 3);
  const labels = [0, 1, 2, 3, 5, 7].filter(() => random.once(2));
  const other = random.once(3) ? -1 : random.below(labels.length + 1);
  const ends: boolean[] = [];
  const parts = c.scoped(() => {
    c.breakable += 1;
    return [...labels, 0].map(() => {
      ends.push(!random.once(3));
      return c.scoped(() => statements(c, depth - 1, 1 + random.below(2)));
    });
  });
  const suffix = big ? 'n' : '';
  return statement([masked, ...parts], (_, [of, ...texts]) => {
    const cases = labels.map(
      (label, index) => `case ${label}${suffix}: {\n${texts[index]}\n}${ends[index] ? '\nbreak;' : ''}`,
    );
    if (other >= 0)
      cases.splice(other, 0, `default: {\n${texts[labels.length]}\n}${ends[labels.length] ? '\nbreak;' : ''}`);
    return `switch (${of}) {\n${cases.join('\n')}\n}`;
  });
};

const closure: Production = (c, depth) => {
  const { random } = c;
  const name = c.local('f');
  const type = random.pick([numberType, u64Type, booleanType, ...variableTypes]);
  const parameters = Array.from({ length: random.below(3) }, () => ({
    name: c.local('p'),
    type: random.pick(variableTypes),
  }));
  const body = c.scoped(() => {
    c.labels = [];
    c.breakable = 0;
    c.loops = 0;
    c.nested += 1;
    c.result = type;
    for (const { name: parameter, type: of } of parameters)
      c.variables.push({
        name: parameter,
        type: of,
        mutable: random.once(2),
        varies: of.category === 'u64' || of.category === 'i64',
      });
    const list = statements(c, depth - 2, random.below(3)).children;
    const value = storedScalar(c, type, depth - 1);
    return sequence([...list, tree('other', [value], (_, [x]) => `return ${x};`)]);
  });
  c.callables.push({
    name,
    parameters: parameters.map(({ type: of }) => ({ type: of, optional: false })),
    rest: false,
    result: type,
  });
  const convert = (w: { compiled: boolean; store(type: string, text: string): string }) =>
    w.compiled ? '' : parameters.map(({ name: of, type: to }) => `${of} = ${w.store(to.name, of)};\n`).join('');
  // What was found to be no undefined stays so in arrow functions only.
  const arrow = random.once(2) || c.variables.some(({ name: of }) => of.startsWith('m_'));
  return statement([body], (w, [x]) => {
    const list = parameters.map(({ name: of, type: to }) => w.declare(of, to.name)).join(', ');
    const result = w.types(`: ${type.name}`);
    return arrow
      ? `const ${name} = (${list})${result} => {\n${convert(w)}${x}\n};`
      : `function ${name}(${list})${result} {\n${convert(w)}${x}\n}`;
  });
};

const swap: Production = (c) => {
  const usable = c.variables.filter(({ mutable, type }) => mutable && type.kind === 'scalar');
  if (usable.length < 2) return undefined;
  const a = c.random.pick(usable);
  const same = usable.filter(({ type }) => type === a.type);
  const b = c.random.pick(same);
  if (a === b) return undefined;
  return leaf('statement', `[${a.name}, ${b.name}] = [${b.name}, ${a.name}];`);
};

const destructure: Production = (c) => {
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
      mutable: mutable && type.kind === 'scalar' && (type.category === 'number' || type.category === 'boolean'),
      varies: false,
    });
  });
  const list = fields.map(({ name }, index) => `${name}: ${names[index]}`).join(', ');
  return statement([place.tree], (_, [x]) => `${mutable ? 'let' : 'const'} { ${list} } = ${x};`);
};

const destructureArray: Production = (c) => {
  const place = findPlace(c, (type) => type.kind === 'array' && !type.bytes && type.element.kind === 'scalar', false);
  if (!place || place.type.kind !== 'array' || place.type.element.kind !== 'scalar') return undefined;
  const count = 1 + c.random.below(place.type.length);
  const names = Array.from({ length: count }, () => c.local('d'));
  const { element } = place.type;
  const held = element.category === 'number' ? { ...numberType, bits: element.bits } : element;
  for (const name of names) c.variables.push({ name, type: held, mutable: false, varies: false });
  return statement([place.tree], (_, [x]) => `const [${names.join(', ')}] = ${x};`);
};

const declareOptional: Production = (c, depth) => {
  const name = c.local('q');
  const test = booleanOf(c, 1);
  const value = numberOf(c, depth - 1, numberType.bits);
  c.optionals.push({ name, type: numberType });
  const flipped = c.random.once(2);
  return statement(
    [test, value],
    (w, [t, x]) =>
      `const ${w.declare(name, 'number | undefined')} = ${flipped ? `${t} ? undefined : ${x}` : `${t} ? ${x} : undefined`};`,
  );
};

const useMap: Production = (c, depth) => {
  if (c.maps.length === 0) return undefined;
  const { random } = c;
  const map = random.pick(c.maps);
  const key = keyOf(c, map, depth - 1);
  const { value: type, name } = map;
  const kind = random.below(4);
  if (kind === 0 || (kind === 1 && map.array)) {
    const value = initialOf(c, type, depth - 1);
    return statement([key, value], (w, [k, x = '']) => `${name}.set(${k}, ${type.kind === 'scalar' ? x : w.copy(x)});`);
  }
  if (kind === 1) return statement([key], (_, [k]) => `${name}.delete(${k});`);
  if (type.kind === 'scalar' && type.category === 'boolean') return undefined;
  if (type.kind === 'scalar') {
    const big = type.category !== 'number';
    const operator = random.pick(['+', '-', '|', '&', '^']);
    const value = big ? bigOf(c, type.category as 'u64', depth - 1) : numberOf(c, depth - 1, 40);
    if (random.once(3))
      return statement([key, value], (w, [k, x]) =>
        w.compiled ? `${name}.increment(${k}, ${x});` : `$.increment(${name}, ${k}, ${x});`,
      );
    if (map.key !== 'u32') return undefined;
    return statement([key, value], (w, [k, x]) =>
      w.compiled ? `${name}[${k}] ${operator}= ${x};` : `$.count(${name}, ${k}, ${x}, (a, b) => a ${operator} b);`,
    );
  }
  if (type.kind !== 'struct') return undefined;
  const held = c.local('m');
  const inner = c.scoped(() => {
    c.variables.push({ name: held, type, mutable: false, varies: true });
    return statements(c, depth - 1, 1 + random.below(2));
  });
  if (random.once(3)) {
    const initial = literalOf(c, type, depth - 1);
    return statement(
      [key, initial, inner],
      (_, [k, x, body]) => `{\nconst ${held} = ${name}.getOrInsert(${k}, ${x});\n${body}\n}`,
    );
  }
  return statement(
    [key, inner],
    (_, [k, body]) => `{\nconst ${held} = ${name}.get(${k});\nif (${held} !== undefined) {\n${body}\n}\n}`,
  );
};

const callStatement: Production = (c, depth) => {
  if (c.callables.length === 0) return undefined;
  const made = call(c, c.random.pick(c.callables), depth);
  return statement([made], (_, [x]) => `${x};`);
};

const fill: Production = (c) => {
  const place = findPlace(
    c,
    (type) =>
      type.kind === 'array' && !type.bytes && type.element.kind === 'scalar' && type.element.category !== 'fixed',
    false,
  );
  if (!place || place.type.kind !== 'array' || place.type.element.kind !== 'scalar') return undefined;
  const value = storedScalar(c, place.type.element, 1);
  return statement([place.tree, value], (_, [of, x]) => `${of}.fill(${x});`);
};

const forEach: Production = (c) => {
  const place = findPlace(
    c,
    (type) =>
      type.kind === 'array' && !type.bytes && type.element.kind === 'scalar' && type.element.category === 'number',
    false,
  );
  const sums = c.variables.filter(
    ({ type, mutable }) => mutable && type.kind === 'scalar' && type.category === 'number',
  );
  if (!place || sums.length === 0) return undefined;
  const { name, type } = c.random.pick(sums) as Variable;
  return statement(
    [place.tree],
    (w, [of]) => `${of}.forEach((e, i) => { ${name} = ${w.store(type.name, `((${name} ^ e) + i)`)}; });`,
  );
};

const productions: readonly (readonly [number, Production])[] = [
  [14, declareScalar],
  [6, declareObject],
  [2, aliasObject],
  [14, assignScalar],
  [3, assignObject],
  [8, branch],
  [5, forLoop],
  [3, whileLoop],
  [3, forOf],
  [4, jump],
  [3, leave],
  [1, labelledBlock],
  [3, choice],
  [4, closure],
  [1, swap],
  [2, destructure],
  [2, destructureArray],
  [2, declareOptional],
  [6, useMap],
  [2, callStatement],
  [1, fill],
  [1, forEach],
];
const total = productions.reduce((all, [weight]) => all + weight, 0);

function oneStatement(c: Context, depth: number): Tree {
  c.fuel -= 2;
  for (let tries = 0; tries < 6; tries += 1) {
    let at = c.random.below(total);
    for (const [weight, production] of productions) {
      at -= weight;
      if (at >= 0) continue;
      const made =
        depth > 0 || production === declareScalar || production === assignScalar ? production(c, depth) : undefined;
      if (made) return made;
      break;
    }
  }
  return declareScalar(c, Math.max(depth, 1)) as Tree;
}

/** What a program gives at its end: all that it computed, or a part. */
export function ending(c: Context): Tree {
  const scalars = c.variables.filter(({ type }) => type.kind === 'scalar');
  const parts: Tree[] = scalars
    .slice(-6)
    .map(({ name, type }) => asU64(type as ScalarType, leaf(categoryOf(type), name)));
  for (let more = 0; more < 4; more += 1) {
    const place = findPlace(c, (type) => type.kind === 'scalar', false);
    if (place?.type.kind === 'scalar') parts.push(asU64(place.type, place.tree));
  }
  const all = parts.reduce<Tree | undefined>(
    (sum, part) => (sum ? tree('u64', [sum, part], (w, [x, y]) => w.big('u64', `(${x} * 31n + ${y})`)) : part),
    undefined,
  );
  return all ?? leaf('u64', 'u64(0n)');
}

function asU64(type: ScalarType, value: Tree): Tree {
  if (type.category === 'u64') return value;
  if (type.category === 'fixed')
    return tree('u64', [value], (w, [x]) => (w.compiled ? `u64(Math.trunc(${x}))` : `$.u64($.fixed.trunc(${x}))`));
  return tree('u64', [value], (w, [x]) => (w.compiled ? `u64(${x})` : `$.u64(${x})`));
}
