import { ArrayOfMaps, CgroupArray, HashMap, HashOfMaps, RingBuffer, SocketStorage, TaskStorage, bpf, kprobe, tc, xdp } from 'tsbpf';
import type { SkBuff, u32, u64 } from 'tsbpf';

const tasks = new TaskStorage<u64>();
const sockets = new SocketStorage<u64>();
const groups = new CgroupArray({ maxEntries: 1 });
const users = new HashOfMaps<u32, HashMap<u32, u64>>({ maxEntries: 8, inner: { maxEntries: 4 } });
const unsaid = new ArrayOfMaps<HashMap<u32, u64>>({ maxEntries: 8 });
//             ^ TSBPF1442: each map in 'unsaid'
const events = new ArrayOfMaps<RingBuffer<u64>>({ maxEntries: 8, inner: { maxEntries: 4096 } });
//             ^ TSBPF1441: 'events' cannot hold 'RingBuffer<u64>'
const numbers = new HashOfMaps<u32, u64>({ maxEntries: 8, inner: { maxEntries: 4 } });
//                                  ^ TS2344: does not satisfy the constraint

export const packets = xdp(() => {
  tasks.get(bpf.getCurrentTaskBtf());
  // ERROR: 16:3 TSBPF1440 no TaskStorage.get for xdp programs
  return groups.contains(0) ? 1 : 2;
  //     ^ TSBPF1440: no CgroupArray.contains for xdp
});

export const classify = tc('ingress', (skb: SkBuff) => {
  users.set(1, users.get(2)!);
  // ERROR: 23:3 TSBPF1331 'set' does not work for HashOfMaps
  return groups.contains(0) ? 1 : Number(sockets.get(skb.sk) ?? 0n);
  //     ^ TSBPF1440: no CgroupArray.contains for tc
});

export const probe = kprobe('sys_close', () => {
  sockets.delete(1n);
  // ERROR: 30:3 TSBPF1440 no SocketStorage.delete for kprobe
  return 0;
});
