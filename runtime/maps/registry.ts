/** Which class stands for which map type, for maps that are opened instead of declared. */
import type { MapDefinition, MapOptions } from './definition.js';
import type { BpfMap } from './map.js';

export type MapClass = new (options: any, definition: MapDefinition) => BpfMap;

const classes = new Map<number | 'other', MapClass>();

/** @param type a number of `MapType`; `'other'` for all that have no class of their own. */
export function registerMapClass(type: number | 'other', mapClass: MapClass): void {
  classes.set(type, mapClass);
}

/** Makes the object for a map of any type. */
export function instantiateMap(definition: MapDefinition, options: MapOptions): BpfMap {
  const mapClass = classes.get(definition.spec.type) ?? classes.get('other');
  return new (mapClass as MapClass)(options, definition);
}
