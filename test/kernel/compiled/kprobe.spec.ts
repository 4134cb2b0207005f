/** Kernel functions from TypeScript: what goes in, what comes out, of system calls and of others. */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { attach } from '../../../runtime/attach/attach.js';
import { syscallSymbol } from '../../../runtime/attach/kernel-symbols.js';
import { describeKernel } from '../../support/kernel.js';
import { runModule, type Exports } from '../support/module.js';

const TEXT = `
interface Open { thread: u64; directory: i32; flags: i32; mode: u32; path: CharArray<32>; command: CharArray<16> }
interface Call { directory: i32; path: CharArray<32>; flags: u64; mode: u64; resolve: u64 }
/** struct open_how of linux/openat2.h. */
interface OpenHow { flags: u64; mode: u64; resolve: u64 }

const opens = new RingBuffer<Open>({ size: 65536 });
const results = new Queue<i64>({ maxEntries: 64 });
const calls = new RingBuffer<Call>({ size: 65536 });
const masks = new HashMap<u32, u32>({ maxEntries: 16 });
const watched = shared<{ process: u32 }>({ process: 0 });

function isWatched(): boolean {
  return Number(bpf.getCurrentPidTgid() >> 32n) === watched.process;
}

@kprobe('sys_openat')
function onOpen(_ctx: PtRegs, directory: i32, path: u64, flags: i32, mode: u32) {
  if (!isWatched()) return;
  opens.push({
    thread: bpf.getCurrentPidTgid(),
    directory,
    flags,
    mode,
    path: bpf.probeReadUserStr<32>(path),
    command: bpf.getCurrentComm(),
  });
}

@kretprobe('sys_openat')
function onOpened(_ctx: PtRegs, result: i64) {
  if (isWatched()) results.push(result);
}

/** An ordinary function of the kernel, with a structure of the kernel's behind its last argument. */
const onOpenAt2 = kprobe('do_sys_openat2', (ctx: PtRegs, directory: i32, path: u64, how: u64) => {
  if (!isWatched()) return;
  const { flags, mode, resolve } = bpf.probeReadKernel<OpenHow>(how);
  if (ctx.parm2 !== path) return;
  calls.push({ directory, path: bpf.probeReadUserStr<32>(path), flags, mode, resolve });
});

class Masks {
  @kprobe('sys_umask')
  static onMask(_ctx: PtRegs, mask: u32) {
    if (isWatched()) masks.set(0, mask);
  }

  @kretprobe('sys_umask')
  static onOldMask(ctx: PtRegs) {
    if (isWatched()) masks.set(1, Number(ctx.ret));
  }
}

export { onOpen, onOpened, onOpenAt2, opens, results, calls, masks, watched, Masks };
`;

describeKernel('kprobes in TypeScript', { needs: ['kprobes'] }, () => {
  let module: Exports;

  beforeAll(async () => {
    module = await runModule(TEXT);
    module.watched.process = process.pid;
  });
  afterAll(() => {
    for (const name of ['onOpen', 'onOpened', 'onOpenAt2', 'opens', 'results', 'calls', 'masks'])
      module?.[name].close();
  });
  beforeEach(() => {
    while (module.results.pop() !== undefined);
  });

  const missingPath = '/nonexistent/tsbpf-å';
  /** asm-generic/fcntl.h, and AT_FDCWD of linux/fcntl.h; libuv adds O_CLOEXEC. */
  const [O_WRONLY, O_CREAT, O_EXCL, O_TRUNC] = [0o1, 0o100, 0o200, 0o1000];
  // asm/fcntl.h of each machine.
  const [O_CLOEXEC, O_LARGEFILE] = [0o2000000, process.arch === 'arm64' ? 0o400000 : 0o100000];
  const AT_FDCWD = -100;

  function tryOpen(path: string, flags = 'r'): void {
    expect(() => openSync(path, flags, 0o640)).toThrow('ENOENT');
  }

  it('have the arguments of a system call, and read the string that one points to', () => {
    const symbol = syscallSymbol('openat');
    using link = attach(module.onOpen);
    module.opens.read({ batch: true });
    // The C library hands a mode on only with O_CREAT.
    tryOpen(missingPath, 'wx');
    expect(link.target).toBe(`kprobe ${symbol}`);
    const thread = (BigInt(process.pid) << 32n) | BigInt(process.pid);
    const command = readFileSync('/proc/self/comm', 'utf8').trim();
    expect(module.opens.read({ batch: true })[0]).toEqual({
      thread,
      directory: AT_FDCWD,
      flags: O_WRONLY | O_CREAT | O_EXCL | O_TRUNC | O_CLOEXEC,
      mode: 0o640,
      path: missingPath,
      command,
    });
    link.close();
    module.opens.read({ batch: true });
    tryOpen(missingPath);
    expect(module.opens.read({ batch: true })).toEqual([]);
  });

  it('cut a string that is longer than its place, which keeps its NUL', () => {
    using link = attach(module.onOpen);
    const long = `/nonexistent/${'x'.repeat(100)}`;
    tryOpen(long);
    expect(link.closed).toBe(false);
    expect(module.opens.read({ batch: true })[0].path).toBe(long.slice(0, 31));
  });

  it('see what a system call returns: a descriptor, or a negative error', () => {
    using link = attach(module.onOpened);
    tryOpen(missingPath);
    const descriptor = openSync('/dev/null', 'r');
    link.close();
    expect(module.results.pop()).toBe(-2n);
    expect(module.results.pop()).toBe(BigInt(descriptor));
    closeSync(descriptor);
  });

  it('have the arguments of any function of the kernel, and read its structures', () => {
    using link = attach(module.onOpenAt2);
    tryOpen(missingPath);
    expect(link.target).toBe('kprobe do_sys_openat2');
    expect(module.calls.read({ batch: true })[0]).toEqual({
      directory: AT_FDCWD,
      path: missingPath,
      // The kernel adds O_LARGEFILE to what 64-bit programs ask; without O_CREAT there is no mode.
      flags: BigInt(O_CLOEXEC | O_LARGEFILE),
      mode: 0n,
      resolve: 0n,
    });
  });

  it('are static methods too, at entry and return of one call', () => {
    const old = process.umask();
    using entry = attach(module.Masks.onMask);
    using exit = attach(module.Masks.onOldMask);
    process.umask(0o027);
    expect([module.masks.get(0), module.masks.get(1)]).toEqual([0o027, old]);
    process.umask(old);
    expect([module.masks.get(0), module.masks.get(1)]).toEqual([old, 0o027]);
    expect([entry.closed, exit.closed]).toEqual([false, false]);
  });

  it('go to another function where `attach` says so', () => {
    using link = attach(module.Masks.onMask, { symbol: syscallSymbol('getpriority') });
    expect(link.target).toBe(`kprobe ${syscallSymbol('getpriority')}`);
  });
});
