import { HashMap, tracepoint } from 'tsbpf';
import type { u32, u64 } from 'tsbpf';

const counts = new HashMap<u32, u64>({ maxEntries: 1024 });

export const onOpen = tracepoint('syscalls:sys_enter_openat', (ctx) => {
  counts[ctx.flags] += 1n;
  return 0;
});
