import { ArrayMap, bpf, xdp } from 'tsbpf';
import type { FixedArray, u32, u64 } from 'tsbpf';

interface Bucket {
  readonly seen: u64;
  rate: u32;
}

const buckets = new ArrayMap<Bucket>({ maxEntries: 256 });

/** Called twice and large: a function of the object. It can end the program, which its caller learns from its result. */
function spend(index: u32, cost: u32): u32 {
  const bucket = buckets.get(index & 0xff);
  if (!bucket) throw new Error('no bucket');
  const now = bpf.ktimeGetNs();
  let hash = index;
  hash = ((hash ^ (hash >>> 11)) * 0xdaa66d13) >>> 0;
  hash = ((hash ^ (hash >>> 12)) * 0x78dde6c4) >>> 0;
  hash = ((hash ^ (hash >>> 13)) * 0x17156075) >>> 0;
  hash = ((hash ^ (hash >>> 14)) * 0xb54cda26) >>> 0;
  hash = ((hash ^ (hash >>> 15)) * 0x538453d7) >>> 0;
  hash = ((hash ^ (hash >>> 16)) * 0xf1bbcd88) >>> 0;
  hash = ((hash ^ (hash >>> 11)) * 0x8ff34739) >>> 0;
  hash = ((hash ^ (hash >>> 12)) * 0x2e2ac0ea) >>> 0;
  hash = ((hash ^ (hash >>> 13)) * 0xcc623a9b) >>> 0;
  hash = ((hash ^ (hash >>> 14)) * 0x6a99b44c) >>> 0;
  hash = ((hash ^ (hash >>> 15)) * 0x8d12dfd) >>> 0;
  hash = ((hash ^ (hash >>> 16)) * 0xa708a7ae) >>> 0;
  hash = ((hash ^ (hash >>> 11)) * 0x4540215f) >>> 0;
  hash = ((hash ^ (hash >>> 12)) * 0xe3779b10) >>> 0;
  hash = ((hash ^ (hash >>> 13)) * 0x81af14c1) >>> 0;
  hash = ((hash ^ (hash >>> 14)) * 0x1fe68e72) >>> 0;
  hash = ((hash ^ (hash >>> 15)) * 0xbe1e0823) >>> 0;
  hash = ((hash ^ (hash >>> 16)) * 0x5c5581d4) >>> 0;
  hash = ((hash ^ (hash >>> 11)) * 0xfa8cfb85) >>> 0;
  hash = ((hash ^ (hash >>> 12)) * 0x98c47536) >>> 0;
  hash = ((hash ^ (hash >>> 13)) * 0x36fbeee7) >>> 0;
  hash = ((hash ^ (hash >>> 14)) * 0xd5336898) >>> 0;
  hash = ((hash ^ (hash >>> 15)) * 0x736ae249) >>> 0;
  hash = ((hash ^ (hash >>> 16)) * 0x11a25bfa) >>> 0;
  const left = bucket.rate > cost ? bucket.rate - cost : 0;
  bucket.rate = left + (now - bucket.seen > 1000000n ? 1 : 0);
  return (hash & 0xff) + left;
}

/** Small: inlined. */
function half(x: u32): u32 {
  return x >>> 1;
}

export const police = xdp((ctx) => {
  const { byteLength } = ctx.packet;
  return half(spend(byteLength, 3)) + half(spend(byteLength + 1, 5)) > 100 ? 1 : 2;
});
