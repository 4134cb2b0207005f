import { tc, xdp } from 'tsbpf';
import type { be16, be32, Bytes, EthHdr, FixedArray, IpHdr, u8 } from 'tsbpf';

interface Option {
  kind: u8;
  length: u8;
  value: be32;
}
export const between = xdp((ctx) => ctx.packet.at<Option>(14)?.value);
//                                                ^^^^^^ TSBPF1460: 'Option' has 2 bytes of padding before 'value'.* takes 8 bytes

interface Short {
  address: be32;
  last: u8;
}
export const behind = tc('ingress', (ctx) => ctx.packet.at<Short>(14)?.address);
//                                                         ^^^^^ TSBPF1460: 'Short' has 3 bytes of padding at its end

interface Outer {
  id: be16;
  inner: Inner;
}
interface Inner {
  flags: u8;
  port: be16;
}
const portOf = (header: { inner: Inner } | undefined) => header?.inner.port;
export const inside = xdp((ctx) => portOf(ctx.packet.at<Outer>(14)));
//                                                      ^^^^^ TSBPF1460: 'Outer' has a byte of padding before 'inner.port'

// None: what ships with tsbpf, bytes, and what C lays out without gaps.
interface Tight {
  kind: u8;
  bytes: Bytes<3>;
  words: FixedArray<be16, 2>;
  last: be32;
}
export const tight = xdp((ctx) => {
  const [eth, ip] = [ctx.packet.at<EthHdr>(0), ctx.packet.at<IpHdr>(14)];
  return eth && ip ? ctx.packet.at<Tight>(34)?.last : 0;
});
