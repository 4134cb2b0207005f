/** Socket addresses, against bytes written from sys/socket.h, netinet/in.h and sys/un.h. */
import { expect, it } from 'vitest';
import { decodeSocketAddress, SOCKET_ADDRESS_SIZE } from '../../../runtime/trace/socket-address.js';

const ipv6 = (address: string) => `0a00 01bb 00000000 ${address} 00000000`;

it.each<[string, string, string, unknown]>([
  ['IPv4', '0200 0050 7f000001', '', { family: 'AF_INET', address: '127.0.0.1', port: 80 }],
  ['IPv6', ipv6('20010db8000000000000000000000001'), '', { family: 'AF_INET6', address: '2001:db8::1', port: 443 }],
  ['the loopback', ipv6('00000000000000000000000000000001'), '', { family: 'AF_INET6', address: '::1', port: 443 }],
  ['any address', ipv6('00000000000000000000000000000000'), '', { family: 'AF_INET6', address: '::', port: 443 }],
  // RFC 5952, 4.2.2: one group of zeros is not shortened; 4.2.3: the longest run is.
  [
    'one zero',
    ipv6('20010db8000000010001000100010001'),
    '',
    { family: 'AF_INET6', address: '2001:db8:0:1:1:1:1:1', port: 443 },
  ],
  [
    'two runs',
    ipv6('20010000000000010000000000000001'),
    '',
    { family: 'AF_INET6', address: '2001:0:0:1::1', port: 443 },
  ],
  [
    'a mapped address',
    ipv6('00000000000000000000ffff0a000001'),
    '',
    { family: 'AF_INET6', address: '::ffff:10.0.0.1', port: 443 },
  ],
  ['a path', '0100 2f746d70', '/tmp/socket', { family: 'AF_UNIX', path: '/tmp/socket' }],
  ['another family', '1000 0000', '', { family: 16 }],
  ['none', '0000', '', undefined],
])('%s', (_, hex, path, expected) => {
  const bytes = new Uint8Array(SOCKET_ADDRESS_SIZE);
  bytes.set(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  expect(decodeSocketAddress(bytes, path)).toEqual(expected);
});
