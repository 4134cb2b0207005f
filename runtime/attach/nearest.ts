/**
 * Names that somebody may have meant.
 */

/**
 * The candidates nearest to a name by edit distance, nearest first, none further than a third of its length.
 *
 * @param candidates may be hundreds of thousands; those whose length alone rules them out cost nothing.
 * @param count how many to return at most.
 */
export function nearest(name: string, candidates: Iterable<string>, count: number): string[] {
  const limit = Math.max(1, Math.floor(name.length / 3));
  const found: { candidate: string; distance: number }[] = [];
  for (const candidate of new Set(candidates)) {
    if (Math.abs(candidate.length - name.length) > limit) continue;
    const distance = editDistance(name, candidate, limit);
    if (distance <= limit) found.push({ candidate, distance });
  }
  return found
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, count)
    .map(({ candidate }) => candidate);
}

/** Insertions, deletions and replacements that turn one name into the other; more than `limit` may be any number above. */
export function editDistance(a: string, b: string, limit = Infinity): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    let best = i;
    for (let j = 1; j <= b.length; j++) {
      const replace = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const cost = Math.min(replace, row[j]! + 1, next[j - 1]! + 1);
      next.push(cost);
      best = Math.min(best, cost);
    }
    if (best > limit) return best;
    row = next;
  }
  return row[b.length]!;
}
