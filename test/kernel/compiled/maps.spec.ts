/** Maps and shared data between programs in TypeScript and their user-space half. */
import { getPriority } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attach } from '../../../runtime/attach/attach.js';
import { onlineCpus } from '../../../runtime/events/cpus.js';
import { testRun } from '../../../runtime/test-run.js';
import { describeKernel } from '../../support/kernel.js';
import { systemCall } from '../../support/machine.js';
import { runModule, type Exports } from '../support/module.js';

/** What a program is asked is in the packet: the first 32 bits, and the second. */
const TEXT = `
interface Flow { address: be32; port: u16; protocol: u8; name: CharArray<6> }
interface Traffic { packets: u64; bytes: u32; last: FixedArray<u16, 3> }
interface Network { prefixlen: u32; address: be32 }

const flows = new HashMap<Flow, Traffic>({ maxEntries: 16 });
const networks = new LpmTrie<Network, u32>({ maxEntries: 16 });
const queue = new Queue<u32>({ maxEntries: 4 });
const stack = new Stack<Flow>({ maxEntries: 4 });
const recent = new LruHashMap<u32, u64>({ maxEntries: 64 });
const perCpu = new PerCpuArray<u64>({ maxEntries: 4 });
const perKey = new PerCpuHashMap<u32, Traffic>({ maxEntries: 4 });
const stacks = new StackTraceMap({ maxEntries: 64 });
const ids = new ArrayMap<i64>({ maxEntries: 2 });
const state = shared<State>({ runs: 5n, limit: 3, on: true, name: 'start', list: [1, 2, 3], inner: { port: 80 } });
const mine = shared.perCpu<{ runs: u64; last: u32 }>({ runs: 100n, last: 7 });
interface State { runs: u64; limit: u32; on: boolean; name: CharArray<8>; list: FixedArray<u16, 3>; inner: { port: u16 } }

@xdp({ minimumPacketSize: 14 })
function countFlow(ctx: XdpContext): number {
  const address = ctx.packet.getUint32(0);
  const key: Flow = { address, port: ctx.packet.getUint16(4), protocol: 17, name: 'abc' };
  const traffic = flows.getOrInsert(key, { packets: 0n, bytes: 0, last: [0, 0, 0] });
  traffic.packets += 1n;
  traffic.bytes += ctx.packet.byteLength;
  traffic.last[2] = traffic.last[1];
  traffic.last[1] = traffic.last[0];
  traffic.last[0] = key.port;
  return flows.has({ address, port: 0, protocol: 17, name: 'abc' }) ? 1 : 0;
}

@xdp({ minimumPacketSize: 14 })
function route(ctx: XdpContext): number {
  return networks.get({ prefixlen: 32, address: ctx.packet.getUint32(0) }) ?? 0;
}

/** Doubles what is in the queue; the stack gets what was there before. */
@xdp({ minimumPacketSize: 14 })
function move(ctx: XdpContext): number {
  const first = queue.peek();
  if (first === undefined) return 1000;
  const taken = queue.pop() ?? 0;
  queue.push(taken * 2);
  const pushed = stack.push({ address: taken, port: 1, protocol: 2, name: 'xyz' });
  return first === taken ? (pushed ? 1 : 2) : 3;
}

@xdp({ minimumPacketSize: 14 })
function remember(ctx: XdpContext): number {
  recent.set(ctx.packet.getUint32(0), 1n);
  perCpu[1] += 2n;
  perCpu.increment(2, 3n);
  const entry = perKey.getOrInsert(ctx.packet.getUint32(0) & 3, { packets: 0n, bytes: 0, last: [0, 0, 0] });
  entry.packets += 1n;
  return recent.has(ctx.packet.getUint32(0)) ? 1 : 0;
}

@xdp({ minimumPacketSize: 14 })
function useState(ctx: XdpContext): number {
  state.runs += 1n;
  mine.runs += 1n;
  mine.last = ctx.packet.getUint32(0);
  state.list[1] += 10;
  state.inner.port = state.limit;
  return state.on && state.name === 'start' ? 1 : 0;
}

@rawTracepoint('sys_enter')
function trace(ctx: RawArgs<2>): void {
  if (ctx.args[1] !== ${systemCall.getpriority}n || Number(bpf.getCurrentPidTgid() >> 32n) !== state.limit) return;
  ids.set(0, i64(stacks.getId(ctx)));
  ids.set(1, 1n);
}

export { countFlow, route, move, remember, useState, trace };
export { flows, networks, queue, stack, recent, perCpu, perKey, stacks, ids, state, mine };
`;

describeKernel('maps of programs in TypeScript', {}, () => {
  let module: Exports;

  beforeAll(async () => {
    module = await runModule(TEXT);
  });
  afterAll(() => {
    for (const item of Object.values(module ?? {})) if (typeof item.close === 'function') item.close();
  });

  function run(name: string, first = 0, second = 0): number {
    const packet = new Uint8Array(64);
    const view = new DataView(packet.buffer);
    view.setUint32(0, first);
    view.setUint16(4, second);
    return testRun(module[name], { packet }).value;
  }

  it('have structures as keys and values, alike in both halves', () => {
    const { flows } = module;
    const key = (port: number) => ({ address: 0x0a000001, port, protocol: 17, name: 'abc' });
    expect([run('countFlow', 0x0a000001, 80), run('countFlow', 0x0a000001, 80)]).toEqual([0, 0]);
    flows.set(key(0), { packets: 10n, bytes: 1, last: [7, 8, 9] });
    expect(run('countFlow', 0x0a000001, 0)).toBe(1);
    expect(flows.get(key(80))).toEqual({ packets: 2n, bytes: 128, last: [80, 80, 0] });
    expect(flows.get(key(0))).toEqual({ packets: 11n, bytes: 65, last: [0, 7, 8] });
    expect([...flows.keys()].sort((a, b) => a.port - b.port)).toEqual([key(0), key(80)]);
  });

  it('end a program with its default result where they are full', () => {
    for (let port = 1; port < 40; port++) run('countFlow', 1, port);
    expect(module.flows.size).toBe(16);
    expect(run('countFlow', 2, 1)).toBe(2);
  });

  it('find the longest prefix', () => {
    const network = (address: number, prefixlen: number) => ({ prefixlen, address });
    module.networks.set(network(0x0a000000, 8), 8).set(network(0x0a010000, 16), 16).set(network(0x0a010203, 32), 32);
    const found = [0x0a020304, 0x0a01ffff, 0x0a010203, 0x0b000000].map((address) => run('route', address));
    expect(found).toEqual([8, 16, 32, 0]);
  });

  it('are queues and stacks', () => {
    const { queue, stack } = module;
    expect(run('move')).toBe(1000);
    queue.push(5).push(6);
    expect([run('move'), run('move'), run('move')]).toEqual([1, 1, 1]);
    expect([queue.pop(), queue.pop(), queue.pop()]).toEqual([12, 20, undefined]);
    const flow = (address: number) => ({ address, port: 1, protocol: 2, name: 'xyz' });
    expect(stack.peek()).toEqual(flow(10));
    expect([stack.pop(), stack.pop(), stack.pop(), stack.pop()]).toEqual([flow(10), flow(6), flow(5), undefined]);
    queue.push(1);
    expect([run('move'), run('move'), run('move'), run('move'), run('move')]).toEqual([1, 1, 1, 1, 2]);
  });

  it('forget what was not used, and count for each CPU', () => {
    const { recent, perCpu, perKey } = module;
    for (let key = 0; key < 500; key++) expect(run('remember', key)).toBe(1);
    expect(recent.get(499)).toBe(1n);
    // Each CPU has a list of its own of what was not used, so that which these are hangs on where the program ran.
    const kept = Array.from({ length: 500 }, (_, key) => key).filter((key) => recent.has(key));
    expect(kept.length).toBeLessThanOrEqual(64);
    expect(kept).toHaveLength(recent.size);
    expect([perCpu.sum(0), perCpu.sum(1), perCpu.sum(2)]).toEqual([0n, 1000n, 1500n]);
    const packets = (key: number) => perKey.get(key).reduce((sum: bigint, entry: any) => sum + entry.packets, 0n);
    expect([0, 1, 2, 3].map(packets)).toEqual([125n, 125n, 125n, 125n]);
  });

  it('are structures that both halves share', () => {
    const { state, mine } = module;
    expect([run('useState', 9), run('useState', 9)]).toEqual([1, 1]);
    expect(state).toEqual({ runs: 7n, limit: 3, on: true, name: 'start', list: [1, 22, 3], inner: { port: 3 } });
    state.on = false;
    expect(run('useState', 11)).toBe(0);
    state.on = true;
    state.name = 'other';
    state.limit = 99;
    expect(run('useState', 12)).toBe(0);
    expect([state.inner.port, state.runs]).toEqual([99, 9n]);
    const all = [...mine] as { runs: bigint; last: number }[];
    expect(all.reduce((sum, { runs }) => sum + runs - 100n, 0n)).toBe(4n);
    expect(all.some(({ last }) => last === 12)).toBe(true);
    expect(all.length).toBeGreaterThanOrEqual(onlineCpus().length);
  });

  it('are call stacks', () => {
    module.state.limit = process.pid;
    using link = attach(module.trace);
    getPriority(process.pid);
    link.close();
    const id = module.ids.get(0);
    expect(module.ids.get(1)).toBe(1n);
    expect(id).toBeGreaterThanOrEqual(0n);
    const symbols = module.stacks.stack(id).map(({ symbol }: { symbol?: string }) => symbol);
    expect(symbols.join(' ')).toMatch(/syscall/);
  });
});
