/** Prints which names TLS connections over an interface are made to: what clients say in the clear before all else (SNI). */
import { parseArgs } from 'node:util';
import { attach, bpf, ETH_P_IP, ETH_P_IPV6, htons, IPPROTO_TCP, RingBuffer, tc, TC_ACT_OK } from 'tsbpf';
import type { be32, Bytes, FixedArray, IpHdr, SkBuff, TcpHdr, u16, u32 } from 'tsbpf';

/** As IPv6 writes it: IPv4 addresses are in ::ffff:0:0/96. */
type Address = FixedArray<be32, 4>;

interface Hello {
  client: Address;
  server: Address;
  port: u16;
  length: u32;
  message: Bytes<2048>;
}
/** Of a record of TLS, its type at 0, and of a handshake in it, its type at 5 (RFC 8446, 4 and 5.1). */
const [HANDSHAKE, CLIENT_HELLO] = [22, 1];

const hellos = new RingBuffer<Hello>({ size: 1 << 20 });

function look(skb: SkBuff, offset: number, client: Address, server: Address) {
  const tcp = skb.packet.at<TcpHdr>(offset);
  if (!tcp) return;
  const start = offset + tcp.doff * 4;
  if (skb.len < start + 6) return;
  if (skb.packet.getUint8(start) !== HANDSHAKE || skb.packet.getUint8(start + 5) !== CLIENT_HELLO) return;
  const hello = hellos.reserve();
  if (!hello) return;
  hello.client = client;
  hello.server = server;
  hello.port = tcp.dest;
  hello.length = Math.min(skb.len - start, 2048);
  bpf.skbLoadBytes(skb, start, hello.message, hello.length);
  hellos.submit(hello);
}

function log(skb: SkBuff): number {
  if (skb.protocol === htons(ETH_P_IP)) {
    const ip = skb.packet.at<IpHdr>(14);
    if (ip?.protocol === IPPROTO_TCP)
      look(skb, 14 + ip.ihl * 4, [0, 0, 0xffff, ip.saddr], [0, 0, 0xffff, ip.daddr]);
  } else if (skb.protocol === htons(ETH_P_IPV6)) {
    const ip = skb.packet.at<{ source: Address; destination: Address }>(14 + 8);
    if (ip && skb.packet.getUint8(14 + 6) === IPPROTO_TCP) look(skb, 14 + 40, ip.source, ip.destination);
  }
  return TC_ACT_OK;
}
const logArriving = tc('ingress', log);
const logLeaving = tc('egress', log);

const usage = `usage: tsbpf run tls-names.ts --interface NAME [--duration SECONDS]
Prints the name of each server that a TLS connection over an interface is made to, for so long or until Ctrl-C.`;

function readOptions() {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({ options: { interface: text, duration: text, help: { type: 'boolean' } } });
    const { interface: name = '', duration, help } = values;
    if (!(Number(duration ?? 1) > 0)) throw new Error(`--duration is a number of seconds, not '${duration}'.`);
    if (!help && !name) throw new Error('Say which interface: --interface eth0.');
    return { name, duration, help };
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

const { name, duration, help } = readOptions();
if (help) {
  console.log(usage);
  process.exit();
}

/** The name in a ClientHello; undefined where it has none, or goes on in another packet. */
function nameIn(message: Buffer): string | undefined {
  try {
    // Behind the record's and the handshake's beginning, the version and 32 random bytes; then three lists to pass over.
    let at = 5 + 4 + 2 + 32;
    at += 1 + message.readUInt8(at);
    at += 2 + message.readUInt16BE(at);
    at += 1 + message.readUInt8(at);
    const end = at + 2 + message.readUInt16BE(at);
    for (at += 2; at < end; at += 4 + message.readUInt16BE(at + 2)) {
      // The extension server_name is 0: a list, of which the first is the name.
      if (message.readUInt16BE(at) !== 0) continue;
      const name = message.subarray(at + 9, at + 9 + message.readUInt16BE(at + 7));
      return name.toString('latin1').replace(/[^!-~]/g, '?');
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return undefined;
}

function addressText(address: Address): string {
  const [, , mapped, ipv4 = 0] = address;
  if (mapped === 0xffff) return [24, 16, 8, 0].map((shift) => (ipv4 >>> shift) & 255).join('.');
  const groups = address.flatMap((word) => [word >>> 16, word & 0xffff].map((group) => group.toString(16)));
  return new URL(`http://[${groups.join(':')}]`).hostname;
}

using arriving = attach(logArriving, { interface: name });
using leaving = attach(logLeaving, { interface: name });
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => hellos.close());
if (duration) setTimeout(() => hellos.close(), Number(duration) * 1000).unref();

console.log('CLIENT                     SERVER                            NAME');
for await (const { client, server, port, length, message } of hellos) {
  const text = nameIn(Buffer.from(message.subarray(0, length))) ?? '(none)';
  console.log(`${addressText(client).padEnd(25)}  ${`${addressText(server)}:${port}`.padEnd(32)}  ${text}`);
}
