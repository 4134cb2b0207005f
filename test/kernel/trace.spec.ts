/** `trace` and `compileC`, on the running kernel. */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { getPriority, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { tracefs } from '../../runtime/attach/tracefs.js';
import { compileC, testRun, trace, type Trace, type TraceEvent } from '../../runtime/index.js';
import { describeKernel } from '../support/kernel.js';
import { eventually } from './support/child.js';

const own = `pid === ${process.pid}`;
const open: Trace[] = [];

/** Events of this process, as they come. */
function watch(event: string, options: { filter?: string; return?: boolean } = {}): TraceEvent[] {
  const events: TraceEvent[] = [];
  open.push(trace(event, (happened) => events.push(happened), { filter: own, ...options }));
  return events;
}

afterEach(() => {
  for (const watched of open.splice(0)) watched.close();
});

describeKernel('trace', {}, () => {
  it('tells who calls what, with texts read', async () => {
    const events = watch('sys_openat');
    const file = path.join(tmpdir(), `tsbpf-trace-${process.pid}`);
    // Both clocks are CLOCK_MONOTONIC.
    const before = process.hrtime.bigint();
    writeFileSync(file, 'x');
    const after = process.hrtime.bigint();
    unlinkSync(file);
    const seen = () => events.find(({ args }) => args['filename'] === file);
    await eventually(() => seen() !== undefined, 'the open');
    expect(seen()!.timestamp).toBeGreaterThan(before);
    expect(seen()!.timestamp).toBeLessThan(after);
    const comm = spawnSync('cat', [`/proc/${process.pid}/comm`], { encoding: 'utf8' }).stdout.trim();
    expect(seen()).toMatchObject({ name: 'sys_openat', phase: 'entry', pid: process.pid, comm, missing: [] });
    expect([seen()!.uid, seen()!.gid]).toEqual([process.getuid!(), process.getgid!()]);
    // AT_FDCWD of fcntl.h.
    expect(seen()!.args['dfd']).toBe(-100);
    expect(seen()!.returned).toBeUndefined();
  });

  it('filters by texts, too', async () => {
    const comm = spawnSync('cat', [`/proc/${process.pid}/comm`], { encoding: 'utf8' }).stdout.trim();
    const events = watch('sys_openat', { filter: `${own} && comm === '${comm}' && filename.startsWith('/nowhere/b')` });
    expect(() => openSync('/nowhere/a', 'r')).toThrow('ENOENT');
    expect(() => openSync('/nowhere/b', 'r')).toThrow('ENOENT');
    await eventually(() => events.length > 0, 'the open');
    expect(events.map(({ args }) => args['filename'])).toEqual(['/nowhere/b']);
  });

  it('pairs calls with their returns', async () => {
    const events = watch('sys_read', { return: true, filter: `${own} && count === 12345n` });
    const file = openSync('/dev/zero', 'r');
    expect(readSync(file, Buffer.alloc(12_345))).toBe(12_345);
    closeSync(file);
    await eventually(() => events.length > 0, 'the read');
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ phase: 'return', returned: 12_345, args: { fd: file, count: 12_345n } });
    expect(events[0]!.duration).toBeGreaterThan(0n);
    expect(events[0]!.error).toBeUndefined();
  });

  it('names the error of a call that fails', async () => {
    const events = watch('sys_openat', { return: true });
    expect(() => openSync('/nowhere/at/all', 'r')).toThrow('ENOENT');
    const seen = () => events.find(({ args }) => args['filename'] === '/nowhere/at/all');
    await eventually(() => seen() !== undefined, 'the failed open');
    // ENOENT is 2 (errno.h).
    expect(seen()).toMatchObject({ returned: -2, error: 'ENOENT' });
  });

  it('calls back for begin and return, each its own', async () => {
    const phases: string[] = [];
    open.push(
      trace(
        'sys_close',
        { entry: ({ phase }) => phases.push(`${phase}`), return: ({ phase }) => phases.push(`${phase}!`) },
        { filter: `${own} && fd === 99999` },
      ),
    );
    expect(() => closeSync(99_999)).toThrow('EBADF');
    await eventually(() => phases.length === 2, 'both');
    expect(phases).toEqual(['entry', 'return!']);
  });

  it('has several callbacks for one event, of which each ends alone', async () => {
    const filter = `${own} && fd === 99998`;
    const [first, second] = [watch('sys_close', { filter }), watch('sys_close', { filter })];
    expect(() => closeSync(99_998)).toThrow('EBADF');
    await eventually(() => first.length === 1 && second.length === 1, 'both');
    open.shift()!.close();
    expect(() => closeSync(99_998)).toThrow('EBADF');
    await eventually(() => second.length === 2, 'the second');
    expect(first).toHaveLength(1);
  });

  it('reads socket addresses', async () => {
    const binds = watch('sys_bind');
    const connects = watch('sys_connect');
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const client = connect(port, '127.0.0.1');
    await once(client, 'connect');
    client.destroy();
    server.close();
    await eventually(() => binds.length > 0 && connects.length > 0, 'both');
    expect(binds[0]!.args['umyaddr']).toEqual({ family: 'AF_INET', address: '127.0.0.1', port: 0 });
    expect(connects[0]!.args['uservaddr']).toEqual({ family: 'AF_INET', address: '127.0.0.1', port });
  });

  it('reads the fields of tracepoints, with the texts behind them', async () => {
    const events = watch('sched:sched_process_exec', { filter: "filename === '/usr/bin/env'" });
    const { pid } = spawnSync('/usr/bin/env', ['true']);
    const seen = () => events.find((event) => event.args['pid'] === pid);
    await eventually(() => seen() !== undefined, 'the exec');
    expect(seen()).toMatchObject({ pid, phase: 'entry', args: { filename: '/usr/bin/env' }, missing: [] });
    expect(new Set(events.map(({ args }) => args['filename']))).toEqual(new Set(['/usr/bin/env']));
  });

  const described = [
    ['bytes behind its fields', 'ras:non_standard_event'],
    ['three arrays', 'ras:arm_event'],
    ['arrays of integers, and a boolean', 'dma:dma_map_sg'],
    ['a boolean', 'compaction:mm_compaction_begin'],
  ].filter(([, event]) => existsSync(`${tracefs()}/events/${event!.replace(':', '/')}/format`));
  it.each(described)('has nothing missing of an event with %s: %s', (_, event) => {
    using watched = trace(event!, () => undefined);
    expect(watched.missing).toEqual([]);
  });

  it('ends when it is closed, twice too', async () => {
    const events: TraceEvent[] = [];
    const watched = trace('sys_close', (event) => events.push(event), { filter: own });
    watched.close();
    watched.close();
    expect(watched.lost).toBe(0);
    expect(() => closeSync(99_999)).toThrow('EBADF');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(events).toEqual([]);
  });

  it.each<[string, () => unknown, object]>([
    ['a call that is none', () => trace('sys_opnat', () => undefined), { code: 'TSBPF2102', message: /sys_openat/ }],
    ['a tracepoint that is none', () => trace('sched:sched_swich', () => undefined), { message: /sched_switch/ }],
    [
      'a filter that is none',
      () => trace('sys_close', () => undefined, { filter: 'pd === 1' }),
      { code: 'TSBPF2040', message: /'pd'.*pid/s },
    ],
    ['a filter that is cut', () => trace('sys_close', () => undefined, { filter: 'pid ===' }), { code: 'TSBPF2040' }],
    ['no callback', () => trace('sys_close', {}), { code: 'TSBPF2042' }],
    ['a return of a tracepoint', () => trace('sched:sched_switch', { return: () => undefined }), { code: 'TSBPF2043' }],
  ])('says what is wrong: %s', (_, run, expected) => {
    const { message, ...rest } = expected as { message?: RegExp };
    expect(run).toThrow(
      expect.objectContaining({ ...rest, ...(message && { message: expect.stringMatching(message) }) }),
    );
  });
});

describeKernel('trace of kernel functions', { needs: ['kprobes'] }, () => {
  it('has the arguments by the names that the BTF gives, and the returned value', async () => {
    // int vfs_fsync_range(struct file *file, loff_t start, loff_t end, int datasync), linux/fs.h.
    const events = watch('vfs_fsync_range', { return: true });
    const file = path.join(tmpdir(), `tsbpf-trace-${process.pid}`);
    writeFileSync(file, 'x', { flush: true } as object);
    unlinkSync(file);
    await eventually(() => events.length > 0, 'the call');
    expect(Object.keys(events[0]!.args)).toEqual(['file', 'start', 'end', 'datasync']);
    expect(events[0]).toMatchObject({ phase: 'return', returned: 0, args: { start: 0n, datasync: 0 } });
  });
});

describeKernel('trace of a system call that the kernel does not describe', { needs: ['kprobes'] }, () => {
  it('tells when, who and what, and what is missing', async () => {
    // The description is hidden from the child alone, which has a mount namespace of its own.
    const description = `${tracefs()}/events/syscalls/sys_enter_getpriority`;
    const command = path.resolve(import.meta.dirname, '../../dist/cli/main.js');
    const parameters = `trace sys_getpriority --return --json --count 1 --filter 'pid === ${process.pid}'`;
    const script = `mount -t tmpfs none ${description} && exec "$0" ${command} ${parameters}`;
    const child = spawn('unshare', ['-m', 'sh', '-c', script, process.execPath]);
    let [printed, said] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const ended = once(child, 'close');
    const calling = setInterval(() => getPriority(), 20);
    expect(await ended).toEqual([0, null]);
    clearInterval(calling);
    const missing = 'arguments: tracefs has no readable description of syscalls:sys_enter_getpriority';
    expect(said).toBe(`not read: ${missing}\n`);
    const event = JSON.parse(printed) as Record<string, unknown>;
    expect(event).toMatchObject({
      name: 'sys_getpriority',
      phase: 'return',
      pid: process.pid,
      args: {},
      missing: [missing],
    });
    expect(BigInt(event['timestamp'] as string)).toBeGreaterThan(0n);
    // The kernel returns 20 - nice, so that no result is negative (getpriority(2)).
    expect(event['returned']).toBe(20 - getPriority());
  }, 120_000);
});

describeKernel('compileC', {}, () => {
  it('compiles and loads', () => {
    using object = compileC(`#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int length(struct xdp_md *ctx) { return ctx->data_end - ctx->data; }`);
    expect(testRun(object.programs['length']!, { packet: new Uint8Array(77) }).value).toBe(77);
  });

  it('knows where this machine has the arguments of functions', () => {
    // Without the name of the machine, bpf_tracing.h has no PT_REGS_PARM1.
    using probes = compileC(`#include <linux/bpf.h>
      #include <linux/ptrace.h>
      #include <bpf/bpf_helpers.h>
      #include <bpf/bpf_tracing.h>
      SEC("kprobe/sys_close") int BPF_KPROBE(on_close, int fd) { return fd; }`);
    expect(Object.keys(probes.programs)).toEqual(['on_close']);
  });

  it('says what clang says', () => {
    expect(() => compileC('int f( {')).toThrow(expect.objectContaining({ code: 'TSBPF2044' }));
    expect(() => compileC('int f( {')).toThrow(/<stdin>:1:8: error/);
  });
});
