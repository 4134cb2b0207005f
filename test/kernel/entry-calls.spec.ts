/** Single entries of maps: by bpf(2) itself and by libbpf, which have to do the same. */
import { arch } from 'node:process';
import { constants } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BpfMap, Record, type KeyedMap } from '../../runtime/index.js';
import { directCalls, EntryMemory, libbpfCalls, type EntryCalls } from '../../runtime/native/bpf.js';
import { fixedSystemCalls } from '../../runtime/native/system-call.js';
import { describeKernel } from '../support/kernel.js';

const { ENOENT, EEXIST, EBADF, EINVAL } = constants.errno;
const NOEXIST = 1;

describeKernel('single entries of maps', {}, () => {
  let map: KeyedMap<number, bigint>;
  beforeAll(() => {
    map = BpfMap.create({ type: 'hash', key: new Record('I'), value: new Record('Q'), maxEntries: 8 });
    void map.fd;
  });
  afterAll(() => map.close());

  const ways: readonly (readonly [string, () => EntryCalls | undefined])[] = [
    ['libbpf', libbpfCalls],
    ...(arch === 'x64' ? ([['bpf(2)', directCalls]] as const) : []),
  ];

  it.each(ways)('are read, written and deleted by %s', (_, make) => {
    const calls = make();
    expect(calls).toBeDefined();
    const [one, two] = [new EntryMemory(4, 8, calls), new EntryMemory(4, 8, calls)];
    one.u32[0] = 7;
    two.u32[0] = 8;
    expect(one.lookup(map.fd)).toBe(-ENOENT);
    one.u64[one.value / 8] = 0xfedcba9876543210n;
    two.u64[two.value / 8] = 5n;
    expect(one.update(map.fd, NOEXIST)).toBe(0);
    expect(two.update(map.fd, 0)).toBe(0);
    expect(one.update(map.fd, NOEXIST)).toBe(-EEXIST);
    expect(one.lookup(map.fd)).toBe(0);
    expect(one.u64[one.found / 8]).toBe(0xfedcba9876543210n);
    expect(two.lookup(map.fd)).toBe(0);
    expect(two.u64[two.found / 8]).toBe(5n);
    expect(map.get(7)).toBe(0xfedcba9876543210n);
    // A flag above 2^32 that the kernel does not know.
    expect(one.update(map.fd, 2 ** 40)).toBe(-EINVAL);
    expect([one.remove(map.fd), one.remove(map.fd), two.remove(map.fd)]).toEqual([0, -ENOENT, 0]);
    expect(one.lookup(1_000_000)).toBe(-EBADF);
    expect(map.size).toBe(0);
  });

  it.runIf(arch === 'x64')('give what the kernel gives', () => {
    // getpid(2), and a number that no system call has.
    const [pid] = fixedSystemCalls([{ number: 39, first: 0, second: 0n, third: 0 }])!;
    expect(pid!()).toBe(process.pid);
    const [unknown] = fixedSystemCalls([{ number: 4095, first: 0, second: 0n, third: 0 }])!;
    expect(unknown!()).toBe(-constants.errno.ENOSYS);
  });
});
