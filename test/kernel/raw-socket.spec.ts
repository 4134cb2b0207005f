/** Raw sockets and filters on sockets: real packets over lo and a veth pair, with the kernel's own times and counts. */
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SocketFilter, socketDescriptor } from '../../runtime/attach/socket-filter.js';
import { RawSocket, type Packet } from '../../runtime/packet/raw-socket.js';
import { describeKernel } from '../support/kernel.js';
import { runtimeFile } from './support/child.js';
import { command, Veth } from './support/network.js';
import { loadC, type TestObject } from './support/object.js';

const IPV4 = 0x0800;

/** The text of a UDP datagram over IPv4 without options, if the packet is one to that port. */
function datagram(packet: Packet, port: number, at = 14): string | undefined {
  const view = new DataView(packet.data.buffer, packet.data.byteOffset);
  const isUdp = packet.data.length >= at + 28 && view.getUint16(at - 2) === IPV4 && view.getUint8(at + 9) === 17;
  return isUdp && view.getUint16(at + 22) === port ? Buffer.from(packet.data.subarray(at + 28)).toString() : undefined;
}

describeKernel('a raw socket', {}, () => {
  let veth: Veth;

  beforeAll(() => {
    veth = new Veth();
  });
  afterAll(() => veth?.[Symbol.dispose]());

  it('gives packets of both directions, with the kernel’s time and what it knows of them', async () => {
    using socket = RawSocket.open({ interface: veth.name });
    const before = BigInt(Date.now()) * 1_000_000n;
    veth.sendIn(3, 4001, 'in');
    veth.sendOut(2, 4001, 'out');
    const seen: string[] = [];
    for await (const packet of socket) {
      const text = datagram(packet, 4001);
      if (text === undefined) continue;
      expect(packet.interface).toBe(veth.name);
      expect(packet.length).toBe(packet.data.length);
      expect(packet.timestamp).toBeGreaterThanOrEqual(before - 1_000_000n);
      expect(packet.timestamp).toBeLessThanOrEqual(BigInt(Date.now() + 1) * 1_000_000n);
      seen.push(`${packet.packetType} ${text.trim()}`);
      if (seen.length === 5) break;
    }
    expect(seen).toEqual(['host in', 'host in', 'host in', 'outgoing out', 'outgoing out']);
  });

  it('gives one protocol of one interface alone', () => {
    using socket = RawSocket.open({ interface: veth.name, protocol: IPV4 });
    veth.inside('bash', '-c', 'echo x >/dev/udp/127.0.0.1/4002');
    command('bash', '-c', 'echo x >/dev/udp/127.0.0.1/4002');
    veth.sendIn(1, 4002, 'mine');
    const texts = socket.read({ batch: true }).map((packet) => [packet.interface, datagram(packet, 4002)?.trim()]);
    expect(texts).toEqual([[veth.name, 'mine']]);
  });

  it('listens on all interfaces if none is named', () => {
    using socket = RawSocket.open({ protocol: IPV4 });
    command('bash', '-c', 'echo lo >/dev/udp/127.0.0.1/4003');
    veth.sendIn(1, 4003, 'veth');
    const packets = socket.read({ batch: true }).filter((packet) => datagram(packet, 4003) !== undefined);
    expect(packets.map((packet) => packet.interface)).toEqual(['lo', veth.name]);
  });

  it('cuts at the snap length, and says how long the packet was', () => {
    using socket = RawSocket.open({ interface: veth.name, protocol: IPV4, snapLength: 60 });
    veth.sendIn(1, 4004, 'a'.repeat(500));
    const [packet] = socket.read({ batch: true });
    expect([packet!.data.length, packet!.length]).toEqual([60, 14 + 28 + 501]);
  });

  it('has the VLAN tag where it is on the wire', () => {
    using socket = RawSocket.open({ interface: veth.name });
    const frame = 'ffffffffffff020000000001' + '81000007' + '88b5' + '74736270' + '00'.repeat(50);
    const send = `
      const { RawSocket } = await import('${runtimeFile('packet/raw-socket.js')}');
      (await import('node:fs')).writeSync(RawSocket.open({ interface: '${veth.peer}' }).fd, Buffer.from('${frame}', 'hex'));`;
    veth.inside(process.execPath, '--input-type=module', '-e', send);
    expect(socket.read({ batch: true }).map(({ data }) => Buffer.from(data).toString('hex'))).toContain(frame);
  });

  it('counts what came and what it had no room for', () => {
    const packets = 400;
    using socket = RawSocket.open({ interface: veth.name, protocol: IPV4, receiveBuffer: 16384 });
    veth.sendIn(packets, 4005);
    const kept = socket.read({ batch: true }).length;
    const { received, dropped } = socket.statistics();
    expect(received).toBe(packets);
    expect(kept + dropped).toBe(packets);
    expect(dropped).toBeGreaterThan(0);
  });

  it('is closed once, and refuses what is not there', () => {
    const socket = RawSocket.open({ interface: 'lo' });
    expect(socket.fd).toBeGreaterThan(2);
    socket.close();
    socket.close();
    expect(() => socket.fd).toThrow(/is closed/);
    expect(socket.read()).toBeUndefined();
    expect(() => RawSocket.open({ interface: 'nosuch0' })).toThrow(
      /no network interface 'nosuch0'.* There are: .*\blo\b/,
    );
  });

  it('ends with the reason when its interface goes away', async () => {
    using own = new Veth();
    using socket = RawSocket.open({ interface: own.name });
    const reading = (async () => {
      for await (const packet of socket) expect(packet.interface).toBe(own.name);
    })();
    setTimeout(() => command('ip', 'link', 'set', own.name, 'down'), 20);
    await expect(reading).rejects.toThrow(/receive packets on .*network is down \(ENETDOWN\)/);
  });
});

const FILTERS = `
SEC("socket") int none(struct __sk_buff *skb) { return 0; }
SEC("socket") int all(struct __sk_buff *skb) { return -1; }
SEC("socket") int first_bytes(struct __sk_buff *skb) { return 50; }
SEC("socket") int long_ones(struct __sk_buff *skb) { return skb->len >= 100 ? skb->len : 0; }
`;

describeKernel('a socket filter', {}, () => {
  let object: TestObject;
  const filter = (name: string) => new SocketFilter(object.program(name));

  beforeAll(() => {
    object = loadC(FILTERS);
  });
  afterAll(() => object[Symbol.dispose]());

  it('decides what a raw socket gets, from the first packet on, until it is detached', () => {
    using socket = RawSocket.open({ interface: 'lo', protocol: IPV4 });
    const send = (text: string) => command('bash', '-c', `echo ${text} >/dev/udp/127.0.0.1/4010`);
    const texts = () => socket.read({ batch: true }).flatMap((packet) => datagram(packet, 4010)?.trim() ?? []);
    send('before');
    const long = filter('long_ones');
    long.attach(socket);
    send('short');
    send('l'.repeat(100));
    expect(texts()).toEqual(['l'.repeat(100)]);
    long.detach(socket);
    long.detach(socket);
    send('again');
    expect(texts()).toEqual(['again']);
    filter('first_bytes').attach(socket.fd);
    send('l'.repeat(100));
    const [cut] = socket.read({ batch: true });
    expect(cut!.data.length).toBe(50);
  });

  it('decides what a dgram socket gets', async () => {
    const socket = dgram.createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const messages: string[] = [];
    socket.on('message', (message) => messages.push(message.toString()));
    const { port } = socket.address();
    const sender = dgram.createSocket('udp4');
    const send = (text: string) => new Promise((resolve) => sender.send(text, port, '127.0.0.1', resolve));
    const none = filter('none');
    none.attach(socket);
    await send('dropped');
    await new Promise((resolve) => setTimeout(resolve, 30));
    none.detach(socket);
    await send('passed');
    while (messages.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(messages).toEqual(['passed']);
    sender.close();
    socket.close();
    expect(() => none.attach(socket)).toThrow(/no descriptor now/);
  });

  it('is set on a net socket and a server', async () => {
    const server = net.createServer((connection) => connection.pipe(connection));
    expect(() => filter('all').attach(server)).toThrow(/no descriptor now\. Attach after/);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    filter('all').attach(server);
    const socket = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect');
    expect(socketDescriptor(socket)).toBeGreaterThan(2);
    filter('all').attach(socket);
    socket.write('echo');
    expect(String((await once(socket, 'data'))[0])).toBe('echo');
    filter('all').detach(socket);
    socket.destroy();
    server.close();
  });

  it('refuses what is no socket', () => {
    expect(() => filter('all').attach(0xffff)).toThrow(/attach socket filter 'all'.*\(EBADF\)/);
  });
});
