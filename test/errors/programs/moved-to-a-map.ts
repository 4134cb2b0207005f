import { xdp, HashMap } from 'tsbpf';
import type { CharArray, FixedArray, u32, u64 } from 'tsbpf';

interface Big {
  list: FixedArray<u64, 70>;
}
interface Text {
  text: CharArray<300>;
}

const bigs = new HashMap<u32, Big>({ maxEntries: 1 });
const texts = new HashMap<Text, Text>({ maxEntries: 1 });

export const large = xdp((ctx) => {
  //                     ^ TSBPF1612: no room for 'big' in line 16 \(560 bytes\); kept in the map 'large_scratch'
  const big: Big = { list: [1n] as never };
  big.list[ctx.packet.byteLength & 63] = 1n;
  bigs.set(1, big);
  return 2;
});

export const two = xdp(() => {
  //                   ^ TSBPF1612: 'key' in line 24 \(300 bytes\)
  const key: Text = { text: 'a' };
  const value: Text = { text: 'b' };
  key.text = value.text;
  texts.set(key, value);
  return 2;
});
