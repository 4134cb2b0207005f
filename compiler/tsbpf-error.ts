/** The base of every error that a program can catch by its class and code: the runtime's, and those of objects and BTF. */
export interface ErrorDetails {
  /** `'EPERM'`, `'TSBPF2001'`: stable, for programs. */
  readonly code: string;
  /** What was being done: `'open map'`. */
  readonly operation?: string | undefined;
  /** What it was done to: a name or a path. */
  readonly subject?: string | undefined;
  /** What to do now: one sentence or more, or a command. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** Any error of the runtime. Its message is complete: what went wrong, with what, and the way out. */
export class TsbpfError extends Error {
  readonly code: string;
  readonly operation: string | undefined;
  readonly subject: string | undefined;
  readonly hint: string | undefined;

  constructor(sentence: string, details: ErrorDetails) {
    const message = details.hint ? `${sentence} ${details.hint}` : sentence;
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.operation = details.operation;
    this.subject = details.subject;
    this.hint = details.hint;
  }
}
