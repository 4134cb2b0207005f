export interface GuestOptions<Result> {
  readonly environment?: Readonly<Record<string, string>>;
  readonly limit?: number;
  readonly stdout?: { write(chunk: Uint8Array): boolean };
  readonly stderr?: { write(chunk: Uint8Array): boolean };
  readonly collect?: (job: string) => Result;
  readonly signal?: AbortSignal;
}

export interface GuestRun<Result> {
  readonly status: number | undefined;
  readonly console: string;
  readonly failure?: string;
  readonly result?: Result;
}

export declare function runInGuest<Result = never>(
  version: string,
  command: readonly string[],
  options?: GuestOptions<Result>,
): Promise<GuestRun<Result>>;
