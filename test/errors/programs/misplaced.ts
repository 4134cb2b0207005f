import { socketFilter, xdp, HashMap } from 'tsbpf';
import type { SkBuff, XdpContext, u32 } from 'tsbpf';

class Programs {
  @xdp
  // ERROR: 5:3 TSBPF1102 'count'
  count(ctx: XdpContext): number {
    return 2;
  }
}

let table = new HashMap<u32, u32>({ maxEntries: 1 });
//  ^^^^^ TSBPF1110: 'table'

@socketFilter
async function later(ctx: SkBuff): Promise<number> {
// ERROR: 15:1 TSBPF1106 'later'
  return table.get(1) ?? 0;
}
