/** A process that is killed, or that fails half-way, leaves nothing in the kernel. */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeKernel, missing } from '../support/kernel.js';
import { Child, eventually } from './support/child.js';
import { command, Veth } from './support/network.js';
import { compileC } from './support/object.js';

const SOURCE = `
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } tsbpf_k_ring SEC(".maps");
SEC("tracepoint/syscalls/sys_enter_getpriority") int tsbpf_k_point(void *ctx) { bpf_ringbuf_output(&tsbpf_k_ring, "", 1, 0); return 0; }
SEC("raw_tp/sched_process_exec") int tsbpf_k_raw(void *ctx) { return 0; }
SEC("socket") int tsbpf_k_filter(struct __sk_buff *skb) { return 0; }
SEC("xdp") int tsbpf_k_xdp(struct xdp_md *ctx) { return XDP_PASS; }
SEC("kprobe/sys_getpriority") int tsbpf_k_entry(void *ctx) { return 0; }
SEC("kretprobe/sys_getpriority") int tsbpf_k_return(void *ctx) { return 0; }
`;
/** With kernel functions where the kernel can probe them. */
const PROBES = missing({ needs: ['kprobes'] }) === undefined ? ['tsbpf_k_entry', 'tsbpf_k_return'] : [];
const NAMES = ['tsbpf_k_point', 'tsbpf_k_raw', 'tsbpf_k_filter', 'tsbpf_k_xdp', ...PROBES];

const ATTACH = `
  const { loadObject, RingBuffer } = await runtime('index.js');
  const { attach } = await runtime('attach/attach.js');
  const { SocketFilter } = await runtime('attach/socket-filter.js');
  const { RawSocket } = await runtime('packet/raw-socket.js');
  const { programs, maps } = loadObject(Buffer.from(parameters[0], 'base64'));
  const socket = RawSocket.open({ interface: 'lo' });
  new SocketFilter(programs.tsbpf_k_filter).attach(socket);
  const names = ['tsbpf_k_point', 'tsbpf_k_raw', ...${JSON.stringify(PROBES)}];
  globalThis.links = names.map((name) => attach(programs[name]));
`;

/** The programs of this test that the kernel has now. */
function present(): string[] {
  const programs = JSON.parse(command('bpftool', '-j', 'prog', 'show')) as { name?: string }[];
  return programs.flatMap(({ name }) => (name?.startsWith('tsbpf_k_') ? [name] : [])).sort();
}

/** Whether the kernel lists a probe at the system call, by whatever name it has there. */
function probed(): boolean {
  const list = '/sys/kernel/debug/kprobes/list';
  return existsSync(list) && readFileSync(list, 'utf8').includes('sys_getpriority');
}

describeKernel('a process with programs attached', { since: '5.9' }, () => {
  let veth: Veth;
  const object = () => Buffer.from(compileC(SOURCE)).toString('base64');

  beforeAll(() => {
    veth = new Veth();
  });
  afterAll(() => veth?.[Symbol.dispose]());

  it('leaves nothing when it is killed', async () => {
    using child = new Child(
      `${ATTACH}
      links.push(attach(programs.tsbpf_k_xdp, { interface: parameters[1] }));
      console.log('attached');
      for await (const event of maps.tsbpf_k_ring);`,
      object(),
      veth.name,
    );
    await child.printed('attached');
    expect(present()).toEqual([...NAMES].sort());
    expect(probed()).toBe(PROBES.length > 0);
    child.process.kill('SIGKILL');
    expect(await child.ended).toEqual({ code: null, signal: 'SIGKILL', output: 'attached\n' });
    await eventually(() => present().length === 0, 'no program left');
    expect(probed()).toBe(false);
    expect(command('ip', 'link', 'show', 'dev', veth.name)).not.toContain('xdp');
  });

  it('leaves nothing when an attachment fails after others succeeded', async () => {
    using child = new Child(
      `${ATTACH}
      console.log('attached');
      try { attach(programs.tsbpf_k_xdp, { interface: 'nosuch0' }); } catch (error) { console.log(error.code); }
      for (const link of links) link.close();
      for (const program of Object.values(programs)) program.close();
      socket.close();
      console.log('closed');
      setTimeout(() => {}, 60_000);`,
      object(),
    );
    await child.printed('closed');
    await eventually(() => present().length === 0, 'no program left while the process lives');
    expect(probed()).toBe(false);
    child.process.kill('SIGKILL');
    expect((await child.ended).output).toBe('attached\nENODEV\nclosed\n');
  });
});
