/**
 * Headers that were taken before a helper moves the packet: the same bytes afterwards, wherever they lie, and the end of
 * the program where they are gone.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testRun, type TestRunResult } from '../../../runtime/test-run.js';
import { describeKernel } from '../../support/kernel.js';
import { runModule, type Exports } from '../support/module.js';

const XDP_PROGRAMS = `
/** Puts a tag of 4 bytes in front, and moves the addresses before it: both views are of the bytes they were of. */
@xdp({ defaultResult: 98 })
function grow(ctx: XdpContext): number {
  const old = ctx.packet.at<EthHdr>(0);
  const ip = ctx.packet.at<IpHdr>(14);
  if (!old || !ip) return 99;
  const type = old.h_proto;
  if (bpf.xdpAdjustHead(ctx, -4) !== 0) return 97;
  const eth = ctx.packet.at<EthHdr>(0);
  if (!eth) return 96;
  eth.h_dest = old.h_dest;
  eth.h_source = old.h_source;
  eth.h_proto = ETH_P_8021Q;
  ctx.packet.setUint16(14, 42);
  ctx.packet.setUint16(16, type);
  ip.ttl -= 1;
  return ip.protocol;
}

/** Takes the Ethernet header away; what was in it is out of bounds afterwards, the rest is not. */
@xdp({ defaultResult: 98 })
function shrink(ctx: XdpContext): number {
  const eth = ctx.packet.at<EthHdr>(0);
  const ip = ctx.packet.at<IpHdr>(14);
  if (!eth || !ip) return 99;
  bpf.xdpAdjustHead(ctx, 14);
  if (ip.protocol === 6) return eth.h_proto;
  return ctx.packet.getUint8(9) + ip.ttl;
}

@xdp({ defaultResult: 98 })
function cut(ctx: XdpContext): number {
  const eth = ctx.packet.at<EthHdr>(0);
  const ip = ctx.packet.at<IpHdr>(14);
  if (!eth || !ip) return 99;
  const source = eth.h_source;
  bpf.xdpAdjustTail(ctx, 20 - ctx.packet.byteLength);
  return ip.protocol === 99 ? 1 : source[5] + eth.h_dest[0];
}

@xdp({ defaultResult: 98 })
function cutAndLeave(ctx: XdpContext): number {
  const eth = ctx.packet.at<EthHdr>(0);
  const ip = ctx.packet.at<IpHdr>(14);
  if (!eth || !ip) return 99;
  const { protocol } = ip;
  bpf.xdpAdjustTail(ctx, 20 - ctx.packet.byteLength);
  return protocol + eth.h_source[5] + ctx.packet.byteLength;
}

@xdp({ defaultResult: 98 })
function annotate(ctx: XdpContext): number {
  const eth = ctx.packet.at<EthHdr>(0);
  if (!eth) return 99;
  if (bpf.xdpAdjustMeta(ctx, -8) !== 0) return 97;
  return (ctx.data - ctx.data_meta) + eth.h_source[5];
}

/** Takes as many words away as the first byte says, one in each round. */
@xdp({ defaultResult: 98 })
function peel(ctx: XdpContext): number {
  const last = ctx.packet.at<Bytes<4>>(36);
  if (!last) return 99;
  const rounds = ctx.packet.getUint8(0);
  let sum = 0;
  for (let i = 0; i < 8; i++) {
    if (i >= rounds) break;
    sum += last[0] * 10 + ctx.packet.getUint8(3);
    if (bpf.xdpAdjustHead(ctx, 4) !== 0) return 97;
  }
  return sum * 1000 + ctx.packet.byteLength;
}
export { grow, shrink, cut, cutAndLeave, annotate, peel };
`;

const TC_PROGRAMS = `
@tc('egress', { defaultResult: 98 })
function head(ctx: SkBuff): number {
  const old = ctx.packet.at<EthHdr>(0);
  if (!old) return 99;
  if (bpf.skbChangeHead(ctx, 4) !== 0) return 97;
  const eth = ctx.packet.at<EthHdr>(0);
  if (!eth) return 96;
  eth.h_dest = old.h_dest;
  eth.h_source = old.h_source;
  eth.h_proto = 0x88b5;
  return old.h_proto;
}

@tc('ingress', { defaultResult: 98 })
function tail(ctx: SkBuff): number {
  const eth = ctx.packet.at<EthHdr>(0);
  const ip = ctx.packet.at<IpHdr>(14);
  if (!eth || !ip) return 99;
  bpf.skbChangeTail(ctx, 24, 0n);
  if (eth.h_dest[0] === 1) return eth.h_source[5] + ctx.packet.byteLength;
  return ip.protocol;
}

/** Behind a tag the headers are asked for again. */
@tc('ingress', { defaultResult: 98 })
function tag(ctx: SkBuff): number {
  const eth = ctx.packet.at<EthHdr>(0);
  if (!eth) return 99;
  const type = eth.h_proto;
  if (bpf.skbVlanPush(ctx, htons(ETH_P_8021Q), 42) !== 0) return 97;
  if (bpf.skbVlanPush(ctx, htons(ETH_P_8021AD), 43) !== 0) return 96;
  const outer = ctx.packet.at<EthHdr>(0);
  const inner = ctx.packet.at<VlanHdr>(14);
  if (!outer || !inner) return 95;
  return outer.h_proto === ETH_P_8021Q && inner.h_vlan_TCI === 42 && inner.h_vlan_encapsulated_proto === type ? ctx.vlan_tci : 94;
}

/** A part that has a name, used behind another header and behind a store. */
@tc('ingress', { defaultResult: 98 })
function parts(ctx: SkBuff): number {
  const eth = ctx.packet.at<EthHdr>(0);
  if (!eth) return 99;
  const destination = eth.h_dest;
  const source = eth.h_source;
  const ip = ctx.packet.at<IpHdr>(14);
  if (!ip) return 97;
  ctx.packet.setUint8(22, 5);
  return destination[0] + source[5] + ip.ttl;
}
export { head, tail, tag, parts };
`;

/** Bytes that count up from 1, with the type and protocol of an IPv4 packet with TCP, or another. */
function packetOf({ protocol = 17, length = 60 } = {}): Uint8Array {
  const packet = Uint8Array.from({ length }, (_, index) => index + 1);
  packet.set([0x08, 0x00, 0x45], 12);
  packet.set([64, protocol], 22);
  return packet;
}

describeKernel('packets that move under their headers', {}, () => {
  let xdp: Exports;
  let tc: Exports;

  beforeAll(async () => {
    xdp = await runModule(XDP_PROGRAMS);
    tc = await runModule(TC_PROGRAMS);
  }, 240_000);
  afterAll(() => {
    for (const item of [...Object.values(xdp ?? {}), ...Object.values(tc ?? {})]) item.close?.();
  });

  const run = (program: unknown, packet = packetOf()): TestRunResult => testRun(program as never, { packet });

  it('at the front in XDP, where bytes come', () => {
    const { value, packet } = run(xdp.grow);
    const expected = [...packetOf().subarray(0, 12), 0x81, 0, 0, 42, ...packetOf().subarray(12)];
    expected[26] = 63;
    expect(value).toBe(17);
    expect([...packet]).toEqual(expected);
  });

  it('at the front in XDP, where bytes go', () => {
    expect(run(xdp.shrink).value).toBe(17 + 64);
    expect(run(xdp.shrink, packetOf({ protocol: 6 })).value).toBe(98);
  });

  it('at the end in XDP', () => {
    expect(run(xdp.cut).value).toBe(98);
    expect(run(xdp.cutAndLeave).value).toBe(17 + 12 + 20);
  });

  it('by metadata in XDP, which leave every byte where it is', () => {
    expect(run(xdp.annotate).value).toBe(8 + 12);
  });

  it('in each round of a loop', () => {
    for (const rounds of [0, 1, 3, 8]) {
      const packet = packetOf();
      packet[0] = rounds;
      let sum = 0;
      for (let round = 0; round < rounds; round++) sum += 370 + packet[3 + 4 * round]!;
      expect(run(xdp.peel, packet).value).toBe(sum * 1000 + 60 - 4 * rounds);
    }
  });

  it('at the front in tc', () => {
    const { value, packet } = run(tc.head);
    expect(value).toBe(0x800);
    expect([...packet.subarray(0, 18)]).toEqual(
      [...packetOf().subarray(0, 12), 0x88, 0xb5, 0x0b, 0x0c, 0x08, 0x00].slice(0, 18),
    );
  });

  it('at the end in tc', () => {
    expect(run(tc.tail).value).toBe(12 + 24);
    const packet = packetOf();
    packet[0] = 2;
    expect(run(tc.tail, packet).value).toBe(98);
  });

  it('by VLAN tags, behind which they are asked for again', () => {
    // VLAN_TAG_PRESENT is no part of vlan_tci since Linux 5.0.
    expect(run(tc.tag).value).toBe(43);
  });

  it('with names for their parts', () => {
    expect(run(tc.parts).value).toBe(1 + 12 + 5);
  });
});
