import { HashMap, XDP, xdp } from 'tsbpf';

const counts = new HashMap({ maxEntries: 16 });
//             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ TSBPF1114: The types in this HashMap are not

export const pass = xdp(() => XDP.PASS);
