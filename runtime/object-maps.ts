/** The maps of an object: those declared in `.maps`, and the sections of variables that libbpf makes maps of. */
import type { Btf, BtfReference } from '../compiler/object/btf.js';
import type { ObjectGlobals, ObjectMap } from '../compiler/object/object-spec.js';
import { layoutOfType } from './maps/btf-layout.js';
import type { MapSpec } from './maps/definition.js';
import type { FieldLayout, Layout } from './maps/layout.js';
import { carriesEvents, MapFlag, MapType } from './maps/types.js';

/**
 * A declared map, with the layouts of its keys and values where the object has them.
 *
 * @param event the BTF id of what a map of events carries, where the user has said it.
 */
export function declaredMap(map: ObjectMap, btf: Btf | undefined, event?: number): MapSpec {
  const { name, type, keySize, valueSize, maxEntries, flags } = map;
  const layout = (id: number) => (btf && id !== 0 ? layoutOfType(btf, id) : undefined);
  const value = carriesEvents(type) ? (event ?? eventType(map, btf)) : map.valueType;
  const inner = map.inner && declaredMap(map.inner, btf);
  return { name, type, keySize, valueSize, maxEntries, flags, key: layout(map.keyType), value: layout(value), inner };
}

/**
 * Our compiler says in a typedef what events a map carries. In C a ring buffer may say it as maps do
 * (`__type(value, struct event)`), which libbpf ignores; 0 where nothing says it.
 */
function eventType({ name, type, valueType }: ObjectMap, btf: Btf | undefined): number {
  const own = (btf?.find(`__tsbpf_event_${name}`, 'typedef') as BtfReference | undefined)?.type;
  return own ?? (type === MapType.perfEventArray ? 0 : valueType);
}

/**
 * A section of variables, as the map of one entry that libbpf makes of it. The value is the variable where there is but
 * one, else a struct of them.
 */
export function globalMap({ section, size, variables }: ObjectGlobals, btf: Btf | undefined): MapSpec {
  const fields = variables.flatMap(({ name, type, offset }): FieldLayout[] => {
    const layout = btf && layoutOfType(btf, type);
    return layout ? [{ name, offset, layout }] : [];
  });
  const only = fields.length === 1 && fields[0]?.offset === 0 ? fields[0].layout : undefined;
  const value: Layout = only ?? { kind: 'struct', name: section, size, fields };
  return {
    name: section,
    type: MapType.array,
    keySize: 4,
    valueSize: size,
    maxEntries: 1,
    flags: MapFlag.mmapable,
    value,
  };
}
