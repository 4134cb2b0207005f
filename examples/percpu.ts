/** Shows which processors an interface's packets arrive on: each counts for itself, without waiting for another. */
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { attachXdp, shared, u64, XDP, xdp } from 'tsbpf';

/** In the kernel these are the variables of the processor that runs the program; here, an array of all. */
const received = shared.perCpu<{ packets: u64; bytes: u64 }>({ packets: 0n, bytes: 0n });

const count = xdp((ctx) => {
  received.packets += 1n;
  received.bytes += u64(ctx.packet.byteLength);
  return XDP.PASS;
});

const usage = `usage: tsbpf run percpu.ts --interface NAME [--duration SECONDS]
Counts the packets that arrive on each processor, for so long or until Ctrl-C.`;

function readOptions() {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({ options: { interface: text, duration: text, help: { type: 'boolean' } } });
    const { interface: name = '', help } = values;
    const seconds = Number(values.duration ?? 1e6);
    if (!(seconds > 0)) throw new Error(`--duration is a number of seconds, not '${values.duration}'.`);
    if (!help && !name) throw new Error('Say which interface: --interface eth0.');
    return { name, seconds, help };
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

const { name, seconds, help } = readOptions();
if (help) {
  console.log(usage);
  process.exit();
}

using link = attachXdp(count, { interface: name });
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
console.log(`Counting what arrives at ${name} …`);
await setTimeout(seconds * 1000, undefined, { signal: stop.signal }).catch(() => undefined);
console.log('CPU     PACKETS         BYTES');
for (const [cpu, { packets, bytes }] of received.entries())
  console.log(`${`${cpu}`.padStart(3)} ${`${packets}`.padStart(11)} ${`${bytes}`.padStart(13)}`);
