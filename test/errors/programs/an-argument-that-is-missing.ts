import { bpf, socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

@socketFilter
function match(skb: SkBuff): number {
  const helpers = bpf as any;
  helpers.skbChangeProto();
  // ERROR: 7:3 TSBPF1322 bpf\.skbChangeProto needs 2 arguments\.
  return skb.len;
}
