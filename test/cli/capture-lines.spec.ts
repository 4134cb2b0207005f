/** What a line about a packet says of it. */
import { describe, expect, it } from 'vitest';
import { decodePacket } from '../../cli/capture/decode.js';
import { packetLine } from '../../cli/capture/line-encoder.js';
import { Random } from '../fuzz/random.js';

const ETHERNET = 1;
const RAW = 101;
const COOKED = 276;

const line = (linkType: number, hexadecimal: string, length = 60) =>
  packetLine('T', 'eth0', 'in', length, decodePacket(linkType, Buffer.from(hexadecimal, 'hex')));

const macs = '020000000002020000000001';
/** IPv4 from 10.0.0.1 to 10.0.0.2, of 40 bytes with the header. */
const ip = (protocol: string, fragment = '0000') =>
  `450000280001${fragment}40${protocol}0000` + '0a000001' + '0a000002';
const ip6 = (next: string, payload: string) =>
  `60000000${payload}${next}40` + '20010db8000000000000000000000001' + 'fe800000000000000000000000000002';
const tcp = (flags: string) => `04d20050` + '00000000' + '00000000' + `50${flags}` + '000000000000';

describe('a line about a packet', () => {
  it.each([
    ['TCP', ETHERNET, `${macs}0800${ip('06')}${tcp('12')}`, 'IP 10.0.0.1.1234 > 10.0.0.2.80: TCP [S.], length 0'],
    [
      'TCP without flags',
      ETHERNET,
      `${macs}0800${ip('06')}${tcp('00')}`,
      'IP 10.0.0.1.1234 > 10.0.0.2.80: TCP [none], length 0',
    ],
    ['UDP', ETHERNET, `${macs}0800${ip('11')}14e90035001400000000`, 'IP 10.0.0.1.5353 > 10.0.0.2.53: UDP, length 12'],
    [
      'ICMP',
      ETHERNET,
      `${macs}0800${ip('01')}0800000000000000`,
      'IP 10.0.0.1 > 10.0.0.2: ICMP echo request, length 20',
    ],
    ['another protocol', ETHERNET, `${macs}0800${ip('84')}`, 'IP 10.0.0.1 > 10.0.0.2: SCTP, length 20'],
    [
      'a later fragment',
      ETHERNET,
      `${macs}0800${ip('11', '0010')}14e90035`,
      'IP 10.0.0.1 > 10.0.0.2: UDP fragment, length 20',
    ],
    [
      'a tag',
      ETHERNET,
      `${macs}8100a007` + `0800${ip('06')}${tcp('04')}`,
      'vlan 7 IP 10.0.0.1.1234 > 10.0.0.2.80: TCP [R], length 0',
    ],
    [
      'IPv6',
      ETHERNET,
      `${macs}86dd${ip6('11', '000a')}00350035000a0000abcd`,
      'IP6 2001:db8::1.53 > fe80::2.53: UDP, length 2',
    ],
    [
      'IPv6 behind options',
      ETHERNET,
      `${macs}86dd${ip6('00', '0020')}3a00000000000000` + '8000',
      'IP6 2001:db8::1 > fe80::2: ICMP6 echo request, length 24',
    ],
    [
      'an IPv6 fragment',
      ETHERNET,
      `${macs}86dd${ip6('2c', '0010')}1100000800000001`,
      'IP6 2001:db8::1 > fe80::2: UDP fragment, length 8',
    ],
    [
      'ARP',
      ETHERNET,
      `${macs}0806` + '0001080006040001' + '0200000000010a000001' + '0000000000000a000002',
      'ARP who-has 10.0.0.2 tell 10.0.0.1, length 60',
    ],
    [
      'an ARP reply',
      ETHERNET,
      `${macs}0806` + '0001080006040002' + '0200000000010a000001' + '0200000000020a000002',
      'ARP reply from 10.0.0.1, length 60',
    ],
    ['another protocol of the network', ETHERNET, `${macs}88b5`, '0x88b5, length 60'],
    ['a frame of IEEE 802.3', ETHERNET, `${macs}0026424203`, '802.3, length 60'],
    ['raw IP', RAW, ip('11'), 'IP 10.0.0.1 > 10.0.0.2: UDP, length 20'],
    [
      'a cooked packet',
      COOKED,
      `0800000000000001${'00'.repeat(12)}${ip('01')}00`,
      'IP 10.0.0.1 > 10.0.0.2: ICMP echo reply, length 20',
    ],
    ['half a header', ETHERNET, `${macs}08004500`, 'IP, [cut], length 60'],
  ])('names what it is: %s', (_, linkType, hexadecimal, expected) => {
    expect(line(linkType, hexadecimal)).toBe(`T eth0 in  ${expected}`);
  });

  it('is made of any bytes', () => {
    const random = new Random(7);
    const samples = [
      `${macs}0800${ip('06')}${tcp('12')}`,
      `${macs}86dd${ip6('00', '0020')}2c00000000000000`,
      `${macs}0806${'00'.repeat(28)}`,
    ];
    for (let round = 0; round < 5000; round++) {
      const bytes = Buffer.from(samples[round % samples.length]!, 'hex').subarray(0, random.below(80));
      for (let change = 0; change < 3 && bytes.length > 0; change++)
        bytes[random.below(bytes.length)] = random.below(256);
      for (const linkType of [ETHERNET, RAW, COOKED]) {
        const text = packetLine('T', 'eth0', 'in', bytes.length, decodePacket(linkType, bytes));
        expect(text).toMatch(/^T eth0 in {2}.+ length \d+$/);
        expect(text.length).toBeLessThan(300);
      }
    }
  });
});
