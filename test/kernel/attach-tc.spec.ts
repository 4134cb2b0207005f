/** tc filters over a veth pair: what they drop, who may replace and remove them, and what stays of others. */
import dgram from 'node:dgram';
import { once } from 'node:events';
import { unlinkSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { attach } from '../../runtime/attach/attach.js';
import { clearEgressFilter, clearIngressFilter, EgressFilter, IngressFilter } from '../../runtime/attach/tc.js';
import { describeKernel, kernelIsAtLeast } from '../support/kernel.js';
import { Child } from './support/child.js';
import { command, Veth } from './support/network.js';
import { loadC, type TestObject } from './support/object.js';

/** Each counts UDP packets to port 9 in an entry of its own; they see the same bytes in both directions. */
const program = (name: string, entry: number, result: string) => `
SEC("tc") int ${name}(struct __sk_buff *skb) {
  __u32 key = ${entry}; __u16 port = 0; __u8 protocol = 0;
  bpf_skb_load_bytes(skb, 23, &protocol, 1);
  bpf_skb_load_bytes(skb, 36, &port, 2);
  if (skb->protocol != __builtin_bswap16(0x0800) || protocol != 17 || port != __builtin_bswap16(9)) return TC_ACT_OK;
  __u64 *count = bpf_map_lookup_elem(&counts, &key);
  if (count) __sync_fetch_and_add(count, 1);
  return ${result};
}`;
const SOURCE =
  'struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 8); __type(key, __u32); __type(value, __u64); } counts SEC(".maps");' +
  program('tsbpf_pass', 0, 'TC_ACT_UNSPEC') +
  program('tsbpf_drop', 1, 'TC_ACT_SHOT') +
  program('tsbpf_third', 2, 'TC_ACT_UNSPEC');

describeKernel('tc filters', {}, () => {
  let veth: Veth;
  let object: TestObject;
  let received = 0;
  const socket = dgram.createSocket('udp4');

  beforeAll(async () => {
    veth = new Veth();
    object = loadC(SOURCE);
    socket.on('message', () => received++);
    socket.bind(9, veth.address);
    await once(socket, 'listening');
  });
  afterAll(() => {
    socket.close();
    object?.[Symbol.dispose]();
    veth?.[Symbol.dispose]();
  });
  beforeEach(() => {
    for (let key = 0; key < 3; key++) object.setCount('counts', key, 0);
  });

  afterEach(() => {
    if (qdiscs().includes('clsact')) command('tc', 'qdisc', 'delete', 'dev', veth.name, 'clsact');
  });

  const counts = () => [0, 1, 2].map((key) => object.count('counts', key));
  const filters = (side: string) => command('tc', 'filter', 'show', 'dev', veth.name, side);
  const qdiscs = () => command('tc', 'qdisc', 'show', 'dev', veth.name);

  /** How many of 5 datagrams from the namespace reach the socket here. */
  async function arriving(): Promise<number> {
    const before = received;
    veth.sendIn(5, 9);
    await new Promise((resolve) => setTimeout(resolve, 100));
    return received - before;
  }

  it('see what comes in, and decide about it, until they are closed', async () => {
    expect(await arriving()).toBe(5);
    const pass = new IngressFilter(object.program('tsbpf_pass')).install(veth.name);
    expect(await arriving()).toBe(5);
    expect(counts()).toEqual([5, 0, 0]);
    pass.close();
    const drop = new IngressFilter(object.program('tsbpf_drop')).install(veth.name);
    expect(await arriving()).toBe(0);
    expect(counts()).toEqual([5, 5, 0]);
    drop.close();
    drop.close();
    expect(await arriving()).toBe(5);
    expect(counts()).toEqual([5, 5, 0]);
    expect(qdiscs()).not.toContain('clsact');
  });

  it('by links need Linux 6.6, and say so before', () => {
    const link = () => attach(object.program('tsbpf_pass'), { interface: veth.name, hook: 'tcx' });
    if (kernelIsAtLeast('6.6')) link().close();
    else expect(link).toThrow(/needs Linux 6\.6/);
  });

  it('see what goes out', () => {
    using filter = new EgressFilter(object.program('tsbpf_pass')).install(veth.name);
    veth.sendOut(4, 9);
    expect(counts()).toEqual([4, 0, 0]);
    filter.close();
    veth.sendOut(4, 9);
    expect(counts()).toEqual([4, 0, 0]);
  });

  it('take the place of one another, and the one that was replaced removes nothing', async () => {
    const first = new IngressFilter(object.program('tsbpf_drop')).install(veth.name);
    const second = new IngressFilter(object.program('tsbpf_pass')).install(veth.name);
    expect(filters('ingress').match(/handle 0x/g)).toHaveLength(1);
    first.close();
    expect(await arriving()).toBe(5);
    expect(counts()).toEqual([5, 0, 0]);
    second.close();
    expect(filters('ingress')).toBe('');
  });

  it('leave the filters and the qdisc of others where they are', async () => {
    const other = ['prio', '7', 'bpf', 'bytecode', '1,6 0 0 0,', 'flowid', '1:1'];
    command('tc', 'qdisc', 'replace', 'dev', veth.name, 'clsact');
    command('tc', 'filter', 'add', 'dev', veth.name, 'ingress', ...other);
    new IngressFilter(object.program('tsbpf_drop')).install(veth.name).close();
    expect(filters('ingress')).toContain('pref 7 bpf');
    new IngressFilter(object.program('tsbpf_pass')).install(veth.name);
    expect(clearIngressFilter(veth.name)).toBe(1);
    expect(clearIngressFilter(veth.name)).toBe(0);
    expect(filters('ingress')).toContain('pref 7 bpf');
    expect(filters('ingress')).not.toContain('tsbpf_');
    expect(qdiscs()).toContain('clsact');
  });

  it('of `@tc` programs stand side by side, replace those of their name, and go with their link', async () => {
    const options = { interface: veth.name };
    const first = attach(object.program('tsbpf_pass'), options);
    const third = attach(object.program('tsbpf_third'), options);
    expect(await arriving()).toBe(5);
    expect(counts()).toEqual([5, 0, 5]);
    using again = attach(object.program('tsbpf_pass'), options);
    expect(filters('ingress').match(/name tsbpf_pass/g)).toHaveLength(1);
    using out = attach(object.program('tsbpf_third'), { ...options, direction: 'egress' });
    expect(filters('egress').match(/name tsbpf_third/g)).toHaveLength(1);
    for (const link of [first, third, again, out]) link.close();
    expect(filters('ingress') + filters('egress')).toBe('');
  });

  it('stay when their process is killed, and are cleared by another', async () => {
    new IngressFilter(object.program('tsbpf_pass')).install(veth.name);
    using child = new Child(
      `const { IngressFilter } = await runtime('attach/tc.js');
      const { Program } = await runtime('program.js');
      const { programFdById } = await runtime('native/libbpf.js');
      const fd = programFdById(parameters[0]);
      const source = { name: 'x', section: () => 'tc', load: () => ({ fd, pointer: 0n, type: 3, close() {} }) };
      new IngressFilter(new Program(source)).install(parameters[1]);
      console.log('installed');
      setInterval(() => {}, 1000);`,
      Number(
        /name tsbpf_third.*?id (\d+)|(\d+): sched_cls +name tsbpf_third/.exec(command('bpftool', 'prog', 'show'))?.[2],
      ),
      veth.name,
    );
    await child.printed('installed');
    child.process.kill('SIGKILL');
    expect((await child.ended).signal).toBe('SIGKILL');
    expect(filters('ingress')).toContain('tsbpf_third');
    expect(await arriving()).toBe(5);
    expect(counts()).toEqual([0, 0, 5]);
    expect(clearIngressFilter(veth.name)).toBe(1);
    expect(clearEgressFilter(veth.name)).toBe(0);
    expect(qdiscs()).not.toContain('clsact');
    expect(filters('ingress')).toBe('');
  });

  it('name the interfaces that there are, for one that there is not', () => {
    const filter = new IngressFilter(object.program('tsbpf_pass'));
    expect(() => filter.install('lo0')).toThrow(/no network interface 'lo0'\. Did you mean 'lo'\? There are: .*\blo\b/);
    expect(() => clearIngressFilter('nosuch0')).toThrow(/no network interface 'nosuch0'/);
    expect(() => attach(object.program('tsbpf_pass'))).toThrow(/does not say an interface/);
    expect(() => new IngressFilter(() => 0)).toThrow(
      /new IngressFilter\(\) was given a function that was not compiled/,
    );
  });
});

describeKernel('tc programs by links (tcx)', { since: '6.6' }, () => {
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
  beforeEach(() => {
    for (let key = 0; key < 3; key++) object.setCount('counts', key, 0);
  });
  const counts = () => [0, 1, 2].map((key) => object.count('counts', key));
  const options = (more: object = {}) => ({ interface: veth.name, hook: 'tcx' as const, ...more });

  it('see what comes in and goes out, until they are closed', () => {
    for (const [direction, send] of [
      ['ingress', () => veth.sendIn(4, 9)],
      ['egress', () => veth.sendOut(4, 9)],
    ] as const) {
      const before = counts()[0]!;
      using link = attach(object.program('tsbpf_pass'), options({ direction }));
      expect(link.target).toBe(`tcx ${direction} of ${veth.name}`);
      send();
      expect(counts()[0]! - before).toBe(4);
      link.close();
      send();
      expect(counts()[0]! - before).toBe(4);
    }
    expect(command('tc', 'qdisc', 'show', 'dev', veth.name)).not.toContain('clsact');
  });

  it('run in their order, and hand the packet on, or keep it', () => {
    using last = attach(object.program('tsbpf_drop'), options());
    using first = attach(object.program('tsbpf_pass'), options({ position: 'first' }));
    using never = attach(object.program('tsbpf_third'), options({ position: 'last' }));
    veth.sendIn(3, 9);
    expect(counts()).toEqual([3, 3, 0]);
    last.close();
    veth.sendIn(3, 9);
    expect(counts()).toEqual([6, 3, 3]);
    expect([first.closed, never.closed]).toEqual([false, false]);
  });

  it('leave filters of clsact where they are, and stand there once', () => {
    const filter = new IngressFilter(object.program('tsbpf_third')).install(veth.name);
    using one = attach(object.program('tsbpf_pass'), options());
    expect(() => attach(object.program('tsbpf_pass'), options())).toThrow(/EEXIST.* attached there already/);
    one.close();
    expect(command('tc', 'filter', 'show', 'dev', veth.name, 'ingress')).toContain('tsbpf_third');
    expect(clearIngressFilter(veth.name)).toBe(1);
    filter.close();
  });

  it('go with a process that is killed, and stay by a pin', async () => {
    const path = `/sys/fs/bpf/${veth.name}x`;
    for (const pinned of [false, true]) {
      using child = new Child(
        `const { attachTcx } = await runtime('attach/tc.js');
        const { Program } = await runtime('program.js');
        const { programFdById } = await runtime('native/libbpf.js');
        const fd = programFdById(parameters[0]);
        const source = { name: 'x', section: () => 'tc', load: () => ({ fd, pointer: 0n, type: 3, close() {} }) };
        globalThis.link = attachTcx(new Program(source), parameters[1], 'ingress');
        if (parameters[2]) link.pin(parameters[2]);
        console.log('attached');
        setInterval(() => {}, 1000);`,
        object.program('tsbpf_pass').fd && programId('tsbpf_pass'),
        veth.name,
        pinned ? path : '',
      );
      await child.printed('attached');
      const before = counts()[0]!;
      veth.sendIn(2, 9);
      expect(counts()[0]! - before).toBe(2);
      child.process.kill('SIGKILL');
      await child.ended;
      veth.sendIn(2, 9);
      expect(counts()[0]! - before).toBe(pinned ? 4 : 2);
      if (pinned) unlinkSync(path);
      veth.sendIn(2, 9);
      expect(counts()[0]! - before).toBe(pinned ? 4 : 2);
    }
  });

  it('refuse a hook that there is not', () => {
    const program = object.program('tsbpf_pass');
    expect(() => attach(program, { interface: veth.name, hook: 'qdisc' as 'tcx' })).toThrow(/no tc hook 'qdisc'/);
    expect(() => attach(program, { interface: veth.name, position: 'first' })).toThrow(/have no position/);
    expect(() => attach(program, { interface: 'nosuch0', hook: 'tcx' })).toThrow(/no network interface 'nosuch0'/);
  });

  function programId(name: string): number {
    const programs = JSON.parse(command('bpftool', '-j', 'prog', 'show')) as { id: number; name?: string }[];
    return programs.filter((program) => program.name === name).at(-1)!.id;
  }
});
