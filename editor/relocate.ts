/** Keeps what was said about a text in its place while the text is edited. */
import type { Finding } from './messages.js';

/** @returns the findings outside the part that differs between the two texts, where they are in the new one. */
export function relocate(findings: readonly Finding[], before: string, after: string): Finding[] {
  const shorter = Math.min(before.length, after.length);
  let prefix = 0;
  while (prefix < shorter && before[prefix] === after[prefix]) prefix++;
  let suffix = 0;
  while (suffix < shorter - prefix && before[before.length - 1 - suffix] === after[after.length - 1 - suffix]) suffix++;
  return findings.flatMap((finding) => {
    const end = finding.start + finding.length;
    if (end <= prefix) return [finding];
    if (finding.start < before.length - suffix) return [];
    return [{ ...finding, start: finding.start + after.length - before.length }];
  });
}
