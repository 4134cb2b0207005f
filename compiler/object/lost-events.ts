/** Where an object counts the events that a ring buffer had no room for: the kernel counts them for perf queues alone. */

const PREFIX = '.data.lost.';

/** The section of the counter of a ring buffer: one unsigned number of 64 bits. */
export function lostSection(ring: string): string {
  return PREFIX + ring;
}

/** The ring buffer whose counter a section is; undefined for all other sections. */
export function ringOfLostSection(section: string): string | undefined {
  return section.startsWith(PREFIX) ? section.slice(PREFIX.length) : undefined;
}
