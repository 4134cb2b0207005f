import { shared, XDP, xdp } from 'tsbpf';
import type { u64 } from 'tsbpf';

const packets = shared<u64>(0n as never);
//                     ^^^ TSBPF1116: Shared data is an object of fields

export const pass = xdp(() => XDP.PASS);
