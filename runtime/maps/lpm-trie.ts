/** BPF_MAP_TYPE_LPM_TRIE: finds the longest prefix that matches. */
import type { u32 } from '../types.js';
import { KeyedMap } from './keyed.js';
import { registerMapClass } from './registry.js';
import { MapType } from './types.js';

/** What the key of a trie begins with; the bytes after it are compared from their first bit, as on the wire. */
export interface LpmKey {
  /** How many bits count. A lookup gives all of them. */
  prefixlen: u32;
}

/** BPF_F_NO_PREALLOC, which the kernel demands of a trie, is set without being asked for. */
export class LpmTrie<K extends LpmKey, V> extends KeyedMap<K, V> {}

registerMapClass(MapType.lpmTrie, LpmTrie);
