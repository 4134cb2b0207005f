/**
 * `ctx.packet.byteLength` in arithmetic and in tests, in all three contexts. In XDP a test of it covers the reads under
 * it, so that each has to be right at the very length that it asks for.
 */
import { describePrograms } from '../../support/kernel-programs.js';

const prelude = `import { HashMap, socketFilter, tc, xdp } from 'tsbpf';
import type { EthHdr, IpHdr, SkBuff, u32, u64, XdpContext } from 'tsbpf';
interface Pair { first: u32; second: u32 }
const seen = new HashMap<u32, u64>({ maxEntries: 512 });`;

const PASS = 2;
const bytes = Array.from({ length: 64 }, (_, index) => index + 1);
/** The kernel's test run takes an Ethernet header off the packets of a socket filter. */
const contexts = [
  ['xdp', 'xdp(', PASS, 0],
  ['tc', "tc('ingress', ", 0, 0],
  ['socket filters', 'socketFilter(', 0, 14],
] as const;

describePrograms('the length of packets', { prelude }, (program) => {
  for (const [name, make, byDefault, dropped] of contexts) {
    const declare = (title: string, body: string) => {
      const declared = program(`${name}: ${title}`, `${make}${body})`);
      const test = {
        returns(result: number, first: readonly number[], length: number) {
          declared.returns(result, [...new Uint8Array(dropped), ...first], length + dropped);
          return test;
        },
      };
      return test;
    };
    declare(
      'added to a counter and masked',
      `(ctx) => {
        let sum = 0;
        for (let i = 0; i < 10; i++) sum += ctx.packet.getUint8((i + ctx.packet.byteLength) & 31);
        return sum;
      }`,
    )
      .returns(55, bytes, 64)
      .returns(65, bytes, 65);
    declare('in 32-bit operations', '(ctx) => (ctx.packet.byteLength * 3 + (ctx.packet.byteLength >> 2)) | 0')
      .returns(208, [], 64)
      .returns(325, [], 100);
    declare(
      'as a key',
      `(ctx) => {
        const length = ctx.packet.byteLength;
        seen.set(length, 7n);
        return Number(seen.get(length) ?? 0n) + (seen.has(length + 1) ? 1 : 0);
      }`,
    ).returns(7, [], 300);
    for (const [test, least] of [
      ['ctx.packet.byteLength >= 40', 40],
      ['ctx.packet.byteLength > 39', 40],
      ['!(ctx.packet.byteLength < 40)', 40],
      ['!(ctx.packet.byteLength <= 39)', 40],
      ['40 <= ctx.packet.byteLength', 40],
      ['39 < ctx.packet.byteLength', 40],
      ['ctx.packet.byteLength >= 40 && ctx.packet.byteLength < 1000', 40],
      ['ctx.packet.byteLength === 40', 40],
    ] as const) {
      declare(`the last byte under ${test}`, `(ctx) => (${test} ? ctx.packet.getUint8(39) : 99)`)
        .returns(40, bytes, least)
        .returns(99, bytes, least - 1);
    }
    declare(
      'a read past what was asked for',
      '(ctx) => (ctx.packet.byteLength >= 40 ? ctx.packet.getUint32(37, true) : 99)',
    )
      .returns(byDefault, bytes, 40)
      .returns(0x29282726, bytes, 41)
      .returns(99, bytes, 39);
    declare(
      'a test that one way alone has passed',
      '(ctx) => { let sum = 1; if (ctx.packet.byteLength > 50) sum = ctx.packet.getUint8(50); return sum + ctx.packet.getUint8(45); }',
    )
      .returns(51 + 46, bytes, 51)
      .returns(1 + 46, bytes, 50)
      .returns(byDefault, bytes, 45);
    declare(
      'kept in a constant, and asked for in a loop',
      `(ctx) => {
        const length = ctx.packet.byteLength;
        let sum = 0;
        for (let i = 0; i < 3; i++) {
          if (length < 20 + i) break;
          sum += ctx.packet.getUint8(19 + i);
          if (length > 30) sum += ctx.packet.getUint8(30);
        }
        return sum;
      }`,
    )
      .returns(20, bytes, 20)
      .returns(20 + 21 + 22, bytes, 30)
      .returns(20 + 21 + 22 + 3 * 31, bytes, 31);
    declare(
      'a header that is there covers the reads in it',
      '(ctx) => { const pair = ctx.packet.at<Pair>(32); if (!pair) return 99; return pair.second + ctx.packet.getUint8(39) + ctx.packet.getUint8(40); }',
    )
      .returns(byDefault, bytes, 40)
      .returns(0x28272625 + 40 + 41, bytes, 41)
      .returns(99, bytes, 39);
  }
  program(
    'minimumPacketSize covers the reads below it',
    'xdp((ctx) => ctx.packet.getUint16(38), { minimumPacketSize: 40 })',
  )
    .returns(0x2728, bytes, 40)
    .returns(PASS, bytes, 39);
});
