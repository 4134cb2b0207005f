/** What the transform writes, as it would: maps, constants and shared variables bound to objects, on the running kernel. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ArrayOfMaps,
  HashMap,
  loadObject,
  PermissionError,
  PerCpuArray,
  ProgramArray,
  shared,
  StackTraceMap,
  testRun,
  UnsupportedFeatureError,
  VerifierError,
} from '../../runtime/index.js';
import type { u32, u64 } from '../../runtime/index.js';
import { createModule, type Module } from '../../runtime/module.js';
import { possibleCpus } from '../../runtime/native/libbpf.js';
import { describeKernel } from '../support/kernel.js';
import { compileC } from './support/object.js';
import { machineHeaders } from '../support/machine.js';

const source = `
struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, __u32); __type(value, __u64); __uint(max_entries, 8); } closes SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, __u32); __type(value, __u64); __uint(max_entries, 8); } unused SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_STACK_TRACE); __uint(key_size, 4); __uint(value_size, 1016); __uint(max_entries, 8); } stacks SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(key_size, 4); __uint(value_size, 4); __uint(max_entries, 2); } jumps SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS); __uint(key_size, 4); __uint(max_entries, 2);
  __array(values, struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, __u32); __type(value, __u64); __uint(max_entries, 8); });
} outer SEC(".maps");
struct state { __u64 packets; __u32 limit; struct { __u16 port; __u8 mac[2]; } nested; __u32 list[3]; _Bool on; };
struct state state SEC(".data.state");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(map_flags, BPF_F_MMAPABLE); __type(key, __u32); __type(value, struct state); __uint(max_entries, 256); } own SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __type(key, __u32); __type(value, struct state); __uint(max_entries, 1); } each SEC(".maps");
volatile const __u64 threshold;
volatile const __u32 answer;

SEC("socket") int count(struct __sk_buff *skb) {
  __u32 key = skb->mark;
  __u64 one = 1, *value = bpf_map_lookup_elem(&closes, &key);
  if (value) __sync_fetch_and_add(value, 1);
  else bpf_map_update_elem(&closes, &key, &one, BPF_ANY);
  state.packets += 1;
  state.list[1] = state.limit;
  return answer;
}
SEC("xdp") int grow(struct xdp_md *ctx) {
  __u8 *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
  if (data + 14 > end) return XDP_ABORTED;
  data[0] = 0xff;
  return threshold > 1000 ? XDP_TX : XDP_PASS;
}
SEC("tc") int first_byte(struct __sk_buff *skb) { __u8 b[2] = {}; bpf_skb_load_bytes(skb, 0, b, 2); return b[0] << 8 | b[1]; }
SEC("socket") int filter_bytes(struct __sk_buff *skb) {
  __u8 b[2] = {}; bpf_skb_load_bytes(skb, 0, b, 2); return b[0] << 24 | b[1] << 16 | skb->len;
}
SEC("socket") int protocol(struct __sk_buff *skb) { return __builtin_bswap16(skb->protocol); }
SEC("tc") int per_cpu(struct __sk_buff *skb) {
  __u32 cpu = bpf_get_smp_processor_id(); struct state *mine = bpf_map_lookup_elem(&own, &cpu);
  if (!mine) return 0;
  mine->packets += mine->limit;
  return 1;
}
SEC("socket") int jump(struct __sk_buff *skb) { bpf_tail_call(skb, &jumps, 0); return 1; }
SEC("socket") int inner(struct __sk_buff *skb) {
  __u32 zero = 0, key = 5; void *map = bpf_map_lookup_elem(&outer, &zero);
  if (!map) return 1;
  __u64 *value = bpf_map_lookup_elem(map, &key);
  return value ? *value : 2;
}
SEC("raw_tp/sched_switch") int raw(struct bpf_raw_tracepoint_args *ctx) { return ctx->args[0] + ctx->args[1]; }
SEC("raw_tp/sched_switch") int stack(void *ctx) { return bpf_get_stackid(ctx, &stacks, 0); }
SEC("tracepoint/syscalls/sys_enter_openat") int traced(void *ctx) { return bpf_get_stackid(ctx, &stacks, 0); }
`;

const object = Buffer.from(compileC(source)).toString('base64');
/** The line that the verifier refuses is the seventh. */
const refused = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, int); __type(value, int); __uint(max_entries, 8); } counts SEC(".maps");
SEC("socket") int broken(struct __sk_buff *skb) {
  int key = 0;
  int *value = bpf_map_lookup_elem(&counts, &key);
  return *value;
}
char _license[] SEC("license") = "GPL";
`;

function failureOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

interface State {
  packets: u64;
  limit: u32;
  nested: { port: number; mac: Uint8Array };
  list: number[];
  on: boolean;
}

const initial = (): State => ({
  packets: 5n,
  limit: 9,
  nested: { port: 80, mac: Uint8Array.of(1, 2) },
  list: [1, 2, 3],
  on: true,
});

function moduleOf(maps: Record<string, () => unknown>): Module {
  return createModule({ url: 'file:///project/app.ts', object, maps });
}

const packet = Uint8Array.from({ length: 64 }, (_, index) => index + 1);

describeKernel('a module', {}, () => {
  it('binds a map to its programs, and to those of another object', () => {
    const first: Module = moduleOf({ closes: () => closes, state: () => state });
    const closes = new HashMap<u32, u64>({ maxEntries: 100 }, first.map('closes'));
    const state = shared(initial(), first.shared('state'));
    using program = first.program('count', { constants: () => ({ answer: 42 }) });
    expect(program.section).toBe('socket');
    expect(program.loaded).toBe(false);
    expect(testRun(program, { packet, context: { mark: 7 } }).value).toBe(42);
    expect(closes.get(7)).toBe(1n);
    closes.set(7, 10n);

    const second = moduleOf({ closes: () => closes, state: () => state });
    using other = second.program('count', { constants: () => ({ answer: 43 }) });
    expect(testRun(other, { packet, context: { mark: 7 }, repeat: 5 }).value).toBe(43);
    expect(closes.get(7)).toBe(15n);
    expect(state.packets).toBe(11n);
    closes.setBatch(Array.from({ length: 99 }, (_, key) => [key + 100, 0n] as const));
    expect(closes.size).toBe(100);
    closes.close();
  });

  it('uses a map that user space created first, with the entries known only at run time', () => {
    const module: Module = moduleOf({ closes: () => closes, state: () => state });
    const closes = new HashMap<u32, u64>({ maxEntries: 2 }, module.map('closes'));
    const state = shared(initial(), module.shared('state'));
    closes.set(1, 1n).set(2, 2n);
    expect(() => closes.set(3, 3n)).toThrow(expect.objectContaining({ code: 'E2BIG' }));
    using program = module.program('count', { constants: () => ({}) });
    testRun(program, { packet, context: { mark: 1 } });
    expect(closes.get(1)).toBe(2n);
    closes.close();
  });

  it('reads and writes shared variables as memory, before and after the load', () => {
    const module: Module = moduleOf({ closes: () => closes, state: () => state });
    const closes = new HashMap<u32, u64>({}, module.map('closes'));
    const state = shared(initial(), module.shared('state'));
    expect(state.packets).toBe(5n);
    expect({ ...state, nested: { ...state.nested }, list: [...state.list] }).toEqual(initial());
    state.limit = 77;
    const { nested, list } = state;
    using program = module.program('count', { constants: () => ({ answer: 1 }) });
    testRun(program, { packet });
    expect(state.packets).toBe(6n);
    expect(list[1]).toBe(77);
    state.packets += 100n;
    nested.port = 443;
    list[0] = 4;
    state.limit = 1;
    testRun(program, { packet });
    expect([state.packets, state.nested.port, [...state.list]]).toEqual([107n, 443, [4, 1, 3]]);
    expect([...state.nested.mac]).toEqual([1, 2]);
    expect(() => (state.limit = -1)).toThrow('state.limit: -1 does not fit u32');
    expect(() => (list[0] = 2 ** 32)).toThrow('state.list[0]: 4294967296 does not fit u32');
    closes.close();
  });

  it('gives each CPU its own shared variables', () => {
    const module: Module = moduleOf({ own: () => own });
    const own = shared.perCpu(initial(), module.shared('own'));
    using program = module.program('per_cpu');
    expect(testRun(program, { packet, repeat: 3 }).value).toBe(1);
    expect(own).toHaveLength(possibleCpus());
    const sum = own.map(({ packets }) => packets).reduce((a, b) => a + b);
    expect(sum).toBe(5n * BigInt(possibleCpus()) + 27n);
    own[0]!.packets = 1000n;
    expect(own[0]!.packets).toBe(1000n);
  });

  it('fills in load constants by name, as wide as they are', () => {
    const module = moduleOf({});
    using low = module.program('grow', { constants: () => ({ threshold: 1000n, answer: 0 }) });
    using high = module.program('grow', { constants: () => ({ threshold: 2n ** 40n }) });
    expect([testRun(low, { packet }).value, testRun(high, { packet }).value]).toEqual([2, 3]);
    const bad = module.program('grow', { constants: () => ({ answer: 2 ** 32 }) });
    expect(() => bad.load()).toThrow('answer: 4294967296 does not fit u32');
    const unknown = module.program('grow', { constants: () => ({ nothing: 1 }) });
    expect(() => unknown.load()).toThrow("no variable for the constant 'nothing'");
  });

  it('creates a map with flags known only at run time', () => {
    const module = moduleOf({});
    // BPF_F_NO_PREALLOC, and BPF_F_WRONLY, with which user space may not read.
    using map = new HashMap<u32, u64>({ flags: 1 | 16 }, module.map('closes'));
    map.set(1, 1n);
    expect(() => map.get(1)).toThrow(expect.objectContaining({ code: 'EPERM' }));
  });

  it('says that a map is declared below the load', () => {
    const module = moduleOf({
      closes: () => {
        throw new ReferenceError("Cannot access 'closes' before initialization");
      },
    });
    expect(() => module.program('count').load()).toThrow("Attach it below the declaration of 'closes'.");
    // A program that does not use the map does not mind.
    using program = module.program('first_byte');
    expect(testRun(program, { packet }).value).toBe(0x0102);
  });

  it('names the programs that there are', () => {
    expect(() => moduleOf({}).program('missing').load()).toThrow(/no program 'missing'; it has: .*count/);
  });

  it('refuses to load what was closed', () => {
    const program = moduleOf({}).program('first_byte');
    program.load().close();
    program.close();
    expect(() => program.fd).toThrow("Program 'first_byte' is closed.");
  });
});

describeKernel('a refused program', {}, () => {
  it('is told at its line, with the verifier’s words and log', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-refused-'));
    try {
      const file = path.join(folder, 'refused.c');
      writeFileSync(file, refused);
      const flags = ['-target', 'bpf', '-O2', '-g', machineHeaders, '-c', 'refused.c', '-o', 'refused.o'];
      expect(spawnSync('clang-19', flags, { cwd: folder }).status).toBe(0);
      using loaded = loadObject(path.join(folder, 'refused.o'));
      const error = failureOf(() => loaded.programs['broken']!.load()) as VerifierError;
      expect(error).toBeInstanceOf(VerifierError);
      expect(error).toMatchObject({
        program: 'broken',
        code: 'EACCES',
        summary: expect.stringContaining('map_value_or_null'),
        sourceLine: expect.stringMatching(/refused\.c:7(:\d+)?$/),
        sourceText: expect.stringContaining('return *value;'),
        log: expect.stringContaining('processed'),
      });
      expect(error.message).toMatch(/^.*refused\.c:7.*the kernel's verifier refused program 'broken': R\d/);
      expect(error.message).toContain('may be undefined here');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describeKernel('without privilege', {}, () => {
  /** Runs with the effective rights of nobody. */
  function asNobody<T>(run: () => T): T {
    process.seteuid!(65534);
    try {
      return run();
    } finally {
      process.seteuid!(0);
    }
  }

  it('says what is lacking and who may', () => {
    const module = moduleOf({});
    const closes = new HashMap<u32, u64>({}, module.map('closes'));
    for (const attempt of [() => module.program('grow').load(), () => closes.get(1)]) {
      const error = asNobody(() => failureOf(attempt)) as PermissionError;
      expect(error).toBeInstanceOf(PermissionError);
      expect(error).toMatchObject({ code: 'EPERM', hint: expect.stringContaining('Run as root') });
    }
    // What failed for lack of privilege works once it is there.
    expect(closes.get(1)).toBeUndefined();
    closes.close();
  });
});

describeKernel('testRun', {}, () => {
  it('shows the packet from its first byte on, to every type', () => {
    const module = moduleOf({});
    using tc = module.program('first_byte');
    using filter = module.program('filter_bytes');
    using xdp = module.program('grow');
    expect(testRun(tc, { packet }).value).toBe(0x0102);
    expect(testRun(filter, { packet })).toMatchObject({ value: 0x01020000 + 64, packet });
    const { value, packet: after, duration } = testRun(xdp, { packet, repeat: 10 });
    expect(value).toBe(2);
    expect([after[0], after[1], after.length]).toEqual([0xff, 2, 64]);
    expect(duration).toBeGreaterThan(0);
  });

  it('gives a socket filter the protocol of its packet', () => {
    using program = moduleOf({}).program('protocol');
    expect(
      testRun(program, { packet: Uint8Array.from([...packet.subarray(0, 12), 0x08, 0x00, ...packet]) }).value,
    ).toBe(0x0800);
  });

  it('runs raw tracepoints on arguments', () => {
    using program = moduleOf({}).program('raw');
    expect(testRun(program, { context: { args: [40n, 2n] } }).value).toBe(42);
  });

  it('says what it cannot do', () => {
    const module: Module = moduleOf({ stacks: () => stacks });
    const stacks = new StackTraceMap({}, module.map('stacks'));
    using traced = module.program('traced');
    expect(() => testRun(traced)).toThrow(UnsupportedFeatureError);
    using tc = module.program('first_byte');
    expect(() => testRun(tc, { packet: new Uint8Array(13) })).toThrow('at least 14 bytes, not 13');
    expect(() => testRun(tc, { packet, context: { marc: 1 } })).toThrow("no field 'marc'");
    expect(() => testRun(tc, { packet, repeat: 0 })).toThrow('cannot be run 0 times');
    expect(() => testRun(() => 0)).toThrow(expect.objectContaining({ hint: expect.stringContaining('tsbpf run') }));
    stacks.close();
  });
});

describeKernel('maps of descriptors', {}, () => {
  it('jumps to a program of an array', () => {
    const module: Module = moduleOf({ jumps: () => jumps });
    const jumps = new ProgramArray({}, module.map('jumps'));
    using jump = module.program('jump');
    using target = module.program('filter_bytes');
    expect(testRun(jump, { packet }).value).toBe(1);
    jumps.set(0, target);
    expect(testRun(jump, { packet }).value).toBe(0x01020000 + 64);
    expect(jumps.get(0)).toBeGreaterThan(0);
    expect([jumps.delete(0), jumps.get(0)]).toEqual([true, undefined]);
    jumps.close();
  });

  it('names the calls of a stack', () => {
    const module: Module = moduleOf({ stacks: () => stacks });
    const stacks = new StackTraceMap({}, module.map('stacks'));
    using program = module.program('stack');
    const id = testRun(program, { context: { args: [] } }).value;
    const frames = stacks.stack(id);
    expect(frames.map(({ symbol }) => symbol)).toContainEqual(expect.stringMatching(/_sys_bpf$/));
    expect(frames.every(({ address }) => address >= 1n << 63n)).toBe(true);
    expect([stacks.stack(-14), stacks.stack((id + 1) % 8)]).toEqual([[], []]);
    expect(() => stacks.getId({})).toThrow('StackTraceMap.getId runs in the kernel only.');
    stacks.close();
  });

  it('finds maps in maps', () => {
    const module: Module = moduleOf({ outer: () => outer, closes: () => inner });
    const outer = new ArrayOfMaps<HashMap<u32, u64>>({}, module.map('outer'));
    const inner = new HashMap<u32, u64>({}, module.map('closes'));
    using program = module.program('inner');
    expect(testRun(program, { packet }).value).toBe(1);
    outer.set(0, inner);
    expect(testRun(program, { packet }).value).toBe(2);
    inner.set(5, 55n);
    expect(testRun(program, { packet }).value).toBe(55);
    using again = outer.get(0)!;
    expect(again.get(5)).toBe(55n);
    expect(outer.get(1)).toBeUndefined();
    outer.close();
    inner.close();
  });
});

describeKernel('loadObject', {}, () => {
  it('takes programs and maps of others, with the variables they share', () => {
    using loaded = loadObject(
      compileC(`
        __u64 total;
        struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, __u32); __type(value, __u64); __uint(max_entries, 8); } seen SEC(".maps");
        SEC("xdp") int add(void *ctx) { __u32 key = 1; total += 2; bpf_map_update_elem(&seen, &key, &total, 0); return 2; }
        SEC("xdp") int read(void *ctx) { return total; }`),
    );
    expect(Object.keys(loaded.programs)).toEqual(['add', 'read']);
    testRun(loaded.programs['add']!, { packet, repeat: 3 });
    expect(loaded.maps['seen']!.get(1)).toBe(6n);
    expect(testRun(loaded.programs['read']!, { packet }).value).toBe(6);
  });

  it('decodes by the BTF of the object, and opens pinned maps by that of the kernel', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-object-'));
    try {
      const file = path.join(folder, 'own.o');
      writeFileSync(file, Buffer.from(object, 'base64'));
      using loaded = loadObject(file);
      const each = loaded.maps['each'] as unknown as PerCpuArray<State>;
      each.set(0, Array(possibleCpus()).fill(initial()));
      expect(each.get(0)?.[0]).toEqual(initial());
      expect(HashMap.fromId(each.id).get(0)?.[0]).toEqual(initial());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('loadObject', () => {
  it('refuses what is no object before libbpf sees it', () => {
    expect(() => loadObject(Buffer.from('hello'))).toThrow(expect.objectContaining({ code: 'TSBPF2028' }));
    expect(() => loadObject(Buffer.from(object, 'base64').subarray(0, 4000))).toThrow('is no sound BPF object');
    expect(() => loadObject('/nowhere/x.o')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });
});
