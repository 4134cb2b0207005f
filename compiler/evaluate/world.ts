/** The JavaScript world that slices run in: one context of its own, watched by a clock, without ways to the outside. */
import vm from 'node:vm';
import * as types from '../../runtime/types.js';
import { conversionsName } from './conversions.js';
import { refusedGlobalNames } from './globals.js';

export const timeLimit = 5000;

/** Thrown within a slice that reads what only the running program knows. */
export class KnownAtLoad {
  readonly what: string;
  constructor(what: string) {
    this.what = what;
  }
}

/** Thrown within a slice that reaches outside. */
export class Refused {
  readonly reason: string;
  readonly stack: string | undefined;
  constructor(reason: string) {
    this.reason = reason;
    this.stack = new Error().stack;
  }
}

export class TimedOut {}

export class World {
  #context: vm.Context | undefined;
  #entry: vm.Script | undefined;
  #running = false;
  /** What was thrown to stop the slice, kept in case the slice swallows it. */
  stopped: KnownAtLoad | Refused | undefined;

  /** Compiles an expression in this world. */
  compile(code: string, fileName: string): unknown {
    return new vm.Script(code, { filename: fileName }).runInContext(this.#create());
  }

  /**
   * Calls back with the clock running; calls within calls share the first one's time.
   *
   * @throws what `compute` throws; `TimedOut` after 5 seconds.
   */
  run<T>(compute: () => T): T {
    if (this.#running) return compute();
    const context = this.#create();
    this.#entry ??= new vm.Script('$compute()', { filename: 'tsbpf-entry' });
    context.$compute = compute;
    this.#running = true;
    this.stopped = undefined;
    try {
      return this.#entry.runInContext(context, { timeout: timeLimit }) as T;
    } catch (error) {
      if ((error as { code?: unknown } | undefined)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new TimedOut();
      throw error;
    } finally {
      this.#running = false;
      context.$compute = undefined;
    }
  }

  stop(cause: KnownAtLoad | Refused): never {
    this.stopped ??= cause;
    throw cause;
  }

  #create(): vm.Context {
    if (this.#context) return this.#context;
    const knownAtLoad = (what: string) => this.stop(new KnownAtLoad(what));
    const context = vm.createContext(
      { ...sharedGlobals(), console: silentConsole(), [conversionsName]: types },
      { name: 'tsbpf constants' },
    );
    for (const [name, reason] of refusedGlobalNames()) context[name] = () => this.stop(new Refused(reason));
    context.process = new Proxy(
      {},
      {
        get: (_, key) => {
          if (key === 'platform' || key === 'arch' || key === 'version' || key === 'versions') return process[key];
          return knownAtLoad(`process.${String(key)}`);
        },
      },
    );
    for (const name of ['performance', 'crypto']) {
      context[name] = new Proxy({}, { get: (_, key) => knownAtLoad(`${name}.${String(key)}`) });
    }
    context.Date = withoutClock(knownAtLoad);
    (new vm.Script('Math').runInContext(context) as Math).random = () => knownAtLoad('Math.random()');
    this.#context = context;
    return context;
  }
}

/** Classes that cross between slices, modules and the compiler, so that `instanceof` holds everywhere. */
function sharedGlobals(): Record<string, unknown> {
  const names =
    'Map Set WeakMap WeakSet ArrayBuffer DataView Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array Uint8ClampedArray Float32Array Float64Array BigInt64Array BigUint64Array TextEncoder TextDecoder URL URLSearchParams Buffer structuredClone atob btoa';
  const globals = globalThis as unknown as Record<string, unknown>;
  return Object.fromEntries(names.split(' ').map((name) => [name, globals[name]]));
}

function silentConsole(): object {
  const silent = () => undefined;
  return new Proxy({}, { get: () => silent });
}

function withoutClock(knownAtLoad: (what: string) => never): DateConstructor {
  return new Proxy(Date, {
    construct: (target, parameters, newTarget) =>
      parameters.length === 0 ? knownAtLoad('new Date()') : Reflect.construct(target, parameters, newTarget),
    apply: () => knownAtLoad('Date()'),
    get: (target, key) => (key === 'now' ? () => knownAtLoad('Date.now()') : Reflect.get(target, key)),
  });
}
