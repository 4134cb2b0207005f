import { shared, XDP, xdp } from 'tsbpf';

const state = shared({ packets: 0n } as any);
//            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ TSBPF1115: The type of this shared data is

export const pass = xdp(() => {
  state.packets += 1n;
  return XDP.PASS;
});
