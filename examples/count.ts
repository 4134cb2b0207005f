/** Counts the packets that arrive at an interface. */
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { attachXdp, shared, XDP, xdp } from 'tsbpf';
import type { u64 } from 'tsbpf';

const state = shared<{ packets: u64 }>({ packets: 0n });

const count = xdp(() => {
  state.packets += 1n;
  return XDP.PASS;
});

const usage = `usage: tsbpf run count.ts --interface NAME [--duration SECONDS]
Counts the packets that arrive, and says each second how many they are, for so long or until Ctrl-C.`;

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
for (let left = seconds; left > 0 && !stop.signal.aborted; left--) {
  await setTimeout(Math.min(left, 1) * 1000, undefined, { signal: stop.signal }).catch(() => undefined);
  console.log(`${state.packets} packets so far`);
}
