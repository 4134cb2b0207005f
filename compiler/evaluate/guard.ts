/** While code of the user or of a package runs in the compiler, it may neither end the process nor write to its streams. */
import process from 'node:process';

const ending = ['exit', 'reallyExit', 'abort', 'kill'] as const;
const silent = { write: () => true, end: () => undefined, on: () => silent, once: () => silent, isTTY: false };

let depth = 0;
let undo: readonly (() => void)[] = [];
let refusal: () => never;

/**
 * @param refuse is called in place of what would end the process; it throws.
 * @returns what puts everything back. Several may be at work at once, in any order; the last one puts back.
 */
export function guardProcess(refuse: () => never): () => void {
  const outer = refusal;
  refusal = refuse;
  if (depth++ === 0) undo = install();
  return () => {
    refusal = outer;
    if (--depth === 0) undo.forEach((restore) => restore());
  };
}

function install(): readonly (() => void)[] {
  return [
    ...ending.map((name) => replace(process, name, { value: () => refusal(), writable: true })),
    // Read before its first use, the console would keep these streams for good.
    replace(globalThis, 'console', { value: silentConsole(), writable: true }),
    ...(['stdout', 'stderr'] as const).map((name) => replace(process, name, { get: () => silent })),
  ];
}

/** Prints nothing, whatever is called. */
export function silentConsole(): object {
  const nothing = () => undefined;
  return new Proxy({}, { get: () => nothing });
}

function replace(holder: object, name: string, by: PropertyDescriptor): () => void {
  const original = Object.getOwnPropertyDescriptor(holder, name);
  Object.defineProperty(holder, name, { ...by, configurable: true });
  return () => {
    if (original) Object.defineProperty(holder, name, original);
    else Reflect.deleteProperty(holder, name);
  };
}

let listening = 0;

/** Promises of slices that fail unseen fail for nobody; without this Node would end the process for them. */
export function ignoreRejections(): void {
  if (listening++ === 0) process.on('unhandledRejection', pass);
  // Node looks for such promises before it comes to this.
  setImmediate(() => {
    if (--listening === 0) process.off('unhandledRejection', pass);
  });
}

function pass(reason: unknown, promise: Promise<unknown>): void {
  if (promise instanceof Promise) throw reason;
}
