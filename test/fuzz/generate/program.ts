/** A whole program: its structs, maps and functions, a function of scalars, and what that is called with. */
import { Random } from '../random.js';
import { leaf, tree, type Parameter, type Program, type Tree } from '../tree.js';
import type { World } from '../worlds.js';
import { constants } from './constants.js';
import { Context } from './context.js';
import { mapKeys } from './maps.js';
import { objectType } from './declarations.js';
import { ending } from './ending.js';
import { queueLength } from './queues.js';
import { sequence } from './statement.js';
import { statements } from './statements.js';
import {
  bitField,
  numberType,
  storedTypes,
  textType,
  u64Type,
  variableTypes,
  arrayType,
  type ScalarType,
  type StructType,
  type Type,
} from './types.js';
import { storedScalar } from './values.js';

/** What all programs may call. */
export const prelude = (w: World): string => {
  const f = w.declare('f', '(x: number) => number');
  const x = w.declare('x', 'number');
  const result = w.types(': number');
  return [
    `function apply(${f}, ${x})${result} { return f(x) + 1; }`,
    `function twice(${f}, ${x})${result} { return f(f(x) | 0); }`,
    `function summed(${f}, ${x})${result} { let s = 0; for (let i = 0; i < 3; i++) s += f(i) | 0; return s + (x | 0); }`,
    `const LIST = [3, 1, 400];`,
    ...constants((text) => w.types(text)),
    `function total(...${w.declare('list', 'number[]')})${result} { let s = 0; for (const x of list) s += x; return s; }`,
    `function choose${w.types('<T>')}(${w.declare('c', 'boolean')}, ${w.declare('a', 'T')}, ${w.declare('b', 'T')})${w.types(': T')} { return c ? a : b; }`,
  ].join('\n');
};

const rowCount = 8;

/** The program of that number under that seed: always the same. */
export function generate(seed: number, index: number): Program {
  const random = new Random(seed, index);
  const c = new Context(random, index, random.pick([15, 30, 60, 100, 160]));
  if (random.once(2)) declareStructs(c);
  if (random.once(4)) declareMaps(c);
  if (random.once(8)) declareQueue(c);
  if (random.once(8) && c.structs.length > 0) declareShared(c);
  if (random.once(5)) declareEnum(c);
  for (let functions = random.once(2) ? random.below(3) : 0; functions > 0; functions -= 1) declareFunction(c);
  const parameters = Array.from({ length: 1 + random.below(4) }, () => parameter(c));
  for (const { name, type } of parameters) c.variables.push({ name, type, mutable: random.once(4), varies: true });
  const resultType = random.pick([undefined, undefined, numberType, ...variableTypes]);
  c.result = resultType ?? u64Type;
  const clear = [...clearMaps(c), ...emptyQueues(c), ...clearShared(c)];
  const body = statements(c, 1 + random.below(4), 1 + random.below(9)).children;
  const last = random.once(3) && resultType ? storedScalar(c, resultType, 3) : undefined;
  const value = last ?? convertEnding(c, resultType);
  const annotation = resultType ?? u64Type;
  return {
    index,
    origin: index,
    usesMaps: c.maps.length + c.queues.length > 0 || c.variables.some(({ name }) => isShared(name)),
    declarations: c.declarations,
    parameters: parameters.map(({ name, type }): Parameter => ({ name, type: type.name })),
    result: annotation.name,
    body: sequence([
      ...clear,
      ...body,
      tree('other', [value], (w, [x = '']) => `return ${w.store(annotation.name, x)};`),
    ]),
    rows: Array.from({ length: rowCount }, (_, row) => parameters.map(({ type }) => argument(random, type, row))),
  };
}

function convertEnding(c: Context, type: ScalarType | undefined): Tree {
  const all = ending(c);
  if (!type || type.category === 'u64') return all;
  if (type.category === 'boolean') return tree('boolean', [all], (_, [x]) => `(${x} % 3n === 1n)`);
  if (type.category === 'i64') return tree('i64', [all], (w, [x]) => (w.compiled ? `i64(${x})` : `$.i64(${x})`));
  return tree('number', [all], (_, [x]) => `Number(${x} & 0xffffffffffn)`, 40);
}

function parameter(c: Context): { name: string; type: ScalarType } {
  return { name: c.local('a'), type: c.random.pick(variableTypes) };
}

function argument(random: Random, type: ScalarType, row: number): number | bigint | boolean {
  const bits = row === 0 ? 0n : random.interesting();
  switch (type.category) {
    case 'boolean':
      return (bits & 1n) === 1n;
    case 'u64':
      return BigInt.asUintN(64, bits);
    case 'i64':
      return bits;
    default: {
      const width = /^([ui])(\d+)$/.exec(type.name);
      if (!width) return Number(BigInt.asIntN(type.bits, bits));
      const count = Number(width[2]);
      return Number(width[1] === 'i' ? BigInt.asIntN(count, bits) : BigInt.asUintN(count, bits));
    }
  }
}

function declareStructs(c: Context): void {
  const { random } = c;
  for (let count = 1 + random.below(3); count > 0; count -= 1) {
    const name = c.name('S');
    const fields = Array.from({ length: 1 + random.below(5) }, (_, index) => ({
      name: `f${index}`,
      type: fieldType(c),
    }));
    const type: StructType = { kind: 'struct', name, fields };
    c.structs.push(type);
    c.declarations.push(
      tree('other', [], (w) =>
        w.compiled
          ? `interface ${name} { ${fields.map((field) => `${field.name}: ${field.type.name}`).join('; ')} }`
          : '',
      ),
    );
  }
}

function fieldType(c: Context): Type {
  const { random } = c;
  if (random.once(5)) return bitField(1 + random.below(20), random.once(3));
  if (random.once(6) && c.structs.length > 0) return random.pick(c.structs);
  if (random.once(6)) return arrayType(random.pick(storedTypes), 1 + random.below(4), random.once(4));
  if (random.once(8)) return textType(random.pick([1, 3, 4, 8]));
  return random.pick(storedTypes);
}

function declareMaps(c: Context): void {
  const { random } = c;
  for (let count = 1 + random.below(2); count > 0; count -= 1) {
    const name = c.name('m');
    const array = random.once(3);
    const struct = !array && random.once(4) ? declareKey(c) : undefined;
    const key = struct?.type ?? (array || random.once(2) ? ('u32' as const) : ('u64' as const));
    const stored: readonly ScalarType[] = storedTypes.filter(
      (type) => !type.name.startsWith('be') && type.category !== 'boolean',
    );
    const value: Type = c.structs.length > 0 && random.once(2) ? random.pick(c.structs) : random.pick(stored);
    c.maps.push({ name, key, makeKey: struct?.maker, value, array });
    const kind = random.pick(
      array ? ['ArrayMap', 'ArrayMap', 'PerCpuArray'] : ['HashMap', 'HashMap', 'LruHashMap', 'PerCpuHashMap'],
    );
    const keyName = typeof key === 'string' ? key : key.name;
    const zero = zeroOf(value);
    const entries = kind === 'LruHashMap' ? 4096 : mapKeys * 2;
    c.declarations.push(
      tree('other', [zero], (w, [x]) => {
        if (w.compiled)
          return `const ${name} = new ${kind}<${array ? '' : `${keyName}, `}${value.name}>({ maxEntries: ${array ? mapKeys : entries} });`;
        const convert = value.kind === 'scalar' ? `(v) => ${w.store(value.name, 'v')}` : '(v) => v';
        return array
          ? `const ${name} = new $.ArrayMap(${mapKeys}, ${convert}, ${x});`
          : `const ${name} = new $.BpfMap(${typeof key === 'string' ? `$.${key}` : '(k) => k'}, ${convert}, ${x});`;
      }),
    );
  }
}

/** A struct to be a key, with holes between its fields, and a function that makes one of a small number. */
function declareKey(c: Context): { readonly type: StructType; readonly maker: string } {
  const { random } = c;
  const [name, maker] = [c.name('K'), c.name('k')];
  const numbers = storedTypes.filter(({ name: of }) => /^[ui](8|16|32)$/.test(of));
  const fields = ['a', 'b'].map((field) => ({ name: field, type: random.pick(numbers) }));
  const type: StructType = { kind: 'struct', name, fields };
  c.declarations.push(
    tree('other', [], (w) => {
      const made = `const ${maker} = (${w.declare('n', 'number')})${w.types(`: ${name}`)} => ({ a: n & 1, b: n >> 1 });`;
      return w.compiled
        ? `interface ${name} { ${fields.map((field) => `${field.name}: ${field.type.name}`).join('; ')} }\n${made}`
        : made;
    }),
  );
  return { type, maker };
}

function declareQueue(c: Context): void {
  const { random } = c;
  const name = c.name('q');
  const value =
    c.structs.length > 0 && random.once(2)
      ? random.pick(c.structs)
      : random.pick(storedTypes.filter(({ category, name: of }) => category === 'number' && !of.startsWith('be')));
  c.queues.push({ name, value });
  const kind = random.pick(['Queue', 'Stack']);
  c.declarations.push(
    tree('other', [], (w) =>
      w.compiled
        ? `const ${name} = new ${kind}<${value.name}>({ maxEntries: ${queueLength} });`
        : `const ${name} = new $.${kind}(${queueLength});`,
    ),
  );
}

/** They keep their values from run to run in the kernel. */
function emptyQueues(c: Context): Tree[] {
  return c.queues.map(({ name }) =>
    tree('other', [], (w) => (w.compiled ? `for (let k = 0; k < ${queueLength}; k++) ${name}.pop();` : '')),
  );
}

const isShared = (name: string) => /^g\d+_\d+$/.test(name);

/** Variables that the kernel keeps, and user space sees. */
function declareShared(c: Context): void {
  const type = c.random.pick(c.structs);
  const name = c.name('g');
  const zero = zeroOf(type);
  c.variables.push({ name, type, mutable: false, varies: true });
  c.declarations.push(
    tree('other', [zero], (w, [x]) =>
      w.compiled ? `const ${name} = shared<${type.name}>(${x});` : `const ${name} = ${x};`,
    ),
  );
}

function clearShared(c: Context): Tree[] {
  return c.variables
    .filter(({ name }) => isShared(name))
    .flatMap(({ name, type }) =>
      (type.kind === 'struct' ? type.fields : []).map((field) =>
        tree('other', [zeroOf(field.type)], (w, [x]) => (w.compiled ? `${name}.${field.name} = ${x};` : '')),
      ),
    );
}

/** A value of zeros, as maps and structs begin. */
function zeroOf(type: Type): Tree {
  if (type.kind === 'scalar')
    return leaf('other', type.category === 'boolean' ? 'false' : type.category === 'number' ? '0' : '0n');
  if (type.kind === 'struct') {
    const { fields } = type;
    return tree(
      'other',
      fields.map((field) => zeroOf(field.type)),
      (_, texts) => `{ ${fields.map(({ name }, index) => `${name}: ${texts[index]}`).join(', ')} }`,
    );
  }
  if (type.kind === 'text') return leaf('other', `''`);
  const { length } = type;
  return tree(
    'other',
    Array.from({ length }, () => zeroOf(type.element)),
    (_, texts) => (type.bytes ? `new Uint8Array(${length})` : `[${texts.join(', ')}]`),
  );
}

/** Maps keep their entries from run to run in the kernel. */
function clearMaps(c: Context): Tree[] {
  return c.maps.map(({ name, key, makeKey, value, array }) => {
    const zero = zeroOf(value);
    return tree('other', [zero], (w, [x]) => {
      if (!w.compiled) return '';
      const typed = makeKey !== undefined ? `${makeKey}(k)` : key === 'u64' ? 'u64(k)' : 'k';
      const clear = array ? `${name}.set(${typed}, ${x})` : `${name}.delete(${typed})`;
      return `for (let k = 0; k < ${mapKeys}; k++) { ${clear}; }`;
    });
  });
}

function declareEnum(c: Context): void {
  const name = c.name('E');
  const [from, next] = [c.random.below(9), c.random.below(40)];
  c.enumMembers.push(`${name}.a`, `${name}.b`, `${name}.c`);
  c.declarations.push(
    tree('other', [], (w) => {
      if (w.compiled) return `enum ${name} { a = ${from}, b, c = ${next} }`;
      return `const ${name} = { a: ${from}, b: ${from + 1}, c: ${next} };`;
    }),
  );
}

/** Such arguments always vary. */
function isBig(type: Type): boolean {
  return type.kind === 'scalar' && (type.category === 'u64' || type.category === 'i64');
}

function declareFunction(c: Context): void {
  const { random } = c;
  const name = c.name('g');
  const result = random.pick(variableTypes);
  const parameters = Array.from({ length: 1 + random.below(3) }, () => ({
    name: c.local('p'),
    type: (random.once(4) ? objectType(c) : undefined) ?? random.pick(variableTypes),
  }));
  const last = parameters.at(-1);
  const optional =
    last?.type.kind === 'scalar' && last.type.category === 'number' && random.once(3) ? random.below(100) : undefined;
  const rest = optional === undefined && random.once(5) ? c.local('r') : undefined;
  const saved = c.fuel;
  c.fuel = Math.min(c.fuel, 25);
  const callables = c.callables;
  const body = c.scoped(() => {
    c.result = result;
    c.nested += 1;
    for (const parameter of parameters)
      c.variables.push({
        ...parameter,
        mutable: parameter.type.kind === 'scalar' && random.once(3),
        varies: isBig(parameter.type),
      });
    const list = statements(c, 2, 1 + random.below(3)).children;
    const extra = rest
      ? leaf('statement', `let ${rest}s = ${rest}.length; for (const e of ${rest}) ${rest}s = (${rest}s ^ e) | 0;`)
      : undefined;
    if (rest) c.variables.push({ name: `${rest}s`, type: { ...numberType, bits: 31 }, mutable: false, varies: false });
    const value = storedScalar(c, result, 2);
    return sequence([
      ...list.slice(0, 1),
      ...(extra ? [extra] : []),
      ...list.slice(1),
      tree('other', [value], (w, [x = '']) => `return ${w.store(result.name, x)};`),
    ]);
  });
  c.fuel = saved - 10;
  c.callables = [
    ...callables,
    {
      name,
      parameters: parameters.map(({ type }, index) => ({
        type,
        optional: optional !== undefined && index === parameters.length - 1,
      })),
      rest: rest !== undefined,
      result,
    },
  ];
  c.declarations.push(
    tree('other', [body], (w, [x]) => {
      const list = parameters.map((parameter, index) => {
        const initial = optional !== undefined && index === parameters.length - 1 ? ` = ${optional}` : '';
        return `${w.declare(parameter.name, parameter.type.name)}${initial}`;
      });
      if (rest) list.push(`...${w.declare(rest, 'number[]')}`);
      const conversions = w.compiled
        ? ''
        : parameters
            .filter(({ type }) => type.kind === 'scalar')
            .map((parameter) => `${parameter.name} = ${w.store(parameter.type.name, parameter.name)};\n`)
            .join('');
      return `function ${name}(${list.join(', ')})${w.types(`: ${result.name}`)} {\n${conversions}${x}\n}`;
    }),
  );
}
