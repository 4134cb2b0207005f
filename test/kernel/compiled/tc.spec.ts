/** tc from TypeScript: packets read, written and dropped on their way in and out, by classifiers and by actions. */
import dgram from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attach } from '../../../runtime/attach/attach.js';
import { IngressFilter } from '../../../runtime/attach/tc.js';
import { testRun } from '../../../runtime/test-run.js';
import { describeKernel } from '../../support/kernel.js';
import { compileText, runModule, type Exports } from '../support/module.js';
import { command, Veth } from '../support/network.js';

const PORT = 7101;

/** A datagram's text begins at 14 + 20 + 8. */
const TEXT = `
const PORT = ${PORT};
const [UPPER, DROP] = ['u'.charCodeAt(0), 'd'.charCodeAt(0)];
const lengths = new ArrayMap<u64>({ maxEntries: 2 });

function isOurs(skb: SkBuff): boolean {
  const ip = skb.packet.at<IpHdr>(14);
  return skb.protocol === htons(ETH_P_IP) && ip?.protocol === IPPROTO_UDP && skb.packet.getUint16(36) === PORT;
}

@tc('ingress')
function rewrite(skb: SkBuff): number {
  if (!isOurs(skb)) return TC_ACT_OK;
  const first = skb.packet.getUint8(42);
  if (first === DROP) return TC_ACT_SHOT;
  if (first === UPPER) {
    skb.packet.setUint16(40, 0); // no checksum
    for (let at = 42; at < 46; at++) skb.packet.setUint8(at, skb.packet.getUint8(at) - 32);
  }
  return TC_ACT_OK;
}

/** Reads what lies far behind the part of a packet that is in one piece. */
@tc('egress')
function deep(skb: SkBuff): number {
  if (!isOurs(skb)) return TC_ACT_OK;
  lengths.set(0, u64(skb.packet.byteLength));
  lengths.set(1, u64(skb.packet.getUint32(30_000)));
  return TC_ACT_OK;
}

@tcAction
function police(skb: SkBuff): number {
  return isOurs(skb) && skb.packet.getUint8(42) === DROP ? TC_ACT_SHOT : TC_ACT_OK;
}

const mark = tc('ingress', (skb) => {
  skb.mark += 1;
  skb.cb[2] = skb.len;
  skb.packet.setUint32(0, skb.mark);
  return skb.cb[2] + skb.packet.getUint8(skb.packet.byteLength - 1);
});

const refuse = new IngressFilter((skb: SkBuff) => isOurs(skb) && skb.packet.getUint8(42) === DROP);
export { rewrite, deep, police, mark, refuse, lengths };
`;

/** A veth pair, and a socket that hears what the namespace at its other end sends. */
class Listener extends Veth {
  readonly socket = dgram.createSocket('udp4');
  private readonly received: string[] = [];

  async listen(): Promise<void> {
    this.socket.on('message', (data) => this.received.push(data.toString().trim()));
    this.socket.bind(PORT, this.address);
    await once(this.socket, 'listening');
  }

  /** What arrives here of a few texts. */
  async arriving(): Promise<string[]> {
    this.received.length = 0;
    // All by one process: to start one takes a guest longer than the packets do.
    this.inside('bash', '-c', `for text in upper drop else; do echo $text >/dev/udp/${this.address}/${PORT}; done`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    return [...this.received];
  }

  override [Symbol.dispose](): void {
    this.socket.close();
    super[Symbol.dispose]();
  }
}

describeKernel('tc in TypeScript', {}, () => {
  let module: Exports;
  let veth: Listener;

  beforeAll(async () => {
    veth = new Listener();
    await veth.listen();
    module = await runModule(TEXT);
  });
  afterAll(() => {
    for (const item of Object.values(module ?? {})) item.close?.();
    veth?.[Symbol.dispose]();
  });

  it('changes and drops what comes in', async () => {
    expect(await veth.arriving()).toEqual(['upper', 'drop', 'else']);
    using link = attach(module.rewrite, { interface: veth.name });
    expect(await veth.arriving()).toEqual(['UPPEr', 'else']);
    link.close();
    expect(await veth.arriving()).toEqual(['upper', 'drop', 'else']);
  });

  it('drops for an IngressFilter that says so', async () => {
    expect(module.refuse).toBeInstanceOf(IngressFilter);
    module.refuse.install(veth.name);
    expect(await veth.arriving()).toEqual(['upper', 'else']);
    module.refuse.close();
    expect(await veth.arriving()).toEqual(['upper', 'drop', 'else']);
  });

  it('reads a packet that is in many pieces, to its end', async () => {
    command('ip', 'link', 'set', veth.name, 'mtu', '65000');
    using link = attach(module.deep, { interface: veth.name });
    const data = Buffer.alloc(40_000);
    for (let at = 0; at + 2 <= data.length; at += 2) data.writeUInt16BE(at, at);
    await new Promise((resolve) => veth.socket.send(data, PORT, veth.peerAddress, resolve));
    expect(link.closed).toBe(false);
    expect(module.lengths.get(0)).toBe(BigInt(data.length + 42));
    expect(module.lengths.get(1)).toBe(BigInt(data.readUInt32BE(30_000 - 42)));
  });

  it('reads and writes the fields of the context', () => {
    const packet = Uint8Array.from({ length: 60 }, (_, index) => index);
    const { value, packet: after } = testRun(module.mark, { packet, context: { mark: 41 } });
    expect(value).toBe(60 + 59);
    expect([...after.subarray(0, 5)]).toEqual([0, 0, 0, 42, 4]);
  });

  it('is an action in a test run', () => {
    const packet = new Uint8Array(60);
    const view = new DataView(packet.buffer);
    view.setUint16(12, 0x0800);
    view.setUint8(23, 17);
    view.setUint16(36, PORT);
    const run = () => testRun(module.police, { packet }).value;
    expect(run()).toBe(0);
    view.setUint8(42, 'd'.charCodeAt(0));
    expect(run()).toBe(2);
  });
});

describeKernel('tc actions in TypeScript', { needs: ['actions'] }, () => {
  it('are installed by `tc` itself from the object', async () => {
    using veth = new Listener();
    await veth.listen();
    const folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-tc-'));
    const object = path.join(folder, 'police.o');
    const filter = (...parameters: string[]) =>
      command('tc', 'filter', 'add', 'dev', veth.name, 'ingress', 'prio', '1', ...parameters);
    try {
      const start = TEXT.indexOf('@tcAction');
      const end = TEXT.indexOf('const mark');
      const text = TEXT.slice(0, TEXT.indexOf("@tc('ingress')")) + TEXT.slice(start, end);
      writeFileSync(object, (await compileText(`${text}\nvoid lengths;`)).object()!);
      // A classifier that matches everything: BPF_RET of all bits.
      command('tc', 'qdisc', 'add', 'dev', veth.name, 'clsact');
      filter('bpf', 'bytecode', '1,6 0 0 4294967295', 'action', 'bpf', 'object-file', object, 'section', 'action');
      expect(await veth.arriving()).toEqual(['upper', 'else']);
    } finally {
      command('tc', 'qdisc', 'delete', 'dev', veth.name, 'clsact');
      rmSync(folder, { recursive: true });
    }
    expect(await veth.arriving()).toEqual(['upper', 'drop', 'else']);
  });
});
