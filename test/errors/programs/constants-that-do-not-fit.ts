import { socketFilter, u32 } from 'tsbpf';
import type { fixed, SkBuff, u8 } from 'tsbpf';

interface Entry {
  port: u8;
}

@socketFilter
function store(ctx: SkBuff): number {
  const low: u8 = 256;
  //              ^^^ TSBPF1304: 256 does not fit into u8
  const unsigned: u32 = -1;
  //                    ^^ TSBPF1304: -1 does not fit into u32
  const entry: Entry = { port: 1000 };
  //                           ^^^^ TSBPF1304: 1000 does not fit into u8
  const endless: fixed = 1 / 0;
  //                     ^^^^^ TSBPF1304: Infinity does not fit into fixed
  const meant: u32 = u32(-1);
  return low + unsigned + entry.port + meant + ctx.len;
}
