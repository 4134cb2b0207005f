import { XDP, xdp } from 'tsbpf';

export const pass = xdp(() => XDP.PASS, { name: 'pass-all' });
//                                              ^^^^^^^^^^ TSBPF1109: 'pass-all' cannot name a program: the kernel
