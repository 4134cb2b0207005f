/** What comes of bad input. */

/** How long an answer may take, in milliseconds of the processor. */
export const longestAnswer = 5000;

export interface Answer {
  /** What is wrong with it; undefined where nothing is. */
  readonly failure?: string;
  readonly kind: 'diagnostics' | 'object' | 'nothing to compile' | 'accepted' | 'refused' | 'failure';
  readonly milliseconds: number;
}
