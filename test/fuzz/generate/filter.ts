/** Random tcpdump expressions, of all that pcap-filter(7) has for Ethernet, with arithmetic on any bytes. */
import { Numbers } from '../../support/packet-maker.js';

/** The expression of a number; libpcap refuses some, as contradictions. */
export function makeExpression(seed: number, index: number): string {
  const numbers = new Numbers(Math.imul(seed, 31) + index);
  return combination(numbers, numbers.below(4));
}

function combination(numbers: Numbers, depth: number): string {
  if (depth === 0) return numbers.chance(3) ? relation(numbers) : primitive(numbers);
  const left = combination(numbers, numbers.below(depth));
  const right = combination(numbers, numbers.below(depth));
  return numbers.pick([
    `(${left}) and (${right})`,
    `(${left}) or (${right})`,
    `not (${left})`,
    `(${left}) and not (${right})`,
    `${left} and ${right}`,
  ]);
}

const protocols = [
  'ip',
  'ip6',
  'arp',
  'rarp',
  'tcp',
  'udp',
  'sctp',
  'icmp',
  'icmp6',
  'igmp',
  'ah',
  'esp',
  'pim',
  'vrrp',
];
const addresses = ['10.0.0.1', '10.0.0.2', '192.168.1.77', '8.8.8.8', '2001:db8::1', 'fe80::1'];
const networks = ['10.0.0.0/8', '192.168.1.0/24', '10.1.0.0/16', '2001:db8::/32', 'fe80::/10', '0.0.0.0/1'];
const ports = [80, 443, 53, 22, 8080, 1024, 0, 65535];

function primitive(numbers: Numbers): string {
  const direction = numbers.pick(['', 'src ', 'dst ', 'src or dst ', 'src and dst ']);
  const transport = numbers.pick(['', 'tcp ', 'udp ', 'sctp ']);
  switch (numbers.below(14)) {
    case 0:
    case 1:
      return numbers.pick(protocols);
    case 2:
      return `${direction}host ${numbers.pick(addresses)}`;
    case 3:
      return `${direction}net ${numbers.pick(networks)}`;
    case 4:
    case 5:
      return `${transport}${direction}port ${numbers.chance(4) ? numbers.below(65536) : numbers.pick(ports)}`;
    case 6: {
      const low = numbers.below(65536);
      return `${transport}${direction}portrange ${low}-${low + numbers.below(65536 - low)}`;
    }
    case 7:
      return `ether ${numbers.pick(['src ', 'dst ', 'host '])}${numbers.pick(['02:00:00:00:00:01', 'ff:ff:ff:ff:ff:ff'])}`;
    case 8:
      return numbers.pick(['ether multicast', 'ether broadcast', 'ip multicast', 'ip6 multicast', 'llc', 'stp', 'iso']);
    case 9:
      return `${numbers.pick(['ip', 'ip6'])} proto ${numbers.below(256)}`;
    case 10:
      return numbers.pick(['vlan', 'vlan 5', 'vlan 100', 'mpls', 'mpls 17', 'pppoes', 'pppoed']);
    case 11:
      return `${numbers.pick(['less', 'greater'])} ${numbers.below(700)}`;
    case 12:
      return `tcp[tcpflags] & (${numbers.pick(['tcp-syn', 'tcp-ack', 'tcp-syn|tcp-fin', 'tcp-rst|tcp-push'])}) != 0`;
    default:
      return `ether proto ${numbers.pick(['0x800', '0x86dd', '0x806', '0x8847', '0x1234'])}`;
  }
}

function relation(numbers: Numbers): string {
  const operator = numbers.pick(['=', '!=', '<', '>', '<=', '>=']);
  return `${value(numbers, 2)} ${operator} ${value(numbers, 2)}`;
}

function value(numbers: Numbers, depth: number): string {
  switch (numbers.below(depth > 0 ? 7 : 4)) {
    case 0:
      return String(numbers.pick([0, 1, 2, 4, 5, 6, 15, 17, 64, 80, 255, 1500, 65535, 0x7fffffff]));
    case 1:
      return 'len';
    case 2:
    case 3: {
      const base = numbers.pick(['ether', 'ip', 'ip6', 'tcp', 'udp', 'icmp', 'arp']);
      const offset = depth > 0 && numbers.chance(3) ? value(numbers, depth - 1) : String(numbers.below(70));
      return `${base}[${offset}:${numbers.pick([1, 2, 4])}]`;
    }
    default: {
      const operator = numbers.pick(['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>']);
      return `(${value(numbers, depth - 1)} ${operator} ${value(numbers, depth - 1)})`;
    }
  }
}
