/** Which expression stands for another where the outer VLAN tag is beside the packet. */
import { expect, it } from 'vitest';
import { expressionBesideTag } from '../../compiler/pcap/vlan-tag.js';

const tag = 'ether[0xfffff02c:2] & 0xfff';

it.each([
  ['vlan', '(len >= 0)'],
  ['vlan 5', `(${tag} =  5)`],
  ['vlan (5)', `(${tag} =  (5))`],
  ['vlan ((0x1f)) and ip', `(${tag} =  ((0x1f))) and ip`],
  ['vlan and ip', '(len >= 0) and ip'],
  ['not (vlan)', 'not ((len >= 0))'],
  ['ip or vlan 5&&tcp', `ip or (${tag} =  5)&&tcp`],
  ['vlan&&tcp', '(len >= 0)&&tcp'],
  ['vlan || udp', '(len >= 0) || udp'],
  // The second is in the packet: the kernel takes out one alone.
  ['vlan 5 and vlan 6', `(${tag} =  5) and vlan 6`],
])('%s', (expression, beside) => {
  expect(expressionBesideTag(expression)).toBe(beside);
});

it.each(['tcp port 80', '', 'host vlan.example.org', 'host my-vlan', 'host \\vlan', 'ether proto 0x8100'])(
  'no other for %s, which asks for no tag',
  (expression) => {
    expect(expressionBesideTag(expression)).toBeUndefined();
  },
);

it('none for a tag inside a tunnel, which the kernel leaves where it is', () => {
  expect(expressionBesideTag('geneve and vlan 5')).toBeUndefined();
  expect(expressionBesideTag('vlan 5 and geneve')).toBe(`(${tag} =  5) and geneve`);
});
