/** What of the JavaScript world is the same at build and at run, what only the running program knows, and what is refused. */

const knownAtLoad: Readonly<Record<string, (member: string | undefined) => boolean>> = {
  process: (member) => !['platform', 'arch', 'version', 'versions'].includes(member ?? ''),
  performance: () => true,
  crypto: () => true,
  globalThis: () => true,
  global: () => true,
  Date: (member) => ['now', '()', 'new()'].includes(member ?? ''),
  Math: (member) => member === 'random',
};

const refusedGlobals: Readonly<Record<string, string>> = {
  fetch: 'it touches the network',
  WebSocket: 'it touches the network',
  setTimeout: 'it waits for a timer',
  setInterval: 'it waits for a timer',
  setImmediate: 'it waits for the event loop',
  queueMicrotask: 'it waits for the event loop',
  BroadcastChannel: 'it talks to other threads',
  MessageChannel: 'it talks to other threads',
};

const refusedModules: Readonly<Record<string, string>> = {
  net: 'it touches the network',
  http: 'it touches the network',
  https: 'it touches the network',
  http2: 'it touches the network',
  tls: 'it touches the network',
  dgram: 'it touches the network',
  dns: 'it touches the network',
  'dns/promises': 'it touches the network',
  child_process: 'it starts another process',
  cluster: 'it starts another process',
  worker_threads: 'it starts a thread',
  timers: 'it waits for a timer',
  'timers/promises': 'it waits for a timer',
  inspector: 'it opens a debugger',
  repl: 'it waits for input',
  readline: 'it waits for input',
  'readline/promises': 'it waits for input',
};

const loadMembers: Readonly<Record<string, RegExp>> = {
  process: /^(?!platform$|arch$|version$|versions$|default$)/,
  perf_hooks: /./,
  crypto: /^(random|generate|getRandomValues|webcrypto$|subtle$|createDiffieHellman)/,
  os: /^(uptime|freemem|loadavg)$/,
};

const refusedMembers: Readonly<Record<string, readonly [RegExp, string]>> = {
  fs: [
    /^(write|append|unlink|rm|mkdir|mkdtemp|rename|copyFile|cp$|cpSync|l?chmod|l?chown|fchmod|fchown|link|symlink|f?truncate|[lf]?utimes|createWriteStream|promises$)/,
    'it changes files',
  ],
  process: [/^(kill|exit|abort|chdir|set)/, 'it changes the process'],
};
const forFilesByPromise: readonly [RegExp, string] = [/./, 'it waits for the event loop'];

/** Names of the JavaScript world that slices may use; a name that is not here has no value at build. */
const names = new Set([
  ...Object.getOwnPropertyNames(globalThis),
  ...Object.keys(knownAtLoad),
  ...Object.keys(refusedGlobals),
  'undefined',
  'console',
]);

export function isGlobalName(name: string): boolean {
  return names.has(name);
}

/** Whether a global, or what is read from it directly, differs from run to run. */
export function isGlobalKnownAtLoad(name: string, member: string | undefined): boolean {
  return Object.hasOwn(knownAtLoad, name) && knownAtLoad[name]!(member);
}

export function refusedGlobalNames(): readonly (readonly [string, string])[] {
  return Object.entries(refusedGlobals);
}

/** Whether an export of a `node:` module differs from run to run. */
export function isModuleKnownAtLoad(specifier: string, member: string | undefined): boolean {
  const pattern = loadMembers[builtinName(specifier)];
  return pattern !== undefined && member !== undefined && pattern.test(member);
}

/** Why nothing of a `node:` module can be used at build. */
export function refusedModule(specifier: string): string | undefined {
  const name = builtinName(specifier);
  return Object.hasOwn(refusedModules, name) ? refusedModules[name] : undefined;
}

/** Most rounds of a key derivation: more take longer than the clock of slices, which does not end them. */
const mostRounds = 1_000_000;

/** Why a call of a function of a `node:` module is not waited for. */
export function refusedCall(specifier: string, member: string, given: readonly unknown[]): string | undefined {
  if (builtinName(specifier) !== 'crypto') return undefined;
  const options = (given[3] ?? {}) as { p?: unknown; parallelization?: unknown };
  const rounds =
    member === 'pbkdf2Sync'
      ? given[2]
      : member === 'scryptSync'
        ? 16384 * Number(options.p ?? options.parallelization ?? 1)
        : 0;
  return Number(rounds) > mostRounds ? 'it derives a key for longer than 5 seconds' : undefined;
}

/** Why one export of a `node:` module cannot be used at build. */
export function refusedMember(specifier: string, member: string): string | undefined {
  const name = builtinName(specifier);
  const [pattern, reason] = name === 'fs/promises' ? forFilesByPromise : (refusedMembers[name] ?? []);
  return pattern?.test(member) ? reason : undefined;
}

export function builtinName(specifier: string): string {
  return specifier.startsWith('node:') ? specifier.slice('node:'.length) : specifier;
}
