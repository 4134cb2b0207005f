/** What the processes of the fuzzer say to one another. */

/** Programs or damaged sources, by their numbers. */
export interface Piece {
  readonly kind: 'programs' | 'sources';
  readonly seed: number;
  readonly from: number;
  readonly count: number;
}

export interface Failure {
  readonly index: number;
  readonly what: string;
  /** The program, reduced, or the source. */
  readonly text: string;
}

export type FromWorker =
  | { readonly kind: 'alive' }
  | { readonly kind: 'started'; readonly index: number }
  | {
      readonly kind: 'done';
      readonly failures: readonly Failure[];
      readonly counts: Readonly<Record<string, number>>;
      /** Of the processor, in milliseconds. */
      readonly slowest: number;
    };
