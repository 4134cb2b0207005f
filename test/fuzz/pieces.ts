/** What the processes of the fuzzer say to one another. */

/** Programs, damaged sources, damaged objects or tcpdump expressions, by their numbers. */
export interface Piece {
  readonly kind: 'programs' | 'sources' | 'objects' | 'filters';
  readonly seed: number;
  readonly from: number;
  readonly count: number;
}

export interface Failure {
  readonly index: number;
  readonly what: string;
  /** The program, reduced, or the source; an object has none. */
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
