/** Socket filters from TypeScript: on packets of an interface, and on the datagrams of one socket. */
import dgram from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SocketFilter } from '../../../runtime/attach/socket-filter.js';
import { RawSocket } from '../../../runtime/packet/raw-socket.js';
import { testRun } from '../../../runtime/test-run.js';
import { describeKernel } from '../../support/kernel.js';
import { runModule, type Exports } from '../support/module.js';
import { Veth } from '../support/network.js';

const TEXT = `
const PORT = 7201;

/** Of UDP over IPv4 to one port the headers and 4 bytes of text, nothing of all else. */
const heads = new SocketFilter((skb: SkBuff) => {
  if (skb.protocol !== htons(ETH_P_IP)) return 0;
  const ip = skb.packet.at<IpHdr>(14);
  if (!ip || ip.protocol !== IPPROTO_UDP) return 0;
  const udp = skb.packet.at<UdpHdr>(14 + ip.ihl * 4);
  return udp?.dest === PORT ? 14 + ip.ihl * 4 + 8 + 4 : 0;
});

/** A UDP socket's filter sees the UDP header first. */
@socketFilter
function onlyEven(skb: SkBuff): number {
  return skb.packet.getUint8(8) % 2 === 0 ? skb.len : 0;
}

class Filters {
  @socketFilter
  static read(skb: SkBuff): number {
    const at = skb.packet.getUint8(0);
    const wide = skb.packet.at<Wide>(at);
    return wide ? wide.a + wide.b + wide.c : skb.packet.getUint16(at);
  }
}
interface Wide { a: u8; b: be16; c: u32 }
export { heads, onlyEven, Filters };
`;

describeKernel('socket filters in TypeScript', {}, () => {
  let module: Exports;
  let veth: Veth;

  beforeAll(async () => {
    veth = new Veth();
    module = await runModule(TEXT);
  });
  afterAll(() => {
    for (const program of [module?.heads.program, module?.onlyEven, module?.Filters.read]) program?.close();
    veth?.[Symbol.dispose]();
  });

  it('choose and cut the packets of a raw socket', () => {
    expect(module.heads).toBeInstanceOf(SocketFilter);
    using socket = RawSocket.open({ interface: veth.name });
    module.heads.attach(socket);
    veth.sendIn(1, 7200, 'other');
    veth.sendIn(2, 7201, 'wanted');
    const texts = () => socket.read({ batch: true }).map(({ data }) => Buffer.from(data.subarray(42)).toString());
    expect(texts()).toEqual(['want', 'want']);
    module.heads.detach(socket);
    veth.sendIn(1, 7200, 'other');
    expect(texts().map((text) => text.trim())).toContain('other');
  });

  it('choose the datagrams of a socket', async () => {
    const socket = dgram.createSocket('udp4');
    const received: number[] = [];
    socket.on('message', (data) => received.push(data[0] ?? -1));
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const filter = new SocketFilter(module.onlyEven);
    const sendAll = async () => {
      received.length = 0;
      const { port } = socket.address();
      for (let value = 0; value < 8; value++) {
        await new Promise((resolve) => socket.send(Buffer.of(value, 0xff), port, '127.0.0.1', resolve));
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
      return [...received];
    };
    filter.attach(socket);
    expect(await sendAll()).toEqual([0, 2, 4, 6]);
    filter.detach(socket);
    expect(await sendAll()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    socket.close();
  });

  it('read to the last byte, and end with 0 behind it', () => {
    for (let length = 20; length < 40; length++) {
      for (let at = length - 14; at < length + 2; at++) {
        const packet = Uint8Array.from({ length }, (_, index) => (index === 0 ? at : index * 3));
        const view = new DataView(packet.buffer);
        // u8, padding, be16, u32: 8 bytes.
        const wide = () => view.getUint8(at) + view.getUint16(at + 2) + view.getUint32(at + 4, true);
        const expected = at + 8 <= length ? wide() % 2 ** 32 : at + 2 <= length ? view.getUint16(at) : 0;
        expect([length, at, testRun(module.Filters.read, { packet }).value]).toEqual([length, at, expected]);
      }
    }
  });
});
