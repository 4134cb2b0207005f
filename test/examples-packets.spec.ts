/** The examples about packets, with traffic between namespaces of their own. */
import { createHash } from 'node:crypto';
import { readdirSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { loadObject, testRun } from '../runtime/index.js';
import { folderWith, tsbpf } from './cli/command-line.js';
import { example, inGuest } from './support/examples.js';
import { describeKernel } from './support/kernel.js';
import { Namespace, wire } from './support/namespaces.js';

/** Of Ethernet, IPv4 and UDP, and the letter and newline that `send` sends. */
const DATAGRAM = 14 + 20 + 8 + 2;

// Guests take long to start a process: what is the same on every kernel, they do not repeat.
describeKernel('examples of packets', { since: '5.9' }, () => {
  it('count counts what arrives', async () => {
    const [here, there] = wire();
    const count = await here.example('count', '--interface', 'veth0');
    there.send(5, '10.1.1.1');
    await count.shows(/^5 packets so far$/m);
    expect((await count.interrupt()).status).toBe(0);
    expect(here.run('ip', 'link', 'show', 'veth0')).not.toContain('xdp');
  });

  it('ipcounter counts from attach to detach, in no process', () => {
    const [here, there] = wire({ ipv6: true });
    onTestFinished(removePins);
    const counter = (command: string, name = 'veth0') => here.finish('ipcounter', command, name);
    const nothing = { status: 1, stdout: '', stderr: "Nothing is counted at 'veth0'.\n" };
    expect(counter('show')).toEqual(nothing);
    expect(counter('attach')).toEqual({ status: 0, stdout: 'Counting what arrives at veth0\n', stderr: '' });
    there.send(4, '10.1.1.1');
    expect(there.ping('fd01::1', 3)).toBe(3);
    // Reports of groups may come besides.
    const stdout = expect.stringMatching(/^4 IPv4 packets, [3-9] IPv6 packets\n$/) as string;
    const counts = { status: 0, stdout, stderr: '' };
    expect(counter('show')).toEqual(counts);
    // To attach it again does no harm: the new program takes the place of the old one, and counts on.
    expect(counter('attach')).toMatchObject({ status: 0 });
    expect(counter('detach')).toEqual(counts);
    expect(here.run('ip', 'link', 'show', 'veth0')).not.toContain('xdp');
    expect(counter('show')).toEqual(nothing);
    expect(counter('attach', 'veth')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/no network interface 'veth'.*\n.*There are: lo, veth0\./) as string,
    });
    expect(pins()).toEqual([]);
  });

  it('percpu counts packets and bytes, which all processors together have', async () => {
    const [here, there] = wire();
    const counter = await here.example('percpu', '--interface', 'veth0');
    there.send(50, '10.1.1.1');
    const { output, status } = await counter.interrupt();
    expect(status).toBe(0);
    const rows = [...output.matchAll(/^ *(\d+) +(\d+) +(\d+)$/gm)].map((row) => row.slice(1).map(Number));
    expect(rows.map(([cpu]) => cpu)).toEqual(rows.map((_, index) => index));
    const sum = (column: number) => rows.reduce((total, row) => total + row[column]!, 0);
    expect([sum(1), sum(2)]).toEqual([50, 50 * DATAGRAM]);
  });

  it('xdp-protocols shows packets and bytes by protocol', async () => {
    const [here, there] = wire({ ipv6: true });
    const protocols = await here.example('xdp-protocols', '--interface', 'veth0', '--mode', 'native');
    there.send(7, '10.1.1.1');
    expect(there.ping('fd01::1', 3)).toBe(3);
    await protocols.shows(new RegExp(`^IP UDP +7 +${7 * DATAGRAM} +\\d+ +\\d+$`, 'm'));
    await protocols.shows(new RegExp(`^IPV6 ICMPV6 +3 +${3 * (14 + 40 + 8 + 56)} +\\d+ +\\d+$`, 'm'));
    expect((await protocols.interrupt()).status).toBe(0);
  });

  it.skipIf(inGuest)('xdp-protocols looks behind two VLAN tags, and no further', () => {
    const object = path.join(folderWith({}), 'protocols.o');
    expect(tsbpf(['build', example('xdp-protocols'), '-o', object]).status).toBe(0);
    using loaded = loadObject(object);
    // Of Q-in-Q, VLAN and IPv4 (ETH_P_8021AD, ETH_P_8021Q, ETH_P_IP); the byte at 9 of an IPv4 header is the protocol.
    const [qinq, vlan, ipv4, tcp] = ['88a80001', '81000002', '0800', `${'00'.repeat(9)}06${'00'.repeat(50)}`];
    for (const tags of [vlan, qinq + vlan, qinq + vlan + vlan])
      testRun(loaded.programs['count']!, { packet: Buffer.from('00'.repeat(12) + tags + ipv4 + tcp, 'hex') });
    const protocols = [...loaded.maps['traffic']!.keys()] as { ethernet: number; ip: number }[];
    expect(protocols.sort((a, b) => a.ethernet - b.ethernet)).toEqual([
      { ethernet: 0x0800, ip: 6 },
      { ethernet: 0x8100, ip: 0 },
    ]);
  });

  it('xdp-firewall drops what is in its list, which other processes change', async () => {
    const [here, there] = wire({ ipv6: true });
    const edit = (...parameters: string[]) => here.finish('xdp-firewall', ...parameters);
    onTestFinished(removePins);
    expect(edit('list')).toEqual({ status: 1, stdout: '', stderr: 'No firewall runs.\n' });
    const firewall = await here.example('xdp-firewall', 'run', '--interface', 'veth0', '10.1.0.0/16');
    const pings = () => ['10.1.1.1', 'fd01::1'].map((address) => there.ping(address, 2));
    expect(pings()).toEqual([0, 2]);
    expect(edit('add', 'fd01::/16', '2001:DB8::1', '192.0.2.7')).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(pings()).toEqual([0, 0]);
    const list = [
      ' PACKETS  DROPPED FROM',
      '       4  10.1.0.0/16',
      '       0  192.0.2.7/32',
      '       0  2001:db8::1/128',
      '       2  fd01::/16',
    ];
    expect(edit('list').stdout.trimEnd().split('\n').sort()).toEqual(list.sort());
    expect(edit('remove', '10.1.0.0/16', '10.1.0.0/17').stderr).toBe('10.1.0.0/17 is not in the list.\n');
    expect(pings()).toEqual([2, 0]);
    // A longer prefix counts for itself.
    edit('add', 'fd01::2');
    expect(pings()).toEqual([2, 0]);
    const { output, status } = await firewall.interrupt();
    expect(output).toMatch(/^ +4 {2}fd01::\/16$/m);
    expect(output).toMatch(/^ +2 {2}fd01::2\/128$/m);
    expect(status).toBe(0);
    expect(pings()).toEqual([2, 2]);
    expect(edit('run', '--interface', 'veth9', '10.0.0.0/8').stderr).toContain("no network interface 'veth9'");
    expect(pins()).toEqual([]);
  });

  it.skipIf(inGuest)('xdp-firewall refuses what is no network', () => {
    for (const wrong of ['10.1.0.0/33', '10.1/16', '::/129', '10.1.0.0/', '10.0.0.0/8/8', 'host']) {
      const { status, stderr } = tsbpf(['run', example('xdp-firewall'), 'add', wrong]);
      expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(`'${wrong}' is no network`) });
    }
  });

  it('xdp-rate-limit lets a burst pass from each source, and then as many as the rate says', async () => {
    const [here, there] = wire({ ipv6: true });
    there.run('ip', 'address', 'add', '10.1.1.3/24', 'dev', 'veth1');
    // A token is earned in a hundred seconds.
    const limit = await here.example('xdp-rate-limit', '--interface', 'veth0', '--rate', '0.01', '--burst', '4');
    expect(there.ping('10.1.1.1', 10, '-I', '10.1.1.2')).toBe(4);
    expect(there.ping('fd01::1', 6)).toBe(4);
    here.run('ip', 'neighbour', 'add', '10.1.1.3', 'lladdr', '02:00:00:00:01:02', 'dev', 'veth0', 'nud', 'permanent');
    expect(there.ping('10.1.1.1', 3, '-I', '10.1.1.3')).toBe(3);
    const { output, status } = await limit.interrupt();
    expect(output).toMatch(/^ {2}PASSED {2}DROPPED {2}SOURCE$/m);
    for (const row of [/^ +4 +6 {2}10\.1\.1\.2$/m, /^ +4 +2 {2}fd01::2$/m, /^ +3 +0 {2}10\.1\.1\.3$/m])
      expect(output).toMatch(row);
    expect(status).toBe(0);
  });

  it.skipIf(inGuest)('xdp-rate-limit fills the bucket again', async () => {
    const [here, there] = wire();
    const limit = await here.example('xdp-rate-limit', '--interface', 'veth0', '--rate', '2', '--burst', '1');
    // A ping a second, for each of which a token was earned.
    expect(Number(/ (\d+) received/.exec(there.run('ping', '-c', '3', '-i', '1', '10.1.1.1'))?.[1])).toBe(3);
    expect((await limit.interrupt()).output).toMatch(/^ +3 +0 {2}10\.1\.1\.2$/m);
  });

  it.each(inGuest ? ['native'] : ['generic', 'native'])(
    'xdp-ping answers for an address that nobody has, in %s mode',
    async (mode) => {
      const [here, there] = wire();
      expect(there.ping('10.1.1.77', 1)).toBe(0);
      const echo = await here.example('xdp-ping', '--interface', 'veth0', '--mode', mode, '10.1.1.77');
      // What the driver of a veth sends back arrives where the other end has a program too.
      const other = mode === 'native' ? await there.example('count', '--interface', 'veth1') : undefined;
      there.run('ip', 'neighbour', 'flush', 'to', '10.1.1.77');
      expect(there.ping('10.1.1.77', 3)).toBe(3);
      expect(there.run('ip', 'neighbour', 'show', 'to', '10.1.1.77')).toContain('02:00:00:00:01:01');
      expect(there.ping('10.1.1.77', 2, '-s', '1400')).toBe(2);
      // All that is not for it passes.
      expect(there.ping('10.1.1.1', 2)).toBe(2);
      expect(there.ping('10.1.1.78', 1)).toBe(0);
      await other?.interrupt();
      const { output, status } = await echo.interrupt();
      // The ping before waited for an answer to ARP, and may have got it.
      expect(output).toMatch(/^[56] pings and [1-9]\d* ARP requests answered$/m);
      expect(status).toBe(0);
    },
  );

  it.each(inGuest ? [false] : [true, false])(
    'load-balancer spreads connections, with checksums left to the card: %s',
    async (offload) => {
      const [balancer, client] = wire();
      const [, farm] = wire({ ends: [balancer, new Namespace()], network: 2 });
      balancer.run('bash', '-c', 'echo 1 >/proc/sys/net/ipv4/ip_forward');
      client.run('ip', 'route', 'add', 'default', 'via', '10.1.1.1');
      farm.run('ip', 'route', 'add', 'default', 'via', '10.2.1.1');
      if (!offload) {
        for (const name of ['veth0', 'veth2']) balancer.computeChecksums(name);
        client.computeChecksums('veth1');
        farm.computeChecksums('veth3');
      }
      const servers = [farm.start(process.execPath, '-e', tcpServers, '8001', '8002')];
      servers.push(balancer.start(process.execPath, '-e', tcpServers, '8003'));
      const endpoints = ['10.2.1.2:8001', '10.2.1.2:8002', '10.1.1.1:8003'];
      const options = ['--interface', 'veth0', '--listen', '10.1.1.1:80'];
      const running = await balancer.example('load-balancer', ...options, ...endpoints);
      for (const server of servers) await server.shows(/ready/);
      const seen = client.run(process.execPath, '-e', tcpClient, '10.1.1.1', '80', '6');
      const hash = createHash('sha1').update('q'.repeat(300_000)).digest('hex');
      expect(seen.trimEnd().split('\n')).toEqual(
        [8001, 8002, 8003, 8001, 8002, 8003].map((port) => `${port} ${hash} 200000`),
      );
      for (const space of [balancer, client, farm]) expect(space.checksumErrors()).toBe(0);
      const { output, status } = await running.interrupt();
      for (const endpoint of endpoints)
        expect(output).toMatch(new RegExp(`^ +2 {2}${endpoint.replaceAll('.', '\\.')}$`, 'm'));
      expect(status).toBe(0);
      expect(balancer.run('tc', 'qdisc', 'show', 'dev', 'veth0')).not.toContain('clsact');
    },
  );

  it.skipIf(inGuest)('load-balancer leaves other connections alone', async () => {
    const [balancer, client] = wire();
    const options = ['--interface', 'veth0', '--listen', '10.1.1.1:80', '10.1.1.1:8001'];
    const running = await balancer.example('load-balancer', ...options);
    const server = balancer.start(process.execPath, '-e', tcpServers, '8001', '8002');
    await server.shows(/ready/);
    for (const port of ['8001', '8002'])
      expect(client.run(process.execPath, '-e', tcpClient, '10.1.1.1', port, '1')).toMatch(`${port} `);
    expect(client.try(process.execPath, '-e', tcpClient, '10.1.1.1', '81', '1').stdout).toContain('ECONNREFUSED');
    expect((await running.interrupt()).output).toMatch(/^ +0 {2}10\.1\.1\.1:8001$/m);
  });

  it.each(inGuest ? ['10.1.1.2'] : ['10.1.1.2', 'fd01::2'])(
    'dns-log shows what is asked of %s, and how it was answered',
    async (address) => {
      const [here, there] = wire({ ipv6: true });
      const server = there.start(process.execPath, '-e', dnsServer, address);
      await server.shows(/ready/);
      const log = await here.example('dns-log', '--interface', 'veth0');
      const long = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(40)}.test`;
      const questions = ['A www.example.test', 'AAAA www.example.test', 'MX missing.test', `A ${long}`];
      expect(
        here
          .run(process.execPath, '-e', dnsClient, address, ...questions)
          .trimEnd()
          .split('\n'),
      ).toEqual(['["192.0.2.7"]', '["2001:db8::7"]', 'ENOTFOUND', '["192.0.2.7"]']);
      const client = address.includes(':') ? '\\[fd01::1\\]' : '10\\.1\\.1\\.1';
      const row = (rest: string) => new RegExp(`^ +(\\d+\\.\\d{3})  ${client} +${rest}$`, 'm');
      const [, milliseconds] = await log.shows(row('NOERROR +1  A     www\\.example\\.test'));
      // The server waits for 30 ms, by a clock that may be a little ahead.
      expect(Number(milliseconds)).toBeGreaterThan(28);
      await log.shows(row('NOERROR +1  AAAA  www\\.example\\.test'));
      await log.shows(row('NXDOMAIN +0  MX    missing\\.test'));
      await log.shows(row('NOERROR +1  \\?     a{63}\\.b{63}\\.c+…'));
      const { output, status } = await log.interrupt();
      expect(output.trimEnd().split('\n')).toHaveLength(5);
      expect(status).toBe(0);
      expect(here.run('tc', 'qdisc', 'show', 'dev', 'veth0')).not.toContain('clsact');
    },
  );

  it('tls-names shows the names that clients ask for, and what has none', async () => {
    const [here, there] = wire({ ipv6: true });
    const server = there.start(process.execPath, '-e', tlsServer);
    await server.shows(/ready/);
    const names = await here.example('tls-names', '--interface', 'veth0');
    here.run(process.execPath, '-e', tlsClient, '10.1.1.2', 'www.example.test');
    here.run(process.execPath, '-e', tlsClient, 'fd01::2', '');
    // Something else on the same port, that begins as a ClientHello does, but ends before its name.
    here.run('bash', '-c', "printf '\\x16\\x03\\x01\\x02\\x00\\x01\\x00' >/dev/tcp/10.1.1.2/443");
    here.run('bash', '-c', 'echo GET / >/dev/tcp/10.1.1.2/443');
    here.run(process.execPath, '-e', tlsClient, '10.1.1.2', 'last.example.test');
    await names.shows(/last/);
    const { output, status } = await names.interrupt();
    const rows = output
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((row) => row.split(/ +/));
    expect(rows).toEqual([
      ['10.1.1.1', '10.1.1.2:443', 'www.example.test'],
      ['[fd01::1]', '[fd01::2]:443', '(none)'],
      ['10.1.1.1', '10.1.1.2:443', '(none)'],
      ['10.1.1.1', '10.1.1.2:443', 'last.example.test'],
    ]);
    expect(status).toBe(0);
  });
});

/** Servers on ports, which answer what they were sent with the port, its hash, and much more. */
const tcpServers = `
const { createServer } = require('node:net');
const { createHash } = require('node:crypto');
const answer = (port) => (socket) => {
  const hash = createHash('sha1');
  socket.on('data', (data) => hash.update(data));
  socket.on('end', () => socket.end(port + ' ' + hash.digest('hex') + ' ' + 'z'.repeat(200000)));
};
const ports = process.argv.slice(1);
let ready = 0;
for (const port of ports)
  createServer({ allowHalfOpen: true }, answer(port)).listen(port, () => ++ready === ports.length && console.log('ready'));`;

/** Connections one after another, each of which sends 300000 letters; prints what came, its end by its length. */
const tcpClient = `
const [, host, port, count] = process.argv;
const once = () => new Promise((resolve) => {
  let text = '';
  const socket = require('node:net').connect(port, host);
  socket.on('data', (data) => (text += data)).on('error', ({ code }) => (text = code));
  socket.on('close', () => resolve(console.log(text.replace(/z+/, (many) => many.length))));
  socket.setTimeout(10000, () => socket.destroy(Object.assign(new Error(), { code: 'timeout' })));
  socket.end('q'.repeat(300000));
});
(async () => {
  for (let made = 0; made < count; made++) await once();
})();`;

/** Answers after 30 ms: missing.test is not there, and all else has one address. */
const dnsServer = `
const address = process.argv[1];
const socket = require('node:dgram').createSocket(address.includes(':') ? 'udp6' : 'udp4');
const answers = { 1: 'c00c000100010000003c0004c0000207', 28: 'c00c001c00010000003c001020010db8000000000000000000000007' };
socket.on('message', (query, { port, address }) => {
  let end = 12;
  while (query[end]) end += query[end] + 1;
  const missing = query.includes('missing');
  const message = query.subarray(0, end + 5);
  message.writeUInt16BE(missing ? 0x8183 : 0x8180, 2);
  for (const [offset, count] of [[6, missing ? 0 : 1], [8, 0], [10, 0]]) message.writeUInt16BE(count, offset);
  const answer = missing ? '' : answers[query.readUInt16BE(end + 1)];
  setTimeout(() => socket.send(Buffer.concat([message, Buffer.from(answer, 'hex')]), port, address), 30);
});
socket.bind(53, address, () => console.log('ready'));`;

const dnsClient = `
const { Resolver } = require('node:dns/promises');
const [, server, ...questions] = process.argv;
const resolver = new Resolver({ tries: 1 });
resolver.setServers([server.includes(':') ? '[' + server + ']' : server]);
(async () => {
  for (const question of questions) {
    const [type, name] = question.split(' ');
    console.log(await resolver.resolve(name, type).then(JSON.stringify, ({ code }) => code));
  }
})();`;

/** It has no certificate: no handshake comes to an end, but each begins. */
const tlsServer = `
const server = require('node:tls').createServer({}).on('tlsClientError', () => {});
server.listen(443, () => console.log('ready'));`;

const tlsClient = `
const [, host, servername] = process.argv;
require('node:tls').connect({ host, port: 443, servername }).on('error', () => {});`;

/** What examples have pinned. */
function pins(): string[] {
  return readdirSync('/sys/fs/bpf').filter((name) => /^tsbpf-(firewall|ipcounter)/.test(name));
}

/** After a test that failed. */
function removePins(): void {
  for (const name of pins()) unlinkSync(path.join('/sys/fs/bpf', name));
}
