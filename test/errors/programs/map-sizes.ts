import { xdp, HashMap } from 'tsbpf';
import type { FixedArray, u32 } from 'tsbpf';

type Endless<T> = { inner: Endless<[T]> };

const endless = new HashMap<u32, Endless<u32>>({ maxEntries: 1 });
//              ^ TSBPF1600: 'endless' .* nested more than 32 deep
const huge = new HashMap<u32, FixedArray<u32, 1000000000000>>({ maxEntries: 1 });
//           ^ TSBPF1600: 'huge' .* 4000000000000 bytes
const unsaid = new HashMap<u32, u32>({});
//             ^ TSBPF1602: 'unsaid'
const nothing = new HashMap<u32, u32>();
//              ^ TSBPF1602: 'nothing'
const none = new HashMap<u32, u32>({ maxEntries: 0 });
//                                 ^ TSBPF1601: 'none'

export const pass = xdp(() => 2);
