/** Lets a process that lacks something, as one started from a snapshot does, hand its work to an ordinary one. */

let handOver: (() => Promise<never>) | undefined;

/**
 * @param start begins the same command in another process, and ends this one as that one ends. Its promise never settles.
 */
export function setHandOver(start: () => Promise<never>): void {
  handOver = start;
}

/** Returns at once in an ordinary process. In one that lacks something it never returns; nothing may be written by then. */
export async function continueElsewhere(): Promise<void> {
  if (handOver) await handOver();
}
