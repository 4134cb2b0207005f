/** Counts IPv4 and IPv6 packets in a program that stays attached, and in a map that stays pinned, when the process ends. */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ArrayMap, attachXdp, detachXdp, ETH_P_IP, ETH_P_IPV6, XDP, xdp } from 'tsbpf';
import type { u64 } from 'tsbpf';

const usage = `usage: tsbpf run ipcounter.ts attach|show|detach INTERFACE
Counts the IPv4 and IPv6 packets that arrive at an interface, from attach until detach; show prints how many they are.`;

function readOptions() {
  try {
    const { values, positionals } = parseArgs({ options: { help: { type: 'boolean' } }, allowPositionals: true });
    const [command = '', name = '', ...more] = positionals;
    if (!values.help && !(['attach', 'show', 'detach'].includes(command) && name && more.length === 0))
      throw new Error('Say attach, show or detach, and which interface.');
    return { command, name, help: values.help };
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

const { command, name, help } = readOptions();
if (help) {
  console.log(usage);
  process.exit();
}

const [IPV4, IPV6] = [0, 1];
// Names of pins have no dots, those of interfaces may.
const pin = `/sys/fs/bpf/tsbpf-ipcounter-${name.replaceAll('.', '_')}`;
const counts = new ArrayMap<u64>({ maxEntries: 2, pin });

const count = xdp(
  (ctx) => {
    const protocol = ctx.packet.getUint16(12);
    if (protocol === ETH_P_IP) counts[IPV4] += 1n;
    else if (protocol === ETH_P_IPV6) counts[IPV6] += 1n;
    return XDP.PASS;
  },
  { minimumPacketSize: 14 },
);

if (command === 'attach') {
  attachXdp(count, { interface: name, pinned: true });
  console.log(`Counting what arrives at ${name}`);
} else if (!existsSync(pin)) {
  console.error(`Nothing is counted at '${name}'.`);
  process.exitCode = 1;
} else {
  console.log(`${counts[IPV4]} IPv4 packets, ${counts[IPV6]} IPv6 packets`);
  if (command === 'detach') {
    detachXdp(name);
    counts.unpin();
  }
}
