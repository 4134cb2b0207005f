// What each pair is run on. The first packet is the one that is timed.
import { Buffer } from 'node:buffer';
import { arp, dns, ethernet, host32, ipv4, ipv6, tagged, tcp, text, udp, withCrc, word32 } from './packets.mjs';

const short = ethernet(0x0800, Buffer.alloc(4));
const other = ethernet(0x86dd, Buffer.alloc(60));
const page = text('GET / HTTP/1.1\r\nHost: example.org\r\nUser-Agent: curl/8.0\r\nAccept: */*\r\n\r\n', 120);
const maximum = [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 4, 2, 2, 4, 5, 0xb4];

/**
 * `packets`: each a run, in order. `maps`: compared afterwards. `fill`: entries before the first run. `context`: fields
 * of the context. `hidden`: bytes of a map's values that hold a time. `events`: a ring buffer to read, the bytes of its
 * events that hold a time, and the bytes of one that was decoded. `repeat`: how often each packet is run to compare.
 */
export const cases = {
  'address-filter': {
    packets: [
      tcp(text('x', 40)),
      tcp(text('x', 40), { to: 22 }),
      udp(text('x', 9)),
      udp(text('x', 9), { destination: 9 }),
      udp(text('x', 9), { source: 0xc0a80001 }),
      other,
    ],
    fill: { hosts: [[word32(0xc0a80001), host32(1)]] },
  },
  'arp-filter': {
    packets: [arp(0x0a000001), arp(0x0a000002), arp(0x0a000002, 2), other, short],
    fill: { owned: [[word32(0x0a000001), Buffer.alloc(8)]] },
  },
  'byte-histogram': {
    packets: [udp(text('The quick brown fox jumps over the lazy dog')), udp(Buffer.alloc(40)), udp(text('x'))],
  },
  'count-min': {
    packets: [udp(text('x')), udp(text('x'), { source: 99 }), udp(text('y')), other, short],
    maps: ['sketches'],
  },
  crc32: {
    packets: [
      udp(withCrc(text('some data', 32))),
      udp(withCrc(text('some data', 32), 1)),
      udp(text('x')),
      tcp(text('x', 50)),
      other,
    ],
  },
  'dns-name-hash': {
    packets: [
      dns('www.example.org'),
      dns('a.b.c.d.e.f'),
      dns('www.example.org'),
      dns(`${'x'.repeat(60)}.${'y'.repeat(60)}`),
      udp(text('short')),
      tcp(text('x')),
      other,
    ],
    maps: ['queries'],
  },
  'dscp-priority': {
    packets: [46, 34, 36, 38, 26, 28, 30, 8, 0, 10]
      .map((dscp) => ipv4(Buffer.alloc(30), { tos: dscp << 2 }))
      .concat(other),
  },
  'event-sampler': {
    packets: [udp(text('x', 40)), other],
    context: { mark: 7 },
    repeat: 8192,
    events: { map: 'samples', hidden: [0, 8], encode: ({ length, mark }) => host32(0, 0, length, mark) },
  },
  'flow-table': {
    packets: [
      tcp(text('x', 40)),
      udp(text('x', 40)),
      tcp(text('x', 40)),
      ipv4(Buffer.alloc(9), { protocol: 1 }),
      other,
      short,
    ],
    maps: ['flows'],
  },
  'header-end': {
    packets: [tcp(page), tcp(text('\r\n\r\r\n\n\r\n\r\n', 100)), tcp(text('nothing', 100)), tcp(text('x')), other],
  },
  'http-method': {
    packets: [
      ...['GET /', 'POST /', 'HEAD /', 'PUT /', 'DELETE /', 'TRACE', '??'].map((start) => tcp(text(start, 30))),
      tcp(text('GET /'), { to: 81 }),
      tcp(text('x')),
      other,
    ],
    maps: ['methods'],
  },
  'ip-checksum': {
    packets: [udp(text('x')), udp(text('x'), { wrong: 1 }), udp(text('y'), { source: 0xffffffff }), other, short],
  },
  'ipv6-extensions': {
    packets: [
      ipv6([
        [0, 1],
        [60, 0],
        [60, 2],
      ]),
      ipv6([]),
      ipv6([
        [0, 0],
        [44, 0],
      ]),
      ipv6([[43, 0]]),
      ipv6(Array(7).fill([60, 0])),
      ipv6([[0, 255]], 60).subarray(0, 80),
      udp(text('x')),
    ],
  },
  'length-histogram': {
    packets: [100, 14, 15, 16, 63, 64, 1000, 1500].map((length) => Buffer.alloc(length, 1)),
    maps: ['lengths'],
  },
  'load-balancer': {
    packets: [
      tcp(text('x')),
      tcp(text('x'), { from: 1 }),
      tcp(text('x'), { from: 2 }),
      tcp(text('x'), { source: 7, destination: 9 }),
      udp(text('x')),
      other,
      short,
    ],
    fill: {
      servers: Array.from({ length: 16 }, (_, index) => [
        host32(index),
        Buffer.concat([word32(0x0a000000 + index), host32(index === 3 ? 0 : 1)]),
      ]),
    },
  },
  'pattern-match': {
    packets: [
      udp(text('all is well, and nothing of this is wanted', 64)),
      udp(text('cat /etc/passwd', 64)),
      udp(text(`${'.'.repeat(58)}passwd`, 64)),
      udp(text('passw')),
      tcp(text('x', 64)),
      other,
    ],
  },
  'payload-hash': {
    packets: [
      udp(text('some payload', 32)),
      udp(text('some other payload', 40)),
      udp(text('short')),
      tcp(text('x', 40)),
      other,
    ],
    maps: ['queues'],
  },
  'port-bitmap': {
    packets: [
      tcp(text('x'), { to: 80 }),
      tcp(text('x'), { to: 81 }),
      tcp(text('x'), { to: 65535 }),
      udp(text('x')),
      other,
      short,
    ],
    fill: {
      allowed: [
        [host32(80 >> 5), host32(1 << (80 & 31))],
        [host32(2047), host32(0x80000000)],
      ],
    },
  },
  'port-knock': {
    packets: [8000, 22, 7000, 8000, 7000, 8000, 9000, 22, 5].map((to) => tcp(text('x'), { to })).concat(other, short),
    maps: ['knocks'],
  },
  'prefix-blocklist': {
    packets: [
      udp(text('x'), { source: 0x0b010203 }),
      udp(text('x')),
      udp(text('x'), { source: 0x0b020304 }),
      other,
      short,
    ],
    fill: {
      networks: [
        [Buffer.concat([host32(8), word32(0x0b000000)]), Buffer.alloc(8)],
        [Buffer.concat([host32(16), word32(0x0b020000)]), Buffer.alloc(8)],
      ],
    },
    maps: ['networks'],
  },
  'protocol-counters': {
    packets: [tcp(text('x', 40)), udp(text('x', 40)), ipv4(Buffer.alloc(9), { protocol: 1 }), other, short],
    maps: ['protocols'],
  },
  'rate-limiter': {
    packets: [udp(text('x', 1000)), udp(text('x', 1000)), udp(text('x', 10), { source: 1 }), other],
    maps: ['buckets'],
    hidden: { buckets: [8, 16] },
  },
  siphash: {
    packets: [udp(text('x')), udp(text('x'), { source: 1 }), udp(text('x'), { destination: 0xffffffff }), other, short],
    maps: ['buckets'],
  },
  'size-statistics': {
    packets: [100, 60, 1000, 1500, 61].map((length) => Buffer.alloc(length, 1)),
    context: { mark: 3 },
    maps: ['statistics'],
  },
  'tcp-options': {
    packets: [
      tcp(text(''), { flags: ['syn'], options: maximum }),
      tcp(text(''), { flags: ['syn'], options: [2, 4, 5, 0xa0] }),
      tcp(text('x'), { flags: ['syn'] }),
      tcp(text('x')),
      tcp(text(''), { flags: ['syn'], options: [3, 9] }),
      tcp(text(''), { flags: ['syn'], options: [0] }),
      udp(text('x')),
      other,
    ],
    maps: ['sizes'],
  },
  'tcp-state': {
    packets: [
      ['ack'],
      ['syn'],
      ['ack'],
      ['psh', 'ack'],
      ['fin', 'ack'],
      ['ack'],
      ['ack'],
      ['syn'],
      ['ack'],
      ['syn'],
      ['rst'],
      ['syn'],
    ]
      .map((flags) => tcp(text('x'), { flags }))
      .concat(udp(text('x')), other, short),
    maps: ['connections'],
  },
  'text-counter': {
    packets: [
      udp(text('Hello, kernel!\n', 64)),
      udp(Buffer.from(Array.from({ length: 64 }, (_, at) => at * 4))),
      udp(text('short')),
      tcp(text('x', 70)),
      other,
    ],
  },
  'udp-reflector': { packets: [udp(text('x', 40)), tcp(text('x', 40)), other, short] },
  'vlan-parser': {
    packets: [
      tagged([0x88a8, 0x8100], 0x0800),
      tagged([], 0x0800),
      tagged([0x8100], 0x86dd),
      tagged([0x8100, 0x8100, 0x8100], 0x0800),
      tagged([0x8100], 0x0800).subarray(0, 16),
    ],
    maps: ['protocols'],
  },
};
