import { xdp } from 'tsbpf';

export const drop = xdp(() => 1, { name: 'xdp' });
//                                       ^^^^^ TSBPF1122: 'xdp'
export const pass = xdp(() => 2, { name: 'license' });
//                                       ^^^^^^^^^ TSBPF1122: 'license'
