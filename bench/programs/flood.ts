// Reports every run of it, by both kinds of queue: what counts losses, and leaves nothing behind, in losses.mjs and cycles.mjs.
import { ArrayMap, bpf, HashMap, PerfQueue, RingBuffer, shared, tracepoint, XDP, xdp } from 'tsbpf';
import type { u32, u64, XdpContext } from 'tsbpf';

interface Event {
  /** Counts from 1 on each CPU of the producer. */
  number: u64;
  cpu: u32;
}

/** By CPU, what its program has made, and what found no room in the ring buffer. */
const produced = new ArrayMap<u64>({ maxEntries: 1024 });
const refused = new ArrayMap<u64>({ maxEntries: 1024 });
const tsbpf_flood_ring = new RingBuffer<Event>({ size: 1 << 18 });
const tsbpf_flood_perf = new PerfQueue<Event>();
const byCpu = new HashMap<u32, u64>({ maxEntries: 64 });
const state = shared<{ calls: u64 }>({ calls: 0n });

@xdp
function floodRing(_ctx: XdpContext): number {
  const cpu = bpf.getSmpProcessorId();
  const before = produced.get(cpu);
  if (before === undefined) return XDP.PASS;
  produced[cpu] += 1n;
  if (!tsbpf_flood_ring.push({ number: before + 1n, cpu })) refused[cpu] += 1n;
  return XDP.PASS;
}

@xdp
function floodPerf(ctx: XdpContext): number {
  const cpu = bpf.getSmpProcessorId();
  const before = produced.get(cpu);
  if (before === undefined) return XDP.PASS;
  produced[cpu] += 1n;
  tsbpf_flood_perf.push(ctx, { number: before + 1n, cpu });
  return XDP.PASS;
}

@tracepoint('syscalls:sys_enter_getpriority')
function tsbpf_flood_call(ctx: { which: u64; who: u64 }): number {
  const cpu = bpf.getSmpProcessorId();
  state.calls += 1n;
  byCpu.increment(cpu, 1n);
  tsbpf_flood_ring.push({ number: state.calls, cpu });
  tsbpf_flood_perf.push(ctx, { number: state.calls, cpu });
  return 0;
}

export { floodPerf, floodRing, tsbpf_flood_call };
