/** Spreads the TCP connections to an address over several servers, by rewriting packets as they come in and go out: layer 4, in tc. */
import { isIPv4 } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ArrayMap, attach, ETH_P_IP, htons, IPPROTO_TCP, LruHashMap, shared, tc, TC_ACT_OK, updateChecksum } from 'tsbpf';
import type { be16, be32, IpHdr, SkBuff, TcpHdr, u16, u32, u64 } from 'tsbpf';

const usage = `usage: tsbpf run load-balancer.ts --interface NAME --listen ADDRESS:PORT [--duration SECONDS] SERVER:PORT…
Spreads the TCP connections that come in on an interface for an IPv4 address and port of this machine over several servers,
in turn, for so long or until Ctrl-C. The servers' answers have to come back through this machine, which forwards packets
(sysctl net.ipv4.ip_forward=1).`;

interface Endpoint {
  address: u32;
  port: u16;
}

/** `192.0.2.1:80` */
function parseEndpoint(text: string): Endpoint {
  const [address = '', port = '', ...more] = text.split(':');
  if (!isIPv4(address) || !/^\d{1,5}$/.test(port) || Number(port) > 65535 || more.length > 0)
    throw new Error(`'${text}' is no IPv4 address and port, as 192.0.2.1:80 is.`);
  return { address: address.split('.').reduce((number, byte) => number * 256 + Number(byte), 0), port: Number(port) };
}

function readOptions() {
  try {
    const text = { type: 'string' } as const;
    const { values, positionals } = parseArgs({
      options: { interface: text, listen: text, duration: text, help: { type: 'boolean' } },
      allowPositionals: true,
    });
    const { interface: name = '', listen = '', help } = values;
    const seconds = Number(values.duration ?? 1e6);
    if (!(seconds > 0)) throw new Error(`--duration is a number of seconds, not '${values.duration}'.`);
    if (help) return { name, seconds, help, own: { address: 0, port: 0 }, list: [] };
    if (!name) throw new Error('Say which interface: --interface eth0.');
    if (positionals.length === 0) throw new Error('Say which servers.');
    return { name, seconds, help, own: parseEndpoint(listen), list: positionals.map(parseEndpoint) };
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

const { name, seconds, help, own, list } = readOptions();
if (help) {
  console.log(usage);
  process.exit();
}

/** Known when the programs are loaded. */
const address: u32 = own.address;
const port: u16 = own.port;
const count: u32 = list.length;

interface Server extends Endpoint {
  connections: u64;
}

const servers = new ArrayMap<Server>({ maxEntries: 256 });
/** Which server a client's connection was given to. */
const connections = new LruHashMap<Endpoint, u32>({ maxEntries: 65_536 });
const turn = shared<{ next: u32 }>({ next: 0 });

function readdress(ip: IpHdr, tcp: TcpHdr, from: Endpoint, to: Endpoint) {
  updateChecksum(ip, from.address, to.address);
  updateChecksum(tcp, from.address, to.address, { pseudoHeader: true });
  updateChecksum(tcp, from.port, to.port);
}

const onArrival = tc('ingress', (skb) => {
  if (skb.protocol !== htons(ETH_P_IP)) return TC_ACT_OK;
  const ip = skb.packet.at<IpHdr>(14);
  if (ip?.daddr !== address || ip.protocol !== IPPROTO_TCP) return TC_ACT_OK;
  const tcp = skb.packet.at<TcpHdr>(14 + ip.ihl * 4);
  if (tcp?.dest !== port) return TC_ACT_OK;
  const client = { address: ip.saddr, port: tcp.source };
  if (tcp.syn && !tcp.ack && !connections.has(client)) {
    const next = servers.get(turn.next % count);
    if (next) next.connections += 1n;
    connections.set(client, turn.next % count);
    turn.next += 1;
  }
  const server = servers.get(connections.get(client) ?? count);
  if (!server) return TC_ACT_OK;
  ip.daddr = server.address;
  tcp.dest = server.port;
  readdress(ip, tcp, { address, port }, server);
  return TC_ACT_OK;
});

const onDeparture = tc('egress', (skb) => {
  if (skb.protocol !== htons(ETH_P_IP)) return TC_ACT_OK;
  const ip = skb.packet.at<IpHdr>(14);
  if (ip?.protocol !== IPPROTO_TCP) return TC_ACT_OK;
  const tcp = skb.packet.at<TcpHdr>(14 + ip.ihl * 4);
  if (!tcp) return TC_ACT_OK;
  const server = servers.get(connections.get({ address: ip.daddr, port: tcp.dest }) ?? count);
  if (ip.saddr !== server?.address || tcp.source !== server.port) return TC_ACT_OK;
  ip.saddr = address;
  tcp.source = port;
  readdress(ip, tcp, server, { address, port });
  return TC_ACT_OK;
});

servers.setBatch(list.map((endpoint, index) => [index, { ...endpoint, connections: 0n }]));
using arrivals = attach(onArrival, { interface: name });
using departures = attach(onDeparture, { interface: name });
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());
console.log(`Spreading the connections that come in on ${name} …`);
await setTimeout(seconds * 1000, undefined, { signal: stop.signal }).catch(() => undefined);
console.log('CONNECTIONS  SERVER');
for (const [index] of list.entries()) {
  const { address = 0, port, connections } = servers.get(index) ?? {};
  const text = [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
  console.log(`${`${connections}`.padStart(11)}  ${text}:${port}`);
}
