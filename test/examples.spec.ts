/** The examples, as a user runs them: what they print about activity that the tests make, and how they end. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { command, folderWith, root, tsbpf } from './cli/command-line.js';
import { activity, example, inGuest, names, ownCommand, Running, start } from './support/examples.js';
import { describeKernel } from './support/kernel.js';

function temporaryFile(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-example-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'file');
  writeFileSync(file, 'content');
  return file;
}

// What is the same under every kernel, guests need not repeat.
describe.skipIf(inGuest)('every example', () => {
  it('is listed for readers', () => {
    const listed = (file: string, link: RegExp) =>
      [...readFileSync(path.join(root, file), 'utf8').matchAll(link)].map(([, name]) => name).sort();
    expect(listed('examples/README.md', /^\| \[.*?\]\((.*?\.ts)\)/gm)).toEqual(names.toSorted());
    expect(listed('README.md', /^\| \[.*?\]\(examples\/(.*?\.ts)\)/gm)).toEqual(names.toSorted());
  });

  it.each(names)('%s is under a page', (name) => {
    const text = readFileSync(path.join(root, 'examples', name), 'utf8');
    expect(text.split('\n').length).toBeLessThanOrEqual(120);
  });

  it('compiles, and is checked without a diagnostic', { timeout: 240_000 }, () => {
    const files = names.map((name) => path.join('examples', name));
    const folder = folderWith({});
    const options = { cwd: root, timeout: 120_000 };
    expect(tsbpf(['build', ...files, '-o', `${folder}/`], options)).toEqual({ status: 0, stdout: '', stderr: '' });
    for (const name of names) {
      const object = readFileSync(path.join(folder, name.replace(/ts$/, 'o')));
      expect(object.subarray(0, 4)).toEqual(Buffer.from('\x7fELF', 'latin1'));
    }
    expect(tsbpf(['check', ...files], options)).toMatchObject({ status: 0, stderr: '' });
  });

  it.each(names)('%s explains itself without privileges, and refuses unknown options', (name) => {
    const file = path.join(root, 'examples', name);
    const under = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all'] : [];
    const help = tsbpf(['run', file, '--help'], { under });
    expect(help).toMatchObject({ status: 0, stderr: '' });
    expect(help.stdout).toMatch(new RegExp(`^usage: tsbpf run ${name}`));
    const wrong = tsbpf(['run', file, '--no-such-option']);
    expect(wrong).toMatchObject({ status: 2, stdout: '' });
    expect(wrong.stderr).toContain(`usage: tsbpf run ${name}`);
    expect(tsbpf(['run', file, '--interface=lo', '--duration=soon', '::1'])).toMatchObject({ status: 2, stdout: '' });
  });
});

describeKernel('examples', {}, () => {
  it('flow-counter counts the datagrams of a flow, and their bytes', async () => {
    const counter = await start('flow-counter', '--interface', 'lo');
    const flows = [await exchange('127.0.0.1', 7, 100), await exchange('::1', 5, 1000)];
    const { output, status } = await counter.interrupt();
    expect(status).toBe(0);
    // Ethernet, IP and UDP headers, and the content.
    const [bytes, bytes6] = [7 * (14 + 20 + 8 + 100), 5 * (14 + 40 + 8 + 1000)];
    expect(output).toMatch(new RegExp(`^ +7 +${bytes}  UDP +127.0.0.1:${flows[0]!.join(' → 127.0.0.1:')}$`, 'm'));
    expect(output).toMatch(new RegExp(`^ +5 +${bytes6}  UDP +\\[::1\\]:${flows[1]!.join(' → \\[::1\\]:')}$`, 'm'));
  });

  it('flow-counter ends by itself, started by node alone', async () => {
    const parameters = ['--import', 'tsbpf/register', example('flow-counter'), '--interface=lo', '--duration=0.5'];
    const { output, status } = await new Running(process.execPath, parameters).end();
    expect(output).toContain('PROTOCOL  FLOW');
    expect(status).toBe(0);
  });

  it('blacklist-ingress-ips drops what comes from the addresses, counts it, and lets the rest pass', async () => {
    const parameters = `run ${example('blacklist-ingress-ips')} --interface lo 127.0.0.77 ::1`;
    const inNamespace = `ip link set lo up && exec ${process.execPath} ${command} ${parameters}`;
    const blacklist = new Running('unshare', ['--net', 'bash', '-c', inNamespace]);
    await blacklist.shows(/^Dropping/m);
    const sender = ['--net=/proc/' + blacklist.pid + '/ns/net', process.execPath, '-e', datagrams];
    expect(execFileSync('nsenter', sender, { encoding: 'utf8' })).toBe('127.0.0.78 127.0.0.78\n');
    const { output, status } = await blacklist.interrupt();
    expect(output).toMatch(/^ +3 packets of 127\.0\.0\.77 dropped$/m);
    expect(output).toMatch(/^ +2 packets of ::1 dropped$/m);
    expect(status).toBe(0);
  });

  it('blacklist-ingress-ips leaves the filter if told, and clears it', () => {
    const run = `${process.execPath} ${command} run ${example('blacklist-ingress-ips')} --interface lo`;
    const count = 'tc filter show dev lo ingress | grep -c "handle.*bpf\\|bpf.*handle" || true';
    const script = `ip link set lo up; ${run} --keep 192.0.2.1; ${count}; ${run} --clear; ${count}`;
    const { stdout, stderr } = spawnSync('unshare', ['--net', 'bash', '-c', script], { encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({ stdout: '1\n1 filters removed from lo\n0\n', stderr: '' });
  });

  it('execsnoop shows commands with their arguments, and not what could not be executed', async () => {
    const snoop = await start('execsnoop');
    const { pid } = activity('/bin/echo', 'one', 'two three', '');
    const line = await snoop.shows(new RegExp(`^ *${pid} +0 (.{16}) /bin/echo(.*)$`, 'm'));
    expect(line[1]!.trim()).toBe(ownCommand);
    expect(line[2]).toBe(" one 'two three' ''");
    activity('env', 'PATH=/nonexistent:/bin', 'true', 'last');
    await snoop.shows(/ \/bin\/true last$/m);
    const { output, status } = await snoop.interrupt();
    expect(output).not.toContain('/nonexistent/true');
    expect(status).toBe(0);
  });

  it('exitsnoop shows how processes end, how long they ran, and whose children they were', async () => {
    const snoop = await start('exitsnoop', '--failed');
    const well = activity('true');
    const badly = activity('sh', '-c', 'sleep 0.05; exit 3');
    const killed = activity('sh', '-c', 'kill -9 $$');
    const parent = `${process.pid} ${ownCommand.replace(/[()]/g, '\\$&')}`;
    const [, time] = await snoop.shows(new RegExp(`^ *${badly.pid} sh +(\\d+\\.\\d{3}) +3 +${parent}$`, 'm'));
    expect(Number(time)).toBeGreaterThanOrEqual(50);
    expect(Number(time)).toBeLessThan(badly.milliseconds);
    await snoop.shows(new RegExp(`^ *${killed.pid} sh +\\d+\\.\\d{3} +SIGKILL +${parent}$`, 'm'));
    const { output, status } = await snoop.interrupt();
    expect(output).not.toMatch(new RegExp(`^ *${well.pid} `, 'm'));
    expect(status).toBe(0);
  });

  it('sync-watcher shows each call, its result and its time', async () => {
    const watcher = await start('sync-watcher');
    const file = temporaryFile();
    const { pid, milliseconds } = activity('sync', '--data', file);
    const other = activity('sync', '--file-system', file);
    const descriptor = openSync(file, 'r+');
    fsyncSync(descriptor);
    closeSync(descriptor);
    expect(() => fsyncSync(openSync('/dev/null', 'r'))).toThrow('EINVAL');
    const [, time] = await watcher.shows(new RegExp(`^ *${pid} sync +fdatasync +(\\d+\\.\\d{3})$`, 'm'));
    expect(Number(time)).toBeLessThan(milliseconds);
    await watcher.shows(new RegExp(`^ *${other.pid} sync +syncfs +\\d`, 'm'));
    const own = `^ *${process.pid} ${ownCommand.replace(/[()]/g, '\\$&')} +fsync +\\d+\\.\\d{3}`;
    await watcher.shows(new RegExp(`${own}$`, 'm'));
    await watcher.shows(new RegExp(`${own}  EINVAL$`, 'm'));
    expect((await watcher.interrupt()).status).toBe(0);
  });
});

describeKernel('examples with kprobes', { needs: ['kprobes'] }, () => {
  it('opensnoop shows who opens what, and what came of it', async () => {
    const snoop = await start('opensnoop');
    const file = temporaryFile();
    const { pid } = activity('cat', file, '/nonexistent/file');
    await snoop.shows(new RegExp(`^ *${pid} cat +3 ${file}$`, 'm'));
    await snoop.shows(new RegExp(`^ *${pid} cat +ENOENT /nonexistent/file$`, 'm'));
    expect((await snoop.interrupt()).status).toBe(0);
  });

  it('connect-watcher shows addresses, results and times', async () => {
    const watcher = await start('connect-watcher');
    for (const [address, text] of [
      ['127.0.0.1', '127\\.0\\.0\\.1'],
      ['::1', '\\[::1\\]'],
    ] as const) {
      const server = createServer().listen(0, address);
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const made = activity('bash', '-c', `exec 3<>/dev/tcp/${address}/${port}`);
      const line = new RegExp(`^ *${made.pid} bash +(\\d+\\.\\d{3}) connected +${text}:${port}$`, 'm');
      const [, time] = await watcher.shows(line);
      expect(Number(time)).toBeGreaterThan(0);
      expect(Number(time)).toBeLessThan(made.milliseconds);
      await new Promise((resolve) => server.close(resolve));
      const refused = activity('bash', '-c', `exec 3<>/dev/tcp/${address}/${port}`);
      await watcher.shows(new RegExp(`^ *${refused.pid} bash +[\\d.]+ ECONNREFUSED +${text}:${port}$`, 'm'));
    }
    expect((await watcher.interrupt()).status).toBe(0);
  });

  it('nanosleep-watcher shows how long was asked for and slept', async () => {
    const watcher = await start('nanosleep-watcher');
    const { pid, milliseconds } = activity('sleep', '0.25');
    const [, slept] = await watcher.shows(new RegExp(`^ *${pid} sleep +250\\.000 +(\\d+\\.\\d{3})$`, 'm'));
    expect(Number(slept)).toBeGreaterThanOrEqual(250);
    expect(Number(slept)).toBeLessThan(milliseconds);
    expect((await watcher.interrupt()).status).toBe(0);
  });

  it('unlinkers shows who removes what, and by which functions', async () => {
    const unlinkers = await start('unlinkers', '--stacks');
    const file = temporaryFile();
    unlinkSync(file);
    const own = ownCommand.replace(/[()]/g, '\\$&');
    // What stands between them differs: in 5.10, __x64_sys_unlink jumps to do_unlinkat and leaves no frame.
    const way = '( +.+\n)*? +entry_SYSCALL_64_after_hwframe\\+';
    await unlinkers.shows(new RegExp(`^ *${process.pid} +0 ${own} +${file}\n +do_unlinkat\\+.*\n${way}`, 'm'));
    const { pid } = activity('rm', '-f', '/nonexistent/file');
    await unlinkers.shows(new RegExp(`^ *${pid} +0 rm +/nonexistent/file\n +do_unlinkat\\+`, 'm'));
    expect((await unlinkers.interrupt()).status).toBe(0);
  });
});

/** Sends datagrams from one port to another; the two ports. */
async function exchange(address: string, count: number, size: number): Promise<[number, number]> {
  const type = address.includes(':') ? 'udp6' : 'udp4';
  const [from, to] = [createSocket(type), createSocket(type)];
  for (const socket of [from, to]) {
    socket.bind(0, address);
    await once(socket, 'listening');
  }
  for (let sent = 0; sent < count; sent++) {
    from.send(new Uint8Array(size), to.address().port, address);
    await once(to, 'message');
  }
  const ports: [number, number] = [from.address().port, to.address().port];
  from.close();
  to.close();
  return ports;
}

/** Three datagrams from 127.0.0.77, two from ::1 and two from 127.0.0.78; prints from where some arrived. */
const datagrams = `
const { createSocket } = require('node:dgram');
const arrived = [];
const receive = (type, address) => new Promise((resolve) => {
  const socket = createSocket(type).on('message', (_, from) => arrived.push(from.address));
  socket.bind(4444, address, () => resolve(socket));
});
const send = (type, address, to, count) => new Promise((resolve) => {
  const socket = createSocket(type);
  socket.bind(0, address, async () => {
    for (let sent = 0; sent < count; sent++) await new Promise((next) => socket.send('x', 4444, to, next));
    socket.close(resolve);
  });
});
(async () => {
  const sockets = [await receive('udp4', '127.0.0.1'), await receive('udp6', '::1')];
  await send('udp4', '127.0.0.77', '127.0.0.1', 3);
  await send('udp6', '::1', '::1', 2);
  await send('udp4', '127.0.0.78', '127.0.0.1', 2);
  while (arrived.length < 2) await new Promise((next) => setTimeout(next, 10));
  sockets.forEach((socket) => socket.close());
  console.log(arrived.join(' '));
})();`;
