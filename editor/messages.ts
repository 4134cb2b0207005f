/** What the plugin and the thread that compiles say to each other. */

/** A file to compile, as it stands in the editor. */
export interface Job {
  readonly id: number;
  /** Absolute. */
  readonly entry: string;
  /** The texts of the files that are open, by path. */
  readonly texts: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly options: Settings;
}

/** What the plugin's entry in `tsconfig.json` may have besides its name, as options of `tsbpf build`. */
export interface Settings {
  readonly cpu?: 'v1' | 'v2' | 'v3' | 'v4';
  readonly target?: readonly [number, number];
  readonly license?: string;
  readonly defines?: Readonly<Record<string, unknown>>;
}

export interface Answer {
  readonly id: number;
  readonly diagnostics: readonly Finding[];
  /** Every file that was read, absolute. */
  readonly files: readonly string[];
}

/** A diagnostic of the compiler; places count UTF-16 units from the beginning of the file. */
export interface Finding {
  readonly file: string;
  readonly start: number;
  readonly length: number;
  readonly code: number;
  readonly category: 'error' | 'warning' | 'suggestion' | 'message';
  readonly message: string;
  readonly hint?: string;
}

/** What the thread is started with. */
export interface Start {
  /** One integer: how many answers were given. Whoever waits for one waits here. */
  readonly answered: SharedArrayBuffer;
}
