/** XDP over a veth pair: every mode that it has, one program an interface, gone with the process unless pinned. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attach } from '../../runtime/attach/attach.js';
import { attachXdp, detachXdp } from '../../runtime/attach/xdp.js';
import { describeKernel } from '../support/kernel.js';
import { Child, eventually } from './support/child.js';
import { command, Veth } from './support/network.js';
import { loadC, type TestObject } from './support/object.js';

const SOURCE = `
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); } counts SEC(".maps");
SEC("xdp") int tsbpf_count(struct xdp_md *ctx) {
  __u8 *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
  __u32 key = 0;
  if (data + 38 > end || data[23] != 17 || data[36] != 0 || data[37] != 9) return XDP_PASS;
  __u64 *count = bpf_map_lookup_elem(&counts, &key);
  if (count) __sync_fetch_and_add(count, 1);
  return XDP_PASS;
}
SEC("xdp") int tsbpf_other(struct xdp_md *ctx) { return XDP_PASS; }
SEC("tc") int tsbpf_tc(struct __sk_buff *skb) { return TC_ACT_OK; }`;

describeKernel('XDP', { since: '5.9' }, () => {
  let veth: Veth;
  let object: TestObject;

  beforeAll(() => {
    veth = new Veth();
    object = loadC(SOURCE);
  });
  afterAll(() => {
    object?.[Symbol.dispose]();
    veth?.[Symbol.dispose]();
  });

  const link = () => command('ip', '-details', 'link', 'show', 'dev', veth.name);

  function counted(): number {
    const before = object.count('counts');
    veth.sendIn(6, 9);
    return object.count('counts') - before;
  }

  it('sees packets in generic, native and automatic mode, until it is closed', () => {
    for (const [mode, shown] of [
      ['generic', 'xdpgeneric'],
      ['native', 'xdp'],
      ['auto', 'xdp'],
    ] as const) {
      using attached = attachXdp(object.program('tsbpf_count'), { interface: veth.name, mode });
      expect(link()).toMatch(new RegExp(` mtu \\d+ ${shown} `));
      expect(counted()).toBe(6);
      attached.close();
      attached.close();
      expect(link()).not.toContain('xdp');
      expect(counted()).toBe(0);
    }
  });

  it('says which mode the kernel chose', () => {
    const modes = (['generic', 'native', 'auto'] as const).map((mode) => {
      using attached = attachXdp(object.program('tsbpf_count'), { interface: veth.name, mode });
      return attached.mode;
    });
    expect(modes).toEqual(['generic', 'native', 'native']);
    using onLoopback = attachXdp(object.program('tsbpf_other'), { interface: 'lo' });
    expect(onLoopback.mode).toBe('generic');
  });

  it('is replaced by another program, and by none of another type', () => {
    using attached = attachXdp(object.program('tsbpf_other'), { interface: veth.name });
    expect(counted()).toBe(0);
    attached.replace(object.program('tsbpf_count'));
    expect(counted()).toBe(6);
    expect(() => attached.replace(object.program('tsbpf_tc'))).toThrow(/replace the program at 'xdp of .*EINVAL/);
    expect(counted()).toBe(6);
  });

  it('stays by a pin, until that is removed', () => {
    const path = `/sys/fs/bpf/${veth.name}`;
    const attached = attachXdp(object.program('tsbpf_count'), { interface: veth.name });
    expect(() => attached.pin('/tmp/no-bpf-file-system')).toThrow(
      /pin link at .*Links are pinned on a BPF file system/,
    );
    attached.pin(path);
    try {
      expect(() => attached.pin(path)).toThrow(expect.objectContaining({ code: 'EEXIST' }));
      attached.close();
      expect(counted()).toBe(6);
    } finally {
      attached.unpin(path);
    }
    expect(link()).not.toContain('xdp');
    expect(() => attached.unpin(path)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });

  it('is installed twice as if it were once, where it is left behind', () => {
    for (const mode of ['auto', 'generic'] as const) {
      const options = { interface: veth.name, mode, pinned: true };
      const first = attachXdp(object.program('tsbpf_count'), options);
      const [before] = shown();
      const second = attachXdp(object.program('tsbpf_count'), options);
      expect([first.mode, second.mode]).toEqual(mode === 'auto' ? ['native', 'native'] : ['generic', 'generic']);
      using fresh = loadC(SOURCE);
      attachXdp(fresh.program('tsbpf_count'), options);
      expect(shown()).toHaveLength(1);
      expect(shown()[0]).not.toBe(before);
      expect(() => attachXdp(object.program('tsbpf_other'), options)).toThrow(/has an XDP program already/);
      expect(detachXdp(veth.name)).toBe(true);
    }
  });

  /** The numbers of the programs that bpftool sees on the interface. */
  function shown(): number[] {
    const [{ xdp = [] } = {}] = JSON.parse(command('bpftool', '-j', 'net', 'show', 'dev', veth.name)) as {
      xdp?: { id: number }[];
    }[];
    return xdp.map(({ id }) => id);
  }

  it('is attached by `attach` too', () => {
    using attached = attach(object.program('tsbpf_count'), { interface: veth.name, mode: 'generic' });
    expect(counted()).toBe(6);
    expect(attached.target).toBe(`xdp of ${veth.name}`);
  });

  it('says which program holds the interface', () => {
    using first = attachXdp(object.program('tsbpf_count'), { interface: veth.name });
    expect(first.closed).toBe(false);
    for (const pinned of [false, true]) {
      expect(() => attachXdp(object.program('tsbpf_other'), { interface: veth.name, pinned })).toThrow(
        /has an XDP program already: program \d+ \('tsbpf_count'\)\. .*detachXdp/,
      );
    }
    expect(counted()).toBe(6);
  });

  it('stays when pinned, until somebody detaches it', () => {
    attachXdp(object.program('tsbpf_count'), { interface: veth.name, mode: 'generic', pinned: true }).close();
    expect(counted()).toBe(6);
    expect(detachXdp(veth.name)).toBe(true);
    expect(counted()).toBe(0);
    expect(detachXdp(veth.name)).toBe(false);
  });

  it('is detached also where another process holds it', async () => {
    using child = holder({});
    await child.printed('attached');
    expect(link()).toContain('xdp');
    expect(detachXdp(veth.name)).toBe(true);
    expect(link()).not.toContain('xdp');
  });

  it('goes with a process that is killed, and stays only if pinned', async () => {
    for (const pinned of [false, true]) {
      using child = holder({ pinned });
      await child.printed('attached');
      expect(counted()).toBe(6);
      child.process.kill('SIGKILL');
      expect((await child.ended).signal).toBe('SIGKILL');
      if (pinned) {
        expect(counted()).toBe(6);
        expect(detachXdp(veth.name)).toBe(true);
      } else {
        await eventually(() => !link().includes('xdp'), 'nothing attached');
      }
      expect(counted()).toBe(0);
    }
  });

  it('refuses what is not there', () => {
    const count = object.program('tsbpf_count');
    expect(() => attachXdp(count, { interface: 'nosuch0' })).toThrow(/no network interface 'nosuch0'.* There are: /);
    expect(() => attachXdp(count, { interface: veth.name, mode: 'fast' as 'auto' })).toThrow(/no XDP mode 'fast'/);
    expect(() => attachXdp(count, { interface: 'lo', mode: 'native' })).toThrow(
      /no support for XDP in native mode on 'lo'/,
    );
  });

  function holder(options: object): Child {
    const programs = JSON.parse(command('bpftool', '-j', 'prog', 'show')) as { id: number; name?: string }[];
    return new Child(
      `const { attachXdp } = await runtime('attach/xdp.js');
      const { Program } = await runtime('program.js');
      const { programFdById } = await runtime('native/libbpf.js');
      const fd = programFdById(parameters[0]);
      const source = { name: 'x', section: () => 'xdp', load: () => ({ fd, pointer: 0n, type: 6, close() {} }) };
      globalThis.link = attachXdp(new Program(source), parameters[1]);
      console.log('attached');
      setInterval(() => {}, 1000);`,
      programs.filter(({ name }) => name === 'tsbpf_count').at(-1)!.id,
      { interface: veth.name, ...options },
    );
  }
});
