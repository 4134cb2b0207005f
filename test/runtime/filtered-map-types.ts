/** What `FilteredMap` takes, by its types: checked by `tsc`, never run. */
import { FilteredMap, HashMap } from '../../runtime/index.js';
import type { Bytes, CharArray, FixedArray, u32, u64 } from '../../runtime/index.js';

interface Entry {
  count: u64;
  limits: FixedArray<u32, 2>;
  name: CharArray<16>;
  address: Bytes<6>;
  nested: { a: u32; b: u32 };
}

const map = new HashMap<u32, Entry>({ maxEntries: 4 });
const filtered = new FilteredMap(map, { count: 'rw', limits: ['r', 'rw'], nested: { a: 'rw' } });

filtered.set(1, { count: 2n });
filtered.set(1, { limits: [undefined, 3], nested: { a: 1 } });
filtered.set(1, { count: 1n, limits: [1, 2], name: 'all', address: new Uint8Array(6), nested: { a: 1, b: 2 } });
filtered.setBatch([[1, { name: 'some' }]]);
// @ts-expect-error a field of another type
filtered.set(1, { count: 'many' });
// @ts-expect-error no field of that name
filtered.set(1, { counts: 1n });
// @ts-expect-error the inner map is written by one who may see all of it, and needs all of it
map.set(1, { count: 2n });

const counts = new FilteredMap(new HashMap<u32, u64>({ maxEntries: 4 }), 'rw');
counts.set(1, 2n);
// @ts-expect-error not a bigint
counts.set(1, 2);
