/** The maps in a map of maps: what the type argument and the option `inner` say of them, and how programs hold one. */
import { ts } from '../typescript.js';
import { innerMapNeedsEntries, innerMapUnsupported } from '../diagnostics/index.js';
import { asMapKind } from '../discover/kinds.js';
import type { DiscoveredMap, MapKind } from '../model.js';
import { isRuntimeFile } from '../open/resolve.js';
import { integers, type BpfType, type StructType } from '../types/types.js';
import type { IrValue } from '../ir/values.js';
import { readOption, SHAPES, typeArgument, type MapLayout, type MapSettings } from './maps.js';
import type { ModuleContext } from './module-context.js';
import { Refused } from './refused.js';
import type { Reference } from './values.js';

/** What each entry of a map of maps is. */
export interface InnerMap {
  /** The type of references to one: an address, of which programs read nothing. */
  readonly type: StructType;
  readonly settings: MapSettings;
  readonly layout: Omit<MapLayout, 'address'>;
}

/** What the kernel takes into a map of maps, and what can be told by types alone. */
const INNER: ReadonlySet<MapKind> = new Set<MapKind>([
  'HashMap',
  'LruHashMap',
  'PerCpuHashMap',
  'LruPerCpuHashMap',
  'ArrayMap',
  'PerCpuArray',
  'LpmTrie',
  'Queue',
  'Stack',
]);

const layouts = new WeakMap<StructType, Omit<MapLayout, 'address'>>();

/**
 * Reads what a map of maps holds.
 *
 * @param type the type argument: `HashMap<u32, u64>`.
 * @throws Refused where it is no map that the kernel takes there.
 */
export function describeInner(outer: DiscoveredMap, type: ts.Type | undefined, module: ModuleContext): InnerMap {
  const kind = type && mapKindOf(type);
  if (!type || !kind || !INNER.has(kind)) {
    const written = type ? module.checker.typeToString(type) : 'nothing';
    module.diagnostics.push(innerMapUnsupported(outer.creation, outer.name, written));
    throw new Refused();
  }
  const shape = SHAPES[kind];
  const map: DiscoveredMap = {
    kind,
    name: `${outer.name}_inner`,
    symbol: outer.symbol,
    declaration: outer.declaration,
    creation: outer.creation,
    typeArguments: module.checker.getTypeArguments(type as ts.TypeReference),
    options: innerOptions(outer),
  };
  const [first, second] = map.typeArguments;
  const keyed = shape.arguments === 'key-value';
  const value = typeArgument(keyed ? second : first, 'value', map, module);
  const key: BpfType | undefined = keyed
    ? typeArgument(first, 'key', map, module)
    : shape.indexed
      ? integers.u32
      : undefined;
  const maxEntries = option(outer, map, 'maxEntries', module);
  if (!maxEntries) {
    module.diagnostics.push(innerMapNeedsEntries(outer.creation, outer.name));
    throw new Refused();
  }
  const flags = (shape.flags ?? 0) | (option(outer, map, 'flags', module) ?? 0);
  const reference: StructType = { kind: 'struct', name: kind, size: 0, align: 8, fields: [], opaque: map };
  const layout = { map, shape, key, value };
  layouts.set(reference, layout);
  return { type: reference, settings: { type: shape.type, key, value, maxEntries, flags }, layout };
}

function mapKindOf(type: ts.Type): MapKind | undefined {
  const symbol = type.getSymbol();
  const file = symbol?.declarations?.[0]?.getSourceFile().fileName;
  return symbol && file !== undefined && isRuntimeFile(file) ? asMapKind(symbol.name) : undefined;
}

/** What stands behind `inner:`, where the options are written out. */
function innerOptions({ options }: DiscoveredMap): ts.Expression | undefined {
  if (!options || !ts.isObjectLiteralExpression(options)) return undefined;
  const member = options.properties.find(({ name }) => name?.getText() === 'inner');
  return member && ts.isPropertyAssignment(member) ? member.initializer : undefined;
}

function option(outer: DiscoveredMap, map: DiscoveredMap, name: string, module: ModuleContext): number | undefined {
  if (map.options) return readOption(map.options, name, map, module);
  const whole = outer.options && module.evaluator.evaluate(outer.options);
  if (whole?.kind !== 'static') return undefined;
  const inner = (whole.value as { readonly inner?: Readonly<Record<string, unknown>> }).inner;
  const value = inner?.[name];
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffffffff ? value : undefined;
}

/** The map that a lookup in a map of maps gave; undefined for all other references. */
export function innerMapOf(reference: Reference): MapLayout | undefined {
  const layout = reference.type.kind === 'struct' ? layouts.get(reference.type) : undefined;
  return layout && { ...layout, address: reference.address, self: reference };
}

/** A reference to an inner map at an address. */
export function innerReference(inner: InnerMap, address: IrValue): Reference {
  return { kind: 'reference', type: inner.type, address, origin: 'map' };
}
