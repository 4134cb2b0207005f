import { HashMap, kprobe, shared, tc } from 'tsbpf';
import type { PtRegs, u16, u32, u64 } from 'tsbpf';
import { THRESHOLD } from './load/settings.js';

const limit: u16 = Number(process.argv[2]);
const size = Number(process.argv[3]);
const wide = BigInt(process.argv[4]!);
const isOn = process.env.ON === '1';
const counts = new HashMap<u32, u64>({ maxEntries: size });
const state = shared<{ packets: u64 }>({ packets: 5n });

@kprobe(`sys_${'close'}`)
function onClose(_ctx: PtRegs, fd: u32): number {
  if (isOn && fd > limit && fd < THRESHOLD) counts.increment(fd, wide);
  return 0;
}

export const pass = tc('egress', (ctx) => (ctx.len > limit ? 2 : 0), { minimumPacketSize: 8 + 6 });

export const unrelated = () => state.packets;
