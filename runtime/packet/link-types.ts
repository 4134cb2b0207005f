/** What packets of a capture file begin with: LINKTYPE numbers, as the list at tcpdump.org/linktypes.html has them. */

export const LinkType = {
  null: 0,
  ethernet: 1,
  raw: 101,
  loop: 108,
  linuxCooked: 113,
  linuxCooked2: 276,
} as const;

/** The names under which tcpdump announces them. */
const NAMES: Readonly<Record<number, string>> = {
  [LinkType.null]: 'NULL (BSD loopback)',
  [LinkType.ethernet]: 'EN10MB (Ethernet)',
  [LinkType.raw]: 'RAW (Raw IP)',
  [LinkType.loop]: 'LOOP (OpenBSD loopback)',
  [LinkType.linuxCooked]: 'LINUX_SLL (Linux cooked v1)',
  [LinkType.linuxCooked2]: 'LINUX_SLL2 (Linux cooked v2)',
};

export const linkTypeName = (linkType: number): string => NAMES[linkType] ?? `link type ${linkType}`;
