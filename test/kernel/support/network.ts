/** A veth pair into a network namespace, both made here and deleted at the end. */
import { execFileSync } from 'node:child_process';
import { runtimeFile } from './child.js';

let made = 0;

/** Runs a command and returns what it prints. */
export function command(program: string, ...parameters: string[]): string {
  return execFileSync(program, parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

export class Veth implements Disposable {
  readonly namespace = `tsbpf-test-${process.pid}-${++made}`;
  /** The end that is in this process's namespace. */
  readonly name = `tb${process.pid}n${made}`;
  readonly peer = 'peer0';
  readonly address = `10.213.${process.pid % 250}.1`;
  readonly peerAddress = `10.213.${process.pid % 250}.2`;

  constructor() {
    command('ip', 'netns', 'add', this.namespace);
    try {
      command('ip', 'link', 'add', this.name, 'type', 'veth', 'peer', 'name', this.peer, 'netns', this.namespace);
      command('ip', 'address', 'add', `${this.address}/24`, 'dev', this.name);
      command('ip', 'link', 'set', this.name, 'up');
      this.inside('ip', 'address', 'add', `${this.peerAddress}/24`, 'dev', this.peer);
      this.inside('ip', 'link', 'set', this.peer, 'up');
      this.inside('ip', 'link', 'set', 'lo', 'up');
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** `ip netns exec` would mount things, which a chroot does not allow. */
  inside(program: string, ...parameters: string[]): string {
    return command('nsenter', `--net=/run/netns/${this.namespace}`, program, ...parameters);
  }

  /** Sends UDP datagrams from the namespace to this side, as packets that come in on `name`. */
  sendIn(count: number, port: number, text = 'in'): void {
    this.inside('bash', '-c', datagrams(count, this.address, port, text));
  }

  /** Sends UDP datagrams from this side into the namespace, as packets that go out on `name`. */
  sendOut(count: number, port: number, text = 'out'): void {
    command('bash', '-c', datagrams(count, this.peerAddress, port, text));
  }

  /** Sends Ethernet frames from the namespace to this side, as they are, by a process of its own. */
  sendFrames(frames: readonly Uint8Array[]): void {
    const texts = frames.map((frame) => Buffer.from(frame).toString('hex'));
    const send = `
      const { RawSocket } = await import('${runtimeFile('packet/raw-socket.js')}');
      const { writeSync } = await import('node:fs');
      const { fd } = RawSocket.open({ interface: '${this.peer}' });
      for (const frame of ${JSON.stringify(texts)}) writeSync(fd, Buffer.from(frame, 'hex'));`;
    this.inside(process.execPath, '--input-type=module', '-e', send);
  }

  [Symbol.dispose](): void {
    try {
      command('ip', 'link', 'delete', this.name);
    } catch {
      // Not made, or gone with its namespace.
    }
    command('ip', 'netns', 'delete', this.namespace);
  }
}

/** A socket for each: where nobody listens, the error that comes back would keep the next from being sent. */
function datagrams(count: number, address: string, port: number, text: string): string {
  return `for ((i = 0; i < ${count}; i++)); do echo ${text} >/dev/udp/${address}/${port}; done`;
}
