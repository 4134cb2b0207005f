import { xdp, HashMap } from 'tsbpf';
import type { FixedArray, u32, u64 } from 'tsbpf';

interface Big {
  list: FixedArray<u64, 70>;
}
interface Huge {
  list: FixedArray<u64, 5000>;
}

const bigs = new HashMap<u32, Big>({ maxEntries: 1 });
const huge = new HashMap<u32, Huge>({ maxEntries: 1 });

export const enormous = xdp((ctx) => {
  //                        ^ TSBPF1611: 'enormous' needs more than the 512 bytes .* 'list' in line 18 \(40000 bytes\)
  // Not even a map has room for it; what fits in one is no more of a problem.
  const small: Big = { list: [1n] as never };
  const list: Huge = { list: [1n] as never };
  small.list[ctx.packet.byteLength & 63] = 1n;
  list.list[ctx.packet.byteLength & 63] = 1n;
  bigs.set(1, small);
  huge.set(1, list);
  return 2;
});
