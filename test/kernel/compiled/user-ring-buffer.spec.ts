/** Records from user space to programs. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { BpfMap } from '../../../runtime/maps/map.js';
import { testRun } from '../../../runtime/test-run.js';
import { describeKernel } from '../../support/kernel.js';
import { runModule, type Exports } from '../support/module.js';

const TEXT = `
interface Job { id: u32; amount: u64; name: CharArray<6> }
const jobs = new UserRingBuffer<Job>({ size: 4096 });
const numbers = new UserRingBuffer<u64>({ size: 4096 });
const sums = new HashMap<u32, u64>({ maxEntries: 16 });
const order = new Queue<u32>({ maxEntries: 1024 });

@xdp
function work(ctx: XdpContext): number {
  let longest = 0;
  const drained = jobs.drain((job) => {
    sums.increment(job.id, job.amount);
    order.push(job.id);
    if (job.name === 'stop') return true;
    if (job.name.length > longest) longest = job.name.length;
    return false;
  });
  return drained * 10 + longest;
}

@xdp
function add(): number {
  numbers.drain((value) => {
    sums.increment(99, value);
  });
  return 1;
}

export { jobs, numbers, sums, order, work, add };
`;

describeKernel('user ring buffers', { since: '6.1' }, () => {
  let module: Exports;
  beforeAll(async () => {
    module = await runModule(TEXT);
  });
  afterAll(() => {
    for (const item of Object.values(module ?? {})) if (typeof item.close === 'function') item.close();
  });
  beforeEach(() => {
    module['sums'].clear();
    while (module['order'].pop() !== undefined);
  });

  const run = (name: string) => testRun(module[name], { packet: Buffer.alloc(64) }).value;
  const received = () => {
    const ids: number[] = [];
    for (let id = module['order'].pop(); id !== undefined; id = module['order'].pop()) ids.push(id);
    return ids;
  };

  it('hands records to a program in their order', () => {
    const { jobs, sums } = module;
    expect(run('work')).toBe(0);
    for (const id of [3, 1, 2, 1]) expect(jobs.push({ id, amount: BigInt(id) * 10n ** 10n, name: 'abc' })).toBe(true);
    // A header of 8 bytes, and 24 of the struct.
    expect(jobs.pending).toBe(4 * 32);
    expect(run('work')).toBe(43);
    expect(received()).toEqual([3, 1, 2, 1]);
    expect(sums.get(1)).toBe(2n * 10n ** 10n);
    expect([jobs.pending, run('work')]).toEqual([0, 0]);
  });

  it('stops where the callback says so, and goes on there the next time', () => {
    const { jobs } = module;
    for (const [id, name] of ['a', 'stop', 'b'].entries()) jobs.push({ id, amount: 1n, name });
    expect([run('work'), received()]).toEqual([21, [0, 1]]);
    expect([run('work'), received()]).toEqual([11, [2]]);
  });

  it('says when it is full, writes nothing then, and goes round', () => {
    const { numbers, sums } = module;
    let total = 0n;
    for (let round = 0; round < 5; round++) {
      let pushed = 0;
      while (numbers.push(BigInt(pushed + round))) total += BigInt(pushed++ + round);
      expect(pushed).toBe(4096 / 16);
      expect(numbers.push(1n)).toBe(false);
      run('add');
    }
    expect(sums.get(99)).toBe(total);
  });

  it('keeps programs from what is reserved and everything behind it, until it is submitted or discarded', () => {
    const { jobs } = module;
    const first = jobs.reserve();
    const second = jobs.reserve();
    jobs.push({ id: 3, amount: 1n, name: 'c' });
    Object.assign(first, { id: 1, amount: 5n, name: 'first' });
    expect([run('work'), received()]).toEqual([0, []]);
    jobs.submit(first);
    expect([run('work'), received()]).toEqual([15, [1]]);
    jobs.discard(second);
    // What is discarded counts as read, as the kernel counts it.
    expect(received()).toEqual([]);
    run('work');
    expect(received()).toEqual([3]);
    expect(() => jobs.submit(first)).toThrow(expect.objectContaining({ code: 'TSBPF2169' }));
  });

  it('refuses what does not fit, and leaves the ring as it was', () => {
    const { jobs, numbers } = module;
    expect(() => jobs.push({ id: -1, amount: 1n, name: '' })).toThrow(/a record of 'jobs'\.id: -1 does not fit u32/);
    expect(() => jobs.push({ id: 1, amount: 1n, name: 'too long' })).toThrow(/'jobs'\.name: "too long" takes 8 bytes/);
    expect(jobs.pending).toBe(0);
    expect(() => numbers.reserve()).toThrow(expect.objectContaining({ code: 'TSBPF2168' }));
    expect(() => jobs.drain(() => {})).toThrow(expect.objectContaining({ code: 'TSBPF2005' }));
  });

  it('passes over records that are shorter than their type, of a writer that knows none', () => {
    using raw = BpfMap.open<any>(module['jobs'].fd);
    expect(raw.push(Uint8Array.of(1, 2, 3))).toBe(true);
    expect(() => raw.push(new Uint8Array(4090))).toThrow(expect.objectContaining({ code: 'TSBPF2167' }));
    expect([run('work'), received()]).toEqual([10, []]);
  });

  it('refuses to be used when it is closed, records that are reserved included', () => {
    using own = BpfMap.open<any>(module['numbers'].fd);
    own.push(new Uint8Array(8));
    run('add');
    own.close();
    expect(() => own.push(new Uint8Array(8))).toThrow(expect.objectContaining({ code: 'TSBPF2011' }));
    const { jobs } = module;
    const event = jobs.reserve();
    jobs.close();
    expect(() => (event.id = 5)).toThrow(expect.objectContaining({ code: 'TSBPF2011' }));
    expect(() => jobs.submit(event)).toThrow(expect.objectContaining({ code: 'TSBPF2011' }));
  });
});
