import { HasMap } from 'tsbpf';
//       ^^^^^^ TSBPF1118: 'tsbpf' exports no 'HasMap'\.
import { XDP, xdp } from 'tsbpf';
import type { u32, u64 } from 'tsbpf';

const counts = new HasMap<u32, u64>({ maxEntries: 16 });

export const pass = xdp(() => XDP.PASS);
