/** `ctx.packet.at` in tc programs: several headers read and written in one program, whatever the order. */
import { expect, it } from 'vitest';
import { loadObject, testRun } from '../../../runtime/index.js';
import { describeKernel } from '../../support/kernel.js';
import { compileText } from '../support/module.js';

const TEXT = `
@tc('ingress')
function look(ctx: SkBuff): number {
  const eth = ctx.packet.at<EthHdr>(0);
  const ip = ctx.packet.at<IpHdr>(14);
  if (!eth || !ip) return TC_ACT_OK;
  const tcp = ctx.packet.at<TcpHdr>(14 + ip.ihl * 4);
  if (!tcp) return TC_ACT_OK;
  const isSyn = tcp.dest === 80 && tcp.syn;
  return eth.h_proto === 0x800 && ip.protocol === 6 && isSyn ? TC_ACT_SHOT : TC_ACT_OK;
}

@tc('egress')
function change(ctx: SkBuff): number {
  const ip = ctx.packet.at<IpHdr>(14);
  if (!ip) return TC_ACT_OK;
  ip.ttl = 5;
  ip.tos += 1;
  ctx.packet.setUint16(12, 0x86dd);
  return TC_ACT_SHOT;
}
`;

const OK = 0;
const SHOT = 2;

/** Ethernet, IPv4 with one word of options, TCP to port 80 with SYN. */
function synPacket(): Uint8Array {
  const packet = new Uint8Array(14 + 24 + 20);
  const view = new DataView(packet.buffer);
  view.setUint16(12, 0x0800);
  packet[14] = 0x46;
  packet[14 + 1] = 7;
  packet[14 + 8] = 64;
  packet[14 + 9] = 6;
  view.setUint16(14 + 24 + 2, 80);
  packet[14 + 24 + 12] = 0x50;
  packet[14 + 24 + 13] = 0x02;
  return packet;
}

describeKernel('headers in tc programs', {}, () => {
  it('are read at offsets that depend on other headers', async () => {
    using object = loadObject((await compileText(TEXT)).object()!);
    const run = (packet: Uint8Array) => testRun(object.programs.look!, { packet }).value;
    expect(run(synPacket())).toBe(SHOT);
    const other = synPacket();
    other[14 + 24 + 3] = 81;
    expect(run(other)).toBe(OK);
    expect(run(synPacket().slice(0, 14 + 24 + 19))).toBe(OK);
  });

  it('are changed where the program assigns to their fields', async () => {
    using object = loadObject((await compileText(TEXT)).object()!);
    const { value, packet } = testRun(object.programs.change!, { packet: synPacket() });
    const expected = synPacket();
    expected[14 + 8] = 5;
    expected[14 + 1] = 8;
    new DataView(expected.buffer).setUint16(12, 0x86dd);
    expect(value).toBe(SHOT);
    expect([...packet!]).toEqual([...expected]);
  });
});
