import { xdp } from 'tsbpf';
import type { XdpContext } from 'tsbpf';

@xdp
// ERROR: 4:1 TSBPF1105 Program function 'pass' has no body to
declare function pass(ctx: XdpContext): number;
