/**
 * What Linux lets a classic filter ask about a packet beside its bytes: offsets from SKF_AD_OFF on (linux/filter.h).
 * The first kernel that has one is of no matter here: eBPF programs read the same from their context.
 */

/** Names of `SKF_AD_*`, in lower camel case. */
const names = [
  ...['protocol', 'packetType', 'interfaceIndex', 'netlinkAttribute', 'nestedNetlinkAttribute', 'mark', 'queue'],
  ...[
    'hardwareType',
    'hash',
    'cpu',
    'xorIndex',
    'vlanTag',
    'vlanTagPresent',
    'payloadOffset',
    'random',
    'vlanProtocol',
  ],
] as const;

export type Extension = (typeof names)[number];

/** SKF_AD_OFF, as an unsigned number. */
const FIRST = 0xfffff000;

/** The extension that an offset stands for; undefined where it stands for bytes of the packet. */
export function extensionAt(offset: number): Extension | undefined {
  const distance = offset - FIRST;
  return distance >= 0 && distance % 4 === 0 ? names[distance / 4] : undefined;
}

/** For people: what is asked for, and the term of an expression that asks, where there is one. */
const words: Partial<Record<Extension, string>> = {
  packetType: 'the direction of the packet (`inbound`, `outbound`)',
  interfaceIndex: 'the index of the interface (`ifindex`)',
  vlanTag: 'the VLAN tag beside the packet (`vlan`)',
  vlanTagPresent: 'the VLAN tag beside the packet (`vlan`)',
};

export function extensionWords(extension: Extension): string {
  return words[extension] ?? extension.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
