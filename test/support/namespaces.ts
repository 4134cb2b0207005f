/** Network namespaces with veth pairs between them, for traffic that is nobody else's. */
import { spawnSync } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { command } from '../cli/command-line.js';
import { example, Running } from './examples.js';

let made = 0;

/** What `ethtool -K … tx off` does: SIOCETHTOOL with ETHTOOL_STXCSUM (linux/sockios.h, linux/ethtool.h). */
const switchOffload = `
const koffi = require('koffi');
koffi.struct('value', { command: 'uint32', data: 'uint32' });
koffi.struct('request', { name: koffi.array('char', 16), value: 'value *', rest: koffi.array('uint8', 16) });
const libc = koffi.load('libc.so.6');
const socket = libc.func('int socket(int, int, int)')(2, 2, 0);
const request = { name: process.argv[1], value: { command: 0x17, data: 0 }, rest: [] };
const result = libc.func('int ioctl(int, unsigned long, _Inout_ request *)')(socket, 0x8946, request);
if (result !== 0) throw new Error('ioctl: errno ' + koffi.errno());`;

/** Runs a command to its end. @throws {Error} with what it said where it fails. */
function run(program: string, ...parameters: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${[program, ...parameters].join(' ')}: ${stderr}`);
  return stdout;
}

/** A network namespace that is gone after the test, with all that is in it. */
export class Namespace {
  readonly name = `tsbpf-example-${process.pid}-${++made}`;

  constructor() {
    run('ip', 'netns', 'add', this.name);
    onTestFinished(() => void spawnSync('ip', ['netns', 'delete', this.name]));
    this.run('ip', 'link', 'set', 'lo', 'up');
  }

  /** What stands before a command that runs in here. `ip netns exec` would mount things, which a chroot does not allow. */
  get #entry(): string {
    return `--net=/run/netns/${this.name}`;
  }

  /** Runs a command to its end, and returns what it prints. */
  run(program: string, ...parameters: string[]): string {
    return run('nsenter', this.#entry, program, ...parameters);
  }

  /** The same for a command that may fail. */
  try(program: string, ...parameters: string[]): { status: number | null; stdout: string; stderr: string } {
    const { status, stdout, stderr } = spawnSync('nsenter', [this.#entry, program, ...parameters], {
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  }

  /** Starts a command. */
  start(program: string, ...parameters: string[]): Running {
    return new Running('nsenter', [this.#entry, program, ...parameters]);
  }

  /** Starts an example, and waits for its first line: then it is attached. */
  async example(name: string, ...parameters: string[]): Promise<Running> {
    const running = this.start(process.execPath, command, 'run', example(name), ...parameters);
    await running.shows(/\n/);
    return running;
  }

  /** Runs an example to its end. */
  finish(name: string, ...parameters: string[]): { status: number | null; stdout: string; stderr: string } {
    return this.try(process.execPath, command, 'run', example(name), ...parameters);
  }

  /** Has the kernel compute checksums itself where an interface sends, so that receivers verify them. */
  computeChecksums(interfaceName: string): void {
    this.run(process.execPath, '-e', switchOffload, interfaceName);
  }

  /** How many TCP segments came with a wrong checksum. */
  checksumErrors(): number {
    const [names = '', numbers = ''] = this.run('cat', '/proc/self/net/snmp').match(/^Tcp: .*$/gm) ?? [];
    return Number(numbers.split(' ')[names.split(' ').indexOf('InCsumErrors')]);
  }

  /** Sends datagrams of one letter and a newline. */
  send(count: number, address: string, port = 9): void {
    this.run('bash', '-c', `for ((i = 0; i < ${count}; i++)); do echo x >/dev/udp/${address}/${port}; done`);
  }

  /** How many of some pings are answered. */
  ping(address: string, count: number, ...parameters: string[]): number {
    const { stdout } = this.try('ping', '-c', `${count}`, '-i', '0.01', '-W', '1', ...parameters, address);
    return Number(/ (\d+) received/.exec(stdout)?.[1]);
  }
}

/** Has an address be there at once: others are asked whether they have it, for a second or two. */
const nodad = (address: string) => (address.includes(':') ? ['nodad'] : []);

interface WireOptions {
  /** Two namespaces of their own unless given. */
  readonly ends?: readonly [Namespace, Namespace];
  /** 1 unless given. The ends are `veth0` and `veth1` of network 1, `veth2` and `veth3` of network 2. */
  readonly network?: number;
  /** With it the kernel reports which groups it listens to, a second later or two. */
  readonly ipv6?: boolean;
}

/**
 * Two namespaces and a wire between them that carries nothing by itself over IPv4: no neighbour is asked for. Its ends are
 * `veth0` with 10.1.1.1 (and fd01::1), and `veth1` with 10.1.1.2 (and fd01::2).
 */
export function wire({ ends = [new Namespace(), new Namespace()], network = 1, ipv6 = false }: WireOptions = {}) {
  const names = [network * 2 - 2, network * 2 - 1].map((number) => `veth${number}`);
  const [left, right] = ends;
  left.run('ip', 'link', 'add', names[0]!, 'type', 'veth', 'peer', 'name', names[1]!, 'netns', right.name);
  const addresses = (host: number) => [`10.${network}.1.${host}`, ...(ipv6 ? [`fd0${network}::${host}`] : [])];
  const hardware = (host: number) => `02:00:00:00:0${network}:0${host}`;
  for (const [index, space] of ends.entries()) {
    const [name, own, other] = [names[index]!, index + 1, 2 - index];
    if (!ipv6) space.run('bash', '-c', `echo 1 >/proc/sys/net/ipv6/conf/${name}/disable_ipv6`);
    // Without an address that the kernel makes it has none to solicit routers from.
    space.run('ip', 'link', 'set', name, 'addrgenmode', 'none', 'address', hardware(own));
    for (const address of addresses(own))
      space.run(
        'ip',
        'address',
        'add',
        `${address}/${address.includes(':') ? 64 : 24}`,
        'dev',
        name,
        ...nodad(address),
      );
    space.run('ip', 'link', 'set', name, 'up');
    for (const address of addresses(other))
      space.run('ip', 'neighbour', 'replace', address, 'lladdr', hardware(other), 'dev', name, 'nud', 'permanent');
  }
  return ends;
}
