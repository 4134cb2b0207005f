/** What the doctor finds out about one thing. */
export interface Finding {
  readonly name: string;
  readonly purpose: 'build' | 'run';
  /** `warn`: some programs do without; `missing`: nothing works without. */
  readonly state: 'ok' | 'warn' | 'missing';
  /** What was found, or what its lack means. */
  readonly detail: string;
  /** The command, or the deed, that mends it. */
  readonly mend?: string;
}

export type Findings = readonly (Finding | undefined)[];
