// Tells who opens which file: what `npm run bench -- start` starts, beside the same in bpftrace.
import { bpf, RingBuffer, tracepoint } from 'tsbpf';
import type { CharArray, u32 } from 'tsbpf';

interface Open {
  pid: u32;
  comm: CharArray<16>;
  path: CharArray<64>;
}

const opens = new RingBuffer<Open>({ size: 1 << 16 });

const onOpen = tracepoint('syscalls:sys_enter_openat', (ctx) => {
  const event = opens.reserve();
  if (!event) return;
  event.pid = Number(bpf.getCurrentPidTgid() >> 32n);
  event.comm = bpf.getCurrentComm();
  event.path = bpf.probeReadUserStr<64>(ctx.filename);
  opens.submit(event);
});

export { onOpen, opens };
