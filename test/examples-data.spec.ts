/** The examples about maps, events and shared data: histograms, tables, JSON, pinned and filtered maps. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { command, tsbpf } from './cli/command-line.js';
import { activity, example, inGuest, ownCommand, Running, start } from './support/examples.js';
import { describeKernel } from './support/kernel.js';

describeKernel('examples of maps and events', { needs: ['btf'] }, () => {
  it('syscall-latency counts the calls of one process by how long they took', async () => {
    // It waits, so that its number can be told to the example, and then becomes a process that sleeps once.
    const sleeper = spawn('sh', ['-c', 'read line; exec sleep 0.27'], { stdio: ['pipe', 'ignore', 'ignore'] });
    onTestFinished(() => void sleeper.kill('SIGKILL'));
    const latency = await start('syscall-latency', '--pid', `${sleeper.pid}`, 'clock_nanosleep');
    sleeper.stdin.end('\n');
    await once(sleeper, 'close');
    const { output, status } = await latency.interrupt();
    // 270 ms and a little more are between 2^18 and 2^19 µs.
    expect(output).toMatch(/CALLS\n +262144 – 524287 +1 {2}█{40}\n1 calls of clock_nanosleep\n$/);
    expect(status).toBe(0);
  });

  it.skipIf(inGuest)('syscall-latency says which system calls there are', () => {
    const { status, stderr } = tsbpf(['run', example('syscall-latency'), 'clock_nanosleeep']);
    expect(status).toBe(1);
    expect(stderr).toContain("no tracepoint 'syscalls:sys_enter_clock_nanosleeep'");
    expect(stderr).toContain("'syscalls:sys_enter_clock_nanosleep'");
  });

  it.skipIf(inGuest)('syscall-latency draws over its last drawing on a terminal', () => {
    const run = `${process.execPath} ${command} run ${example('syscall-latency')} --duration 2.2 futex`;
    const { stdout, status } = spawnSync('script', ['-qec', run, '/dev/null'], { encoding: 'utf8' });
    expect(status).toBe(0);
    const [first = '', second = '', third] = stdout.split('\x1b[J');
    // Up by as many lines as were drawn, then clear what is below.
    expect(first.split('\n').at(-1)).toBe(`\x1b[${first.split('\n').length - 1}A`);
    expect(second).toMatch(/^ +MICROSECONDS +CALLS\r\n/);
    expect(third).toMatch(/^ +MICROSECONDS +CALLS\r\n/);
  });

  it('process-top shows what a process uses of the processors', async () => {
    const busy = spawn('sh', ['-c', 'while :; do :; done']);
    onTestFinished(() => void busy.kill('SIGKILL'));
    const top = await start('process-top', '--interval', '0.5');
    const [, percent] = await top.shows(new RegExp(`^ *${busy.pid} +(\\d+\\.\\d) +\\d+ {2}sh$`, 'm'));
    expect(Number(percent)).toBeGreaterThan(0);
    // One thread has one processor; a clock may be read a little late.
    expect(Number(percent)).toBeLessThan(120);
    await top.shows(/^ +0 +\d+\.\d +\d+ {2}\(idle\)$/m);
    expect((await top.interrupt()).status).toBe(0);
  });

  it.each(inGuest ? ['::1'] : ['127.0.0.1', '::1'])(
    'tcplife writes a connection to %s as JSON, from both of its ends',
    async (address) => {
      const life = await start('tcplife');
      const [local, remote] = await talk(address, 1234, 70_000);
      const line = async (from: string, to: string) => {
        const ends = [from, to].map((end) => end.replace(/[[\].]/g, '\\$&'));
        const [text] = await life.shows(new RegExp(`^\\{.*"local":"${ends[0]}","remote":"${ends[1]}".*\\}$`, 'm'));
        return JSON.parse(text) as object;
      };
      const common = { pid: process.pid, command: ownCommand, milliseconds: expect.any(Number) as number };
      expect(await line(local, remote)).toEqual({ ...common, local, remote, sent: 1234, received: 70_000 });
      expect(await line(remote, local)).toEqual({
        ...common,
        local: remote,
        remote: local,
        sent: 70_000,
        received: 1234,
      });
      expect((await life.interrupt()).status).toBe(0);
    },
  );

  it.skipIf(inGuest)('tcplife ends when nobody reads it any more', async () => {
    const life = `${process.execPath} ${command} run ${example('tcplife')}`;
    const running = new Running('bash', ['-c', `set -o pipefail; ${life} | head -n 1`]);
    await running.shows(/^Waiting/m);
    let ended = false;
    const end = running.end().finally(() => (ended = true));
    while (!ended) await talk('127.0.0.1', 1, 1);
    const { output, status } = await end;
    expect(output).toMatch(/^\{"pid":.*\}$/m);
    expect(output).not.toContain('EPIPE');
    expect(status).toBe(0);
  });

  it('file-opens fills a map that other processes read, empty and remove', async () => {
    const file = example('file-opens');
    const other = (action: string) => tsbpf(['run', file, action]);
    onTestFinished(() => void other('remove'));
    expect(other('show')).toEqual({ status: 1, stdout: '', stderr: 'Nothing is recorded.\n' });
    const recorder = await start('file-opens', 'record');
    // Programs of names that nothing else has. What a program opens by itself is the same in both.
    const folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-opens-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const [few, many] = ['tsbpf-few', 'tsbpf-many'].map((name) => path.join(folder, name)) as [string, string];
    for (const name of [few, many]) symlinkSync('/bin/cat', name);
    const missing = path.join(folder, 'missing');
    activity('env', 'LC_ALL=C', few, '/dev/null', missing);
    activity('env', 'LC_ALL=C', many, '/dev/null', '/dev/null', '/dev/null', missing, missing);
    const counts = (output: string, name: string) =>
      new RegExp(`^ *(\\d+) +(\\d+)  ${name}$`, 'm').exec(output)?.slice(1).map(Number) ?? [NaN, NaN];
    const { stdout } = other('show');
    const [before, after] = [counts(stdout, 'tsbpf-few'), counts(stdout, 'tsbpf-many')];
    expect([after[0]! - before[0]!, after[1]! - before[1]!]).toEqual([2, 1]);
    expect((await recorder.interrupt()).status).toBe(0);
    expect(counts(other('show').stdout, 'tsbpf-many')).toEqual(after);
    expect(other('reset').status).toBe(0);
    expect(other('show').stdout).toBe('  OPENED   FAILED  COMMAND\n');
    expect(other('remove').status).toBe(0);
    expect(existsSync('/sys/fs/bpf/tsbpf-file-opens')).toBe(false);
  });

  it('user-activity lets clients see and change what they may', async () => {
    const activities = await start('user-activity', '--port', '0');
    const [, port] = await activities.shows(/^Answering at http:\/\/127\.0\.0\.1:(\d+)$/m);
    const url = `http://127.0.0.1:${port}/`;
    const put = async (user: number, body: string) => {
      const response = await fetch(`${url}${user}`, { method: 'PUT', body });
      return [response.status, await response.text()] as const;
    };
    const nobody = 65534;
    const run = () => activity('setpriv', '--reuid', `${nobody}`, '--clear-groups', 'true');
    const counts = async () => (await (await fetch(url)).json()) as Record<number, unknown>;
    expect(await put(nobody, '{"limit": 2}')).toEqual([403, expect.stringContaining('may not be created')]);
    run();
    // `true` is looked for in some folders: a try is an execution here.
    const { executed } = (await counts())[nobody] as { executed: string };
    expect(Number(executed)).toBeGreaterThan(0);
    expect(await put(nobody, `{"limit": ${executed}}`)).toEqual([200, '{}\n']);
    run();
    const twice = `${Number(executed) * 2}`;
    expect((await counts())[nobody]).toEqual({ executed: twice, limit: executed, beyond: executed });
    expect(await put(nobody, '{"executed": 0}')).toEqual([403, expect.stringContaining('value.executed may not be')]);
    expect(await put(nobody, '{"path": ""}')).toEqual([403, expect.stringContaining('value.path may not be')]);
    expect(await put(nobody, '{"limit": -1}')).toEqual([400, expect.stringContaining('does not fit')]);
    expect(await put(nobody, '{"limit')).toEqual([400, expect.stringContaining('JSON')]);
    expect((await counts())[nobody]).toEqual({ executed: twice, limit: executed, beyond: executed });
    expect((await activities.interrupt()).status).toBe(0);
  });
});

/** A connection within this process: so many bytes there, so many back. Its two ends, the one that connected first. */
async function talk(address: string, there: number, back: number): Promise<[string, string]> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.resume().on('end', () => socket.end(new Uint8Array(back)));
  }).listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect(port, address).resume();
  await once(client, 'connect');
  const { localPort } = client;
  client.end(new Uint8Array(there));
  await once(client, 'close');
  await new Promise((resolve) => server.close(resolve));
  const host = address.includes(':') ? `[${address}]` : address;
  return [`${host}:${localPort}`, `${host}:${port}`];
}
