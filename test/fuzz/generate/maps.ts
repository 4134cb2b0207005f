/** Maps: lookups, membership, counting. The keys are few, so that programs meet the entries that they made. */
import { leaf, tree, type Tree } from '../tree.js';
import type { World } from '../worlds.js';
import type { Big } from './bigints.js';
import type { Context, MapVariable } from './context.js';
import { anyNumber } from './numbers.js';
import { pathsTo } from './places.js';
import { valueOf } from './values.js';

export const mapKeys = 8;

export function keyOf(c: Context, map: MapVariable, depth: number): Tree {
  const { random } = c;
  const key = random.once(3)
    ? leaf('number', String(random.below(mapKeys)), 3)
    : tree('number', [anyNumber(c, depth)], (_, [x]) => `(${x} & ${mapKeys - 1})`, 3);
  if (map.key === 'u32') return key;
  if (map.makeKey !== undefined) return tree('other', [key], (_, [x]) => `${map.makeKey}(${x})`);
  return tree('u64', [key], (w, [x]) => (w.compiled ? `u64(${x})` : `$.u64(${x})`));
}

function pick(c: Context, wanted: (map: MapVariable) => boolean): MapVariable | undefined {
  const usable = c.maps.filter(wanted);
  return usable.length > 0 ? c.random.pick(usable) : undefined;
}

const holds = (category: string) => (map: MapVariable) =>
  map.value.kind === 'scalar' && map.value.category === category;

/** `map.get(key) ?? …`, `map[key]`, `map.get(key)?.field ?? …`. */
function lookup(c: Context, category: 'number' | Big, depth: number): Tree | undefined {
  const { random } = c;
  const map = pick(c, (one) => holds(category)(one) || hasField(one, category));
  if (!map) return undefined;
  const key = keyOf(c, map, depth - 1);
  const otherwise = () => valueOf(c, category, depth - 1);
  if (map.value.kind === 'struct') {
    const path = random.pick(pathsTo(map.value, category));
    return tree(category, [key, otherwise()], (_, [k, x]) => `(${map.name}.get(${k})?${path} ?? ${x})`, 40);
  }
  if (map.key === 'u32' && random.once(2))
    return tree(category, [key], (w, [k]) => (w.compiled ? `${map.name}[${k}]` : `${map.name}.read(${k})`), 32);
  if (random.once(3)) {
    const initial = valueOf(c, category, depth - 1);
    // That of a map of each CPU would make a variable into which no number can be put.
    const type = map.value.name;
    const text = (w: World, [k, x]: readonly string[]) =>
      `(${map.name}.getOrInsert(${k}, ${x})${w.types(` as ${type}`)})`;
    return tree(category, [key, initial], text, 32);
  }
  return tree(category, [key, otherwise()], (_, [k, x]) => `(${map.name}.get(${k}) ?? ${x})`, 52);
}

function hasField({ value }: MapVariable, category: 'number' | Big): boolean {
  return value.kind === 'struct' && pathsTo(value, category).length > 0;
}

export function mapNumber(c: Context, depth: number): Tree | undefined {
  return lookup(c, 'number', depth);
}

export function mapBig(c: Context, type: Big, depth: number): Tree | undefined {
  return lookup(c, type, depth);
}

export function mapHas(c: Context, depth: number): Tree | undefined {
  const map = pick(c, () => true);
  if (!map) return undefined;
  const key = keyOf(c, map, depth - 1);
  const method = map.array || c.random.once(2) ? 'has' : 'delete';
  return tree('boolean', [key], (_, [k]) => `${map.name}.${method}(${k})`);
}
