/** Hash maps, plain and least-recently-used. */
import { KeyedMap } from './keyed.js';
import { registerMapClass } from './registry.js';
import { MapType } from './types.js';

/** BPF_MAP_TYPE_HASH: refuses new entries when it is full. */
export class HashMap<K, V> extends KeyedMap<K, V> {}

/** BPF_MAP_TYPE_LRU_HASH: drops entries that were not used lately when it is full. */
export class LruHashMap<K, V> extends KeyedMap<K, V> {}

registerMapClass(MapType.hash, HashMap);
registerMapClass(MapType.lruHash, LruHashMap);
