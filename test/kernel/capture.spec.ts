/**
 * `tsbpf capture` over a veth pair: what its files hold, by readPcap and by tcpdump, and all the ways in which it ends. Guests,
 * where each capture takes long, repeat what differs from kernel to kernel.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished } from 'vitest';
import { prepareCapture } from '../../runtime/capture/capture.js';
import type { TsbpfError } from '../../runtime/errors.js';
import type { CapturedPacket } from '../../runtime/packet/captured-packet.js';
import { readPcap } from '../../runtime/packet/read-pcap.js';
import { command as tool, until } from '../cli/command-line.js';
import { inGuest } from '../support/examples.js';
import { describeKernel } from '../support/kernel.js';
import { start, startCapture, summary } from './support/captures.js';
import { command, Veth } from './support/network.js';

const folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-capture-'));
/** Outside of the working folder, as captures are started in that. */
const file = (name: string) => path.resolve(folder, name);

afterAll(() => rmSync(folder, { recursive: true }));

/** What tcpdump makes of a file, a line a packet; it must have nothing to complain of. */
function tcpdump(name: string, ...parameters: string[]): string[] {
  const { status, stdout, stderr } = spawnSync('tcpdump', ['-n', '-r', file(name), ...parameters], {
    encoding: 'utf8',
  });
  const complaints = stderr
    .split('\n')
    .filter((line) => line && !/^(reading from file|Warning: interface names)/.test(line));
  expect(complaints).toEqual([]);
  expect(status).toBe(0);
  return stdout.split('\n').filter(Boolean);
}

/** What tshark makes of a file: fields of each packet. It must have nothing to complain of. */
function tshark(name: string, ...fields: string[]): string[][] {
  const parameters = ['-n', '-r', file(name), '-T', 'fields', ...fields.flatMap((field) => ['-e', field])];
  const { status, stdout, stderr } = spawnSync('tshark', parameters, { encoding: 'utf8' });
  // It warns root of dissectors with faults.
  expect(stderr.split('\n').filter((line) => line && !line.startsWith('Running as user'))).toEqual([]);
  expect(status).toBe(0);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
}

/** `epb_flags` of a pcapng file, as tshark shows the two bits of the direction. */
const INBOUND = '0x00000001';
const OUTBOUND = '0x00000002';

/** Seconds and nanoseconds, as tshark shows them. */
const secondsOf = ({ timestamp }: CapturedPacket) =>
  `${timestamp / 1_000_000_000n}.${String(timestamp % 1_000_000_000n).padStart(9, '0')}`;

const packetsOf = (name: string): CapturedPacket[] => [...readPcap(file(name))];

/** The text of a UDP datagram over IPv4 without options. */
const payload = ({ data }: CapturedPacket, at = 14) =>
  Buffer.from(data.subarray(at + 28))
    .toString()
    .trim();

describeKernel('tsbpf capture', {}, () => {
  let veth: Veth;

  beforeAll(() => {
    veth = new Veth();
  });
  // The kernel frees what nobody holds any more a little later.
  afterEach(() => until(() => leftBehind().length === 0));
  afterAll(() => veth?.[Symbol.dispose]());

  /** Programs of captures that are in the kernel though no capture runs. */
  const leftBehind = () =>
    (JSON.parse(command('bpftool', 'prog', 'show', '--json')) as { name?: string }[]).filter(
      ({ name }) => name === 'capture',
    );

  /** One expression for most tests, since compiling takes long in guests. */
  const datagrams = ['udp portrange 5001-5020'];

  it.each(inGuest ? ['pcapng'] : ['pcap', 'pcapng'])(
    'writes %s: lengths, times, directions and names, without a complaint of tcpdump',
    async (format) => {
      const name = `all.${format}`;
      const before = BigInt(Date.now()) * 1_000_000n;
      const running = await startCapture(['-i', veth.name, '-w', file(name), '--format', format, ...datagrams]);
      veth.sendIn(2, 5001, 'in');
      veth.sendOut(1, 5001, 'o'.repeat(1000));
      veth.sendIn(1, 4999, 'other');
      expect(await running.end()).toBe(0);
      const after = BigInt(Date.now() + 1) * 1_000_000n;
      expect(summary(running)).toEqual({ received: 3, written: 3, dropped: 0 });
      const packets = packetsOf(name);
      expect(packets.map((packet) => payload(packet))).toEqual(['in', 'in', 'o'.repeat(1000)]);
      expect(packets.map(({ length, data }) => [length, data.length])).toEqual([
        [45, 45],
        [45, 45],
        [1043, 1043],
      ]);
      for (const { timestamp, linkType } of packets) {
        expect(linkType).toBe(1);
        expect(timestamp).toBeGreaterThanOrEqual(before);
        expect(timestamp).toBeLessThanOrEqual(after);
      }
      expect(packets.map(({ timestamp }) => timestamp)).toEqual(packets.map(({ timestamp }) => timestamp).sort());
      const known = format === 'pcapng';
      expect(packets.map(({ direction }) => direction)).toEqual(
        known ? ['in', 'in', 'out'] : [undefined, undefined, undefined],
      );
      expect(new Set(packets.map((packet) => packet.interface))).toEqual(new Set([known ? veth.name : undefined]));
      const lines = tcpdump(name);
      expect(lines).toHaveLength(3);
      expect(lines[2]).toContain(`> ${veth.peerAddress}.5001: UDP, length 1001`);
      if (inGuest) return;
      const direction = known ? [INBOUND, INBOUND, OUTBOUND] : ['', '', ''];
      const reception = known ? ['1', '1', '0'] : ['', '', ''];
      const flags = ['frame.packet_flags_direction', 'frame.packet_flags_reception_type'];
      const fields = ['frame.time_epoch', 'frame.len', 'frame.cap_len', ...flags, 'udp.dstport'];
      expect(tshark(name, 'frame.interface_name', ...fields)).toEqual(
        packets.map((packet, at) => [
          ...[known ? veth.name : '', secondsOf(packet)],
          ...[`${packet.length}`, `${packet.data.length}`, direction[at], reception[at], '5001'],
        ]),
      );
    },
  );

  it.skipIf(inGuest)('has statistics of the interface at the end of a pcapng file', async () => {
    const running = await start(['-i', veth.name, '-w', file('statistics.pcapng'), ...datagrams]);
    veth.sendIn(3, 5003);
    await running.end();
    const bytes = readFileSync(file('statistics.pcapng'));
    const last = bytes.readUInt32LE(bytes.length - 4);
    const block = bytes.subarray(bytes.length - last);
    expect(block.readUInt32LE(0)).toBe(5);
    const options = new Map<number, bigint>();
    for (let at = 20; block.readUInt16LE(at) !== 0; at += 12)
      options.set(block.readUInt16LE(at), block.readBigUInt64LE(at + 4));
    expect([options.get(4), options.get(7), options.get(8)]).toEqual([3n, 0n, 3n]);
  });

  it.skipIf(inGuest).each([
    ['in', ['from outside', 'from outside']],
    ['out', ['from here']],
    ['inout', ['from outside', 'from outside', 'from here']],
  ])('captures the direction %s', async (direction, expected) => {
    const running = await start(['-i', veth.name, '-w', file('direction.pcapng'), '-Q', direction, ...datagrams]);
    veth.sendIn(2, 5004, 'from outside');
    veth.sendOut(1, 5004, 'from here');
    expect(await running.end()).toBe(0);
    expect(packetsOf('direction.pcapng').map((packet) => payload(packet))).toEqual(expected);
  });

  it.skipIf(inGuest).each(['pcap', 'pcapng'])(
    'cuts packets at the snapshot length in %s, and says how long they were',
    async (format) => {
      const running = await start(['-i', veth.name, '-w', file('cut'), '--format', format, '-s', '50', ...datagrams]);
      veth.sendIn(1, 5005, 'a'.repeat(300));
      veth.sendIn(1, 5005, 'short');
      await running.end();
      expect(packetsOf('cut').map(({ data, length }) => [data.length, length])).toEqual([
        [50, 343],
        [48, 48],
      ]);
      expect(tcpdump('cut')[0]).toContain('UDP');
    },
  );

  it.skipIf(inGuest)('keeps packets of every size, whole', async () => {
    command('ip', 'link', 'set', veth.name, 'mtu', '65000');
    veth.inside('ip', 'link', 'set', veth.peer, 'mtu', '65000');
    const running = await start(['-i', veth.name, '-w', file('sizes.pcap'), '--format', 'pcap', ...datagrams]);
    const sizes = [1, 21, 22, 85, 86, 213, 214, 470, 982, 1494, 4054, 9174, 16342, 32726, 60000];
    for (const size of sizes) {
      const send = `require('node:dgram').createSocket('udp4').send(Buffer.alloc(${size}, 'x'), 5006, '${veth.address}', () => process.exit())`;
      veth.inside(process.execPath, '-e', send);
    }
    expect(await running.end()).toBe(0);
    command('ip', 'link', 'set', veth.name, 'mtu', '1500');
    veth.inside('ip', 'link', 'set', veth.peer, 'mtu', '1500');
    const packets = packetsOf('sizes.pcap');
    expect(packets.map(({ data }) => data.length)).toEqual(sizes.map((size) => size + 42));
    for (const packet of packets) expect(payload(packet)).toMatch(/^x+$/);
    expect(tcpdump('sizes.pcap')).toHaveLength(sizes.length);
  });

  it.skipIf(inGuest)('ends by itself after a number of packets, and not a packet later', async () => {
    const running = await start(['-i', veth.name, '-c', '3', '-w', file('count'), ...datagrams]);
    veth.sendIn(10, 5007);
    expect((await running.ended)[0]).toBe(0);
    expect(summary(running)).toEqual({ received: 3, written: 3, dropped: 0 });
    expect(packetsOf('count')).toHaveLength(3);
  });

  /** Frames as hexadecimal digits, from the peer. */
  const sendFrames = (...frames: string[]) => veth.sendFrames(frames.map((frame) => Buffer.from(frame, 'hex')));
  const addresses = 'ffffffffffff020000000001';
  /** IPv4, UDP from 10.9.8.1 port 4660 to 10.9.8.2 port 5008, 4 bytes. */
  const datagram = '450000200000000040110000' + '0a090801' + '0a090802' + '12341390000c0000' + '74736270';

  const plain = `${addresses}0800${datagram}${'00'.repeat(14)}`;
  const tagged = `${addresses}81000007` + `0800${datagram}${'00'.repeat(14)}`;
  const stacked = `${addresses}88a80009` + `81000007` + `0800${datagram}${'00'.repeat(14)}`;

  it('has VLAN tags where they are on the wire, and finds packets by them', async () => {
    for (const [expression, expected] of [
      ['ether src 02:00:00:00:00:01', [plain, tagged, stacked]],
      ['vlan 7 and udp dst port 5008', [tagged]],
      ['vlan 9 and vlan 7 and udp', [stacked]],
      // Without `vlan` a tag that the kernel took out is not seen, as with tcpdump.
      ['udp dst port 5008', [plain, tagged]],
    ] as const) {
      if (inGuest && !expression.startsWith('vlan 7')) continue;
      const running = await startCapture(['-i', veth.name, '-w', file('vlan.pcapng'), expression]);
      sendFrames(plain, tagged, stacked);
      expect(await running.end()).toBe(0);
      expect(packetsOf('vlan.pcapng').map(({ data }) => Buffer.from(data).toString('hex'))).toEqual(expected);
      expect(packetsOf('vlan.pcapng').map(({ length }) => length)).toEqual(expected.map((frame) => frame.length / 2));
      expect(tcpdump('vlan.pcapng')).toHaveLength(expected.length);
    }
  });

  it.skipIf(inGuest).each([
    ['own', 'udp dst port 5008', 2],
    ['own', 'ether proto 0x8100', 1],
    ['own', 'vlan and udp dst port 5008', 1],
    ['own', 'ether src 02:00:00:00:00:01 and greater 64', 1],
    ['any', 'udp dst port 5008', 2],
    ['any', 'src host 10.9.8.1 and not tcp', 2],
  ])('takes the packets that tcpdump takes: on %s, %s', async (which, expression, count) => {
    const name = which === 'any' ? 'any' : veth.name;
    const theirs = file('theirs.pcap');
    const other = spawn('tcpdump', ['-i', name, '--immediate-mode', '-U', '-w', theirs, expression]);
    onTestFinished(() => void other.kill('SIGKILL'));
    let said = '';
    other.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    await until(() => said.includes('listening on'));
    const running = await start(['-i', name, '-w', file('ours.pcap'), '--format', 'pcap', expression]);
    sendFrames(plain, tagged, stacked);
    expect(await running.end()).toBe(0);
    await until(() => packetsOf('theirs.pcap').length >= count);
    other.kill('SIGINT');
    await once(other, 'close');
    const [ours, others] = ['ours.pcap', 'theirs.pcap'].map((file) =>
      packetsOf(file).map(({ data }) => {
        const frame = Buffer.from(data).toString('hex');
        // tcpdump leaves tags out of cooked packets.
        return which === 'any' ? frame.slice(frame.indexOf(datagram)) : frame;
      }),
    );
    expect(ours).toEqual(others);
    expect(ours).toHaveLength(count);
  });

  it.skipIf(inGuest)('lets an expression look anywhere in a packet of all interfaces', async () => {
    const datagramsOf = (size: number, last: string) => {
      const text = `'x'.repeat(${size - 1}) + '${last}'`;
      const send = `require('node:dgram').createSocket('udp4').send(${text}, 5019, '127.0.0.1', () => process.exit())`;
      command(process.execPath, '-e', send);
    };
    for (const [expression, sizes] of [
      // A place that is said, and one that the packet says.
      ['udp dst port 5019 and udp[1407] = 0x79', [1400]],
      ['udp dst port 5019 and udp[40007] = 0x79', [40_000]],
      ['udp dst port 5019 and udp[udp[4:2] - 1] = 0x79', [1, 1400, 40_000, 60_000]],
    ] as const) {
      const running = await start(['-i', 'any', '-w', file('deep'), expression]);
      for (const size of [1, 1400, 40_000, 60_000]) for (const last of ['x', 'y']) datagramsOf(size, last);
      expect(await running.end()).toBe(0);
      expect(packetsOf('deep').map(({ length }) => length - 48)).toEqual(sizes);
    }
  });

  it.each(inGuest ? ['pcapng'] : ['pcap', 'pcapng'])(
    'captures on all interfaces at once, each packet with its own, in %s',
    async (format) => {
      const running = await startCapture(['-i', 'any', '-w', file('any'), '--format', format, ...datagrams]);
      command('bash', '-c', 'echo loop >/dev/udp/127.0.0.1/5008');
      veth.sendIn(1, 5008, 'veth');
      sendFrames(`${addresses}81000007` + `0800${datagram}`);
      expect(await running.end()).toBe(0);
      const packets = packetsOf('any');
      expect(packets.map(({ linkType }) => linkType)).toEqual([276, 276, 276]);
      expect(packets.slice(0, 2).map((packet) => payload(packet, 20))).toEqual(['loop', 'veth']);
      const names = format === 'pcapng' ? ['lo', veth.name, veth.name] : [undefined, undefined, undefined];
      expect(packets.map((packet) => packet.interface)).toEqual(names);
      expect(packets.map(({ direction }) => direction)).toEqual(['in', 'in', 'in']);
      // The protocol is that of the tag, and the tag stands before the packet.
      const cooked = Buffer.from(packets[2]!.data);
      expect(cooked.toString('hex', 0, 2)).toBe('8100');
      expect(cooked.toString('hex', 20)).toBe(`00070800${datagram}`);
      const lines = tcpdump('any', '-e');
      expect(lines).toHaveLength(3);
      expect(lines[2]).toContain('vlan 7');
      if (!inGuest) {
        const way = format === 'pcapng' ? INBOUND : '';
        // The last is for everybody.
        const reception = format === 'pcapng' ? ['1', '1', '3'] : ['', '', ''];
        const flags = ['frame.packet_flags_direction', 'frame.packet_flags_reception_type'];
        expect(tshark('any', 'frame.interface_name', ...flags, 'vlan.id', 'udp.dstport')).toEqual(
          names.map((name, at) => [name ?? '', way, reception[at], at === 2 ? '7' : '', '5008']),
        );
      }
      // The address of the sender, as a cooked header has it.
      expect(Buffer.from(packets[1]!.data.subarray(11, 18)).toString('hex')).toBe(`06${macOfPeer()}`);
    },
  );

  const macOfPeer = () =>
    (
      JSON.parse(veth.inside('ip', '--json', 'link', 'show', veth.peer)) as { address: string }[]
    )[0]!.address.replaceAll(':', '');

  it.skipIf(inGuest)('prints a line a packet, or JSON', async () => {
    const lines = await start(['-i', veth.name, ...datagrams]);
    veth.sendIn(1, 5010, 'hello');
    await until(() => lines.printed.stdout.includes('\n'));
    expect(await lines.end()).toBe(0);
    const [, port] = /\.(\d+) > /.exec(lines.printed.stdout) ?? [];
    expect(lines.printed.stdout.replace(/^\d\d:\d\d:\d\d\.\d{9} /, '')).toBe(
      `${veth.name} in  IP ${veth.peerAddress}.${port} > ${veth.address}.5010: UDP, length 6\n`,
    );
    const child = spawn(process.execPath, [tool, 'capture', '-i', veth.name, '--json', '-c', '1', ...datagrams]);
    onTestFinished(() => void child.kill('SIGKILL'));
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
    const ended = once(child, 'close');
    while (child.exitCode === null) {
      veth.sendIn(1, 5010, 'hello');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await ended;
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ interface: veth.name, direction: 'in', length: 48, network: 'IP', protocol: 'UDP', payload: 6 },
      ...{ source: veth.peerAddress, destination: veth.address, destinationPort: 5010 },
      timestamp: expect.stringMatching(/^\d{19}$/) as unknown,
    });
    expect(JSON.parse(stderr)).toEqual({ received: 1, written: 1, dropped: 0 });
  });

  it.skipIf(inGuest)('goes through a pipe as it comes, to tcpdump and to head', async () => {
    const piped = await start(['-i', veth.name, '-c', '2', ...datagrams], {
      script: '"$0" "$1" capture "${@:2}" -w - | tcpdump -n -r - 2>/dev/null',
    });
    veth.sendIn(2, 5011, 'piped');
    expect((await piped.ended)[0]).toBe(0);
    expect(piped.printed.stdout.match(/UDP, length 6/g)).toHaveLength(2);
    const closed = await start(['-i', veth.name, ...datagrams], {
      script: '"$0" "$1" capture "${@:2}" | head -n 1; exit ${PIPESTATUS[0]}',
    });
    for (let sent = 0; closed.child.exitCode === null && sent < 100; sent++) {
      veth.sendIn(1, 5011, 'piped');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect((await closed.ended)[0]).toBe(0);
    expect(closed.printed.stdout.match(/\n/g)).toHaveLength(1);
    expect(closed.printed.stderr).toMatch(/\d+ packets? received, \d+ written, \d+ dropped/);
    expect(closed.printed.stderr).not.toContain('error');
  });

  it.skipIf(inGuest)('ends by SIGTERM, with a whole file', async () => {
    const running = await start(['-i', veth.name, '-w', file('term.pcap'), '--format', 'pcap', ...datagrams]);
    veth.sendIn(4, 5012);
    expect(await running.end('SIGTERM')).toBe(0);
    expect(tcpdump('term.pcap')).toHaveLength(4);
  });

  it.skipIf(inGuest).each(['pcap', 'pcapng'])('ends with a whole %s file when the disk is full', async (format) => {
    const disk = file(`disk-${format}`);
    command('mkdir', disk);
    command('mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk);
    onTestFinished(() => void command('umount', disk));
    const name = `disk-${format}/full`;
    const running = await start(['-i', veth.name, '-w', file(name), '--format', format, ...datagrams]);
    while (running.child.exitCode === null) {
      veth.sendIn(40, 5013, 'x'.repeat(1000));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect((await running.ended)[0]).toBe(1);
    expect(running.printed.stderr).toMatch(/error TSBPF3065: cannot write to .*full any more: no space left on device/);
    const { received, written, dropped } = summary(running);
    expect(received).toBe(written + dropped);
    expect(dropped).toBeGreaterThan(0);
    expect(written).toBeGreaterThan(40);
    expect(tcpdump(name)).toHaveLength(written);
    expect(packetsOf(name)).toHaveLength(written);
    expect(statSync(file(name)).size).toBeLessThanOrEqual(65_536);
  });

  it.skipIf(inGuest)('says that a device takes nothing', async () => {
    const descriptor = openSync('/dev/full', 'w');
    const running = spawnSync(process.execPath, [tool, 'capture', '-i', veth.name, '-w', '-'], {
      stdio: ['ignore', descriptor, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(descriptor);
    expect(running.stderr).toMatch(
      /error TSBPF3065: cannot write to standard output any more: no space left on device/,
    );
    expect(running.status).toBe(1);
  });

  it.skipIf(inGuest)(
    'ends with a whole file when its interface goes away, and goes on when that comes back',
    async () => {
      using own = new Veth();
      const running = await start(['-i', own.name, '-w', file('gone.pcapng'), ...datagrams]);
      own.sendIn(1, 5014, 'before');
      command('ip', 'link', 'set', own.name, 'down');
      await new Promise((resolve) => setTimeout(resolve, 700));
      command('ip', 'link', 'set', own.name, 'up');
      await until(() => {
        own.sendIn(1, 5014, 'again');
        return statSync(file('gone.pcapng')).size > 400;
      });
      command('ip', 'link', 'delete', own.name);
      expect((await running.ended)[0]).toBe(1);
      expect(running.printed.stderr).toContain(`error TSBPF3064: the interface ${own.name} has gone away`);
      const { written, dropped } = summary(running);
      expect(dropped).toBe(0);
      expect(tcpdump('gone.pcapng')).toHaveLength(written);
      const texts = packetsOf('gone.pcapng').map((packet) => payload(packet));
      expect([texts[0], texts.at(-1)]).toEqual(['before', 'again']);
    },
  );

  it.skipIf(inGuest)('counts every packet that it had no room for', async () => {
    const running = await start([
      '-i',
      veth.name,
      '-w',
      file('lost.pcap'),
      '--format',
      'pcap',
      '-B',
      '256',
      ...datagrams,
    ]);
    // Nobody reads while it is stopped, and the ring holds 256 KiB.
    running.child.kill('SIGSTOP');
    const sent = 600;
    veth.sendIn(sent, 5015, 'x'.repeat(1000));
    running.child.kill('SIGCONT');
    expect(await running.end()).toBe(0);
    const { received, written, dropped } = summary(running);
    expect(received).toBe(sent);
    expect(written + dropped).toBe(received);
    expect(dropped).toBeGreaterThan(0);
    expect(written).toBeGreaterThan(100);
    expect(tcpdump('lost.pcap')).toHaveLength(written);
  });
});

describeKernel('tsbpf capture of a tunnel', { needs: ['tun'] }, () => {
  it.skipIf(inGuest)('has raw IP, which begins with its own header', async () => {
    const [name, subnet] = [`tt${process.pid}`, `10.214.${process.pid % 250}`];
    // The kernel sends by a tunnel only while somebody holds it.
    const hold = `
      const request = Buffer.alloc(40);
      request.write('${name}');
      request.writeUInt16LE(0x1001, 16);
      const fd = require('node:fs').openSync('/dev/net/tun', 'r+');
      const ioctl = require('koffi').load(null).func('int ioctl(int fd, unsigned long request, void *argument)');
      if (ioctl(fd, 0x400454ca, request) !== 0) process.exit(1);
      console.log('held');
      setInterval(() => undefined, 1000);`;
    const holder = spawn(process.execPath, ['-e', hold], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void holder.kill());
    await once(holder.stdout, 'data');
    command('ip', 'address', 'add', `${subnet}.1/24`, 'dev', name);
    command('ip', 'link', 'set', name, 'up');
    const running = await start(['-i', name, '-w', file('raw'), 'udp port 5009']);
    command('bash', '-c', `echo through >/dev/udp/${subnet}.2/5009`);
    expect(await running.end()).toBe(0);
    const packets = packetsOf('raw');
    expect(packets.map((packet) => [packet.linkType, packet.direction, payload(packet, 0)])).toEqual([
      [101, 'out', 'through'],
    ]);
    expect(tcpdump('raw')[0]).toContain('UDP, length 8');
  });
});

describeKernel('tsbpf capture at a function of the kernel', { needs: ['kprobes', 'btf'] }, () => {
  let veth: Veth;

  beforeAll(() => {
    veth = new Veth();
  });
  afterAll(() => veth?.[Symbol.dispose]());

  it.each([
    ['dev_queue_xmit', 'out', false],
    ['ip_rcv', 'in', true],
  ])('has the packets that %s is given', async (symbol, direction, only) => {
    const send = () => {
      veth.sendIn(1, 5020, 'in');
      veth.sendIn(2, 5020, 'in at length');
      veth.sendOut(2, 5020, 'out at length');
    };
    // Neighbours are known, so that each packet is sent once.
    send();
    // 20 bytes of a cooked header, 20 of IPv4, 8 of UDP, and a line of text: 51 for the first.
    const filter = [...(only ? ['-i', veth.name] : []), 'udp port 5020 and greater 52'];
    const running = await startCapture(['--at', symbol, '-w', file('at.pcapng'), ...filter]);
    send();
    expect(await running.end()).toBe(0);
    const all = packetsOf('at.pcapng');
    const found = all.filter((packet) => packet.interface === veth.name);
    expect(found.map((packet) => payload(packet, 20))).toEqual([`${direction} at length`, `${direction} at length`]);
    for (const { linkType, length, data } of found) expect([linkType, length]).toEqual([276, data.length]);
    if (only) expect(all).toHaveLength(found.length);
    expect(tcpdump('at.pcapng')).toHaveLength(all.length);
  });

  it('names functions that are meant, and those that are given no packet', () => {
    const refusal = (at: string): TsbpfError => {
      try {
        prepareCapture({ at, snapLength: 64, direction: 'inout', bufferSize: 2 ** 18, promiscuous: false }).stop();
      } catch (error) {
        return error as TsbpfError;
      }
      throw new Error(`${at} was taken`);
    };
    const unknown = refusal('dev_queue_xmitt');
    expect(unknown.code).toBe('TSBPF2102');
    expect(`${unknown.message} ${unknown.hint}`).toMatch(/dev_queue_xmitt.*dev_queue_xmit'/);
    const other = refusal('vfs_read');
    expect(other.code).toBe('TSBPF2139');
    expect(other.message).toContain('vfs_read');
  });
});
