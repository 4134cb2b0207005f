// Expressions that cost more than most: lists as firewalls have them, of which the last entry matches, and arithmetic.
const list = (count, text, last) => [...Array.from({ length: count }, (_, at) => text(at)), last].join(' or ');

export const longExpressions = [
  list(60, (at) => `host 172.16.0.${at + 1}`, 'host 10.0.0.1'),
  list(60, (at) => `tcp dst port ${7000 + at * 3}`, 'tcp dst port 80'),
  list(40, (at) => `src net 172.${16 + (at >> 3)}.${at}.0/24`, 'src net 10.0.0.0/8'),
  list(
    24,
    (at) => `(src host 172.16.0.${at + 1} and tcp dst port ${8000 + at})`,
    '(src host 10.0.0.1 and tcp dst port 80)',
  ),
  list(60, (at) => `udp dst portrange ${9000 + at * 20}-${9010 + at * 20}`, 'udp dst port 53'),
  list(32, (at) => `ip6 host 2001:db8:1::${at + 1}`, 'ip6 host 2001:db8::1'),
  list(48, (at) => `ether host 02:00:00:00:01:${(at + 16).toString(16)}`, 'ether host 02:00:00:00:00:01'),
  list(16, (at) => `ip[2:2] % ${at + 101} = ${at + 3}`, 'ip[2:2] = 100'),
  `tcp and ${Array.from({ length: 36 }, (_, at) => `tcp[((tcp[12] & 0xf0) >> 2) + ${at}] != ${at + 1}`).join(' and ')}`,
];
