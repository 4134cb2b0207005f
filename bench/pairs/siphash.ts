// Chooses one of 256 buckets by SipHash-2-4 of the IPv4 addresses under a secret key, as one does against collisions.
import { ArrayMap, ETH_P_IP, XDP, xdp } from 'tsbpf';
import type { EthHdr, u64, XdpContext } from 'tsbpf';

interface Addresses {
  word: u64;
}

const buckets = new ArrayMap<u64>({ maxEntries: 256 });
const KEY0 = 0x0706050403020100n;
const KEY1 = 0x0f0e0d0c0b0a0908n;

function rotate(word: u64, by: u64): u64 {
  return (word << by) | (word >> (64n - by));
}

function siphash(word: u64): u64 {
  let v0: u64 = KEY0 ^ 0x736f6d6570736575n;
  let v1: u64 = KEY1 ^ 0x646f72616e646f6dn;
  let v2: u64 = KEY0 ^ 0x6c7967656e657261n;
  let v3: u64 = KEY1 ^ 0x7465646279746573n;
  const round = () => {
    v0 += v1;
    v1 = rotate(v1, 13n) ^ v0;
    v0 = rotate(v0, 32n);
    v2 += v3;
    v3 = rotate(v3, 16n) ^ v2;
    v0 += v3;
    v3 = rotate(v3, 21n) ^ v0;
    v2 += v1;
    v1 = rotate(v1, 17n) ^ v2;
    v2 = rotate(v2, 32n);
  };
  for (const block of [word, 0x0800000000000000n]) {
    v3 ^= block;
    round();
    round();
    v0 ^= block;
  }
  v2 ^= 0xffn;
  for (const _ of [0, 1, 2, 3]) round();
  return v0 ^ v1 ^ v2 ^ v3;
}

@xdp
export function chooseBucket(ctx: XdpContext): number {
  if (ctx.packet.at<EthHdr>(0)?.h_proto !== ETH_P_IP) return XDP.PASS;
  const addresses = ctx.packet.at<Addresses>(26);
  if (!addresses) return XDP.PASS;
  buckets.increment(Number(siphash(addresses.word) & 255n), 1n);
  return XDP.PASS;
}
