import { XDP, xdp } from 'tsbpf';

export const first = xdp(() => XDP.PASS, { name: 'pass' });
export const second = xdp(() => XDP.DROP, { name: 'pass' });
//                                                ^^^^^^ TSBPF1108: Two programs have the option name: 'pass'\.
