/** How a process that waits for events ends, and that it ends. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attach } from '../../runtime/attach/attach.js';
import { describeKernel } from '../support/kernel.js';
import { Child } from './support/child.js';
import { command } from './support/network.js';
import { loadC, type TestObject } from './support/object.js';

const SOURCE = `
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } ring_of_process SEC(".maps");
SEC("tracepoint/syscalls/sys_enter_getpriority") int on_call(void *ctx) { bpf_ringbuf_output(&ring_of_process, "", 1, 0); return 0; }
`;

/** Opens the map by its id, as `ring`; the descriptor is the process's own. */
const OPEN = `
  const { RingBuffer } = await runtime('events/ring-buffer.js');
  const { PerfQueue } = await runtime('events/perf-queue.js');
  const { mapFdById } = await runtime('native/libbpf.js');
  const ring = RingBuffer.fromDescriptor(mapFdById(parameters[0]));
`;

describeKernel('a process with a ring buffer', { since: '5.8' }, () => {
  let object: TestObject;
  let id: number;

  beforeAll(() => {
    object = loadC(SOURCE);
    const maps = JSON.parse(command('bpftool', '-j', 'map', 'show')) as { id: number; name?: string }[];
    id = maps.filter(({ name }) => name === 'ring_of_process').at(-1)!.id;
  });
  afterAll(() => object[Symbol.dispose]());

  it('ends by itself when nobody iterates', async () => {
    using child = new Child(`${OPEN} ring.read(); console.log('read');`, id);
    expect(await child.ended).toMatchObject({ code: 0, output: 'read\n' });
  });

  it('ends by itself after an iteration that was left', async () => {
    using child = new Child(
      `${OPEN}
      setTimeout(() => ring.events().next(), 0);
      const iterator = ring.events();
      const pending = iterator.next();
      setTimeout(() => { iterator.return(); ring.close(); console.log('left'); }, 50);
      console.log((await pending).done);`,
      id,
    );
    expect(await child.ended).toMatchObject({ code: 0, output: 'left\ntrue\n' });
  });

  it('stays as long as somebody iterates, and exits with the status it is told', async () => {
    using child = new Child(
      `${OPEN}
      setTimeout(() => process.exit(7), 300).unref();
      console.log('waiting');
      for await (const event of ring);`,
      id,
    );
    expect(await child.ended).toMatchObject({ code: 7, output: 'waiting\n' });
  });

  it('survives that the descriptor is closed behind its back', async () => {
    using child = new Child(
      `${OPEN}
      const { closeDescriptor } = await runtime('native/libc.js');
      const next = ring.events().next();
      closeDescriptor(ring.fd);
      setTimeout(() => { console.log('alive'); process.exit(0); }, 50);
      await next;`,
      id,
    );
    expect(await child.ended).toMatchObject({ code: 0, output: 'alive\n' });
  });

  it('may read in a worker thread, which may be ended at any time, but not wait there', async () => {
    using link = attach(object.program('on_call'));
    expect(link.closed).toBe(false);
    using child = new Child(
      `const { Worker } = await import('node:worker_threads');
      const os = await import('node:os');
      os.getPriority();
      const source = \`
        import { parentPort } from 'node:worker_threads';
        const { RingBuffer } = await import('\${file('events/ring-buffer.js')}');
        const { mapFdById } = await import('\${file('native/libbpf.js')}');
        const ring = RingBuffer.fromDescriptor(mapFdById(\${parameters[0]}));
        parentPort.postMessage(ring.read({ batch: true }).length > 0);
        await ring.events().next().catch((error) => parentPort.postMessage(error.code));
        setInterval(() => ring.read(), 1);
      \`;
      const worker = new Worker(new URL('data:text/javascript,' + encodeURIComponent(source)));
      worker.on('message', (message) => {
        console.log(message);
        if (message === 'TSBPF2111') setTimeout(() => worker.terminate(), 50);
      });
      worker.on('exit', () => console.log('ended'));`,
      id,
    );
    expect(await child.ended).toMatchObject({ code: 0, output: 'true\nTSBPF2111\nended\n' });
  });

  it('reports an exception thrown by what it calls back', async () => {
    using child = new Child(
      `const { poll } = await runtime('native/libuv.js');
      const { PerfBuffer } = await runtime('events/perf-buffer.js');
      const net = await import('node:net');
      const server = net.createServer((socket) => socket.end('x')).listen(0, '127.0.0.1', () => {
        const socket = net.connect(server.address().port, '127.0.0.1', () => {
          const handle = poll(socket._handle.fd, () => { throw new Error('from the callback'); });
          handle.start();
          handle.ref();
        });
      });`,
    );
    const { code, output } = await child.ended;
    expect(code).toBe(1);
    expect(output).toContain('from the callback');
  });
});
