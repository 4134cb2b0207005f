/** The JavaScript world that slices run in: one context of its own, watched by a clock, without ways to the outside. */
import { isProxy } from 'node:util/types';
import v8 from 'node:v8';
import vm from 'node:vm';
import * as types from '../../runtime/types.js';
import { conversionsName } from './conversions.js';
import { endNativeCalls } from './endless.js';
import { guardProcess, ignoreRejections, silentConsole } from './guard.js';
import { refusedGlobalNames } from './globals.js';

export const timeLimit = 5000;
/** The name under which loops of slices find what watches their memory. */
export const tickName = '$tick';

const megabyte = 2 ** 20;
/** Far from where V8 would give up the whole process. */
const memoryLimit = Math.min(512 * megabyte, Math.floor(v8.getHeapStatistics().heap_size_limit / 4));
const ticksBetween = 128;

function memoryInUse(): number {
  const { used_heap_size, external_memory } = v8.getHeapStatistics();
  return used_heap_size + external_memory;
}

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
  #ticks = 0;
  /** What was in use before the slice. */
  #memory = 0;
  /** What was thrown to stop the slice, kept in case the slice swallows it. */
  stopped: KnownAtLoad | Refused | undefined;

  /** Compiles an expression in this world. */
  compile(code: string, fileName: string): unknown {
    const script = new vm.Script(code, { filename: fileName });
    if (this.#running) return script.runInContext(this.#create(), { displayErrors: false });
    // It may find promises of earlier slices to go on with.
    return this.#underClock(() => script.runInContext(this.#create(), { timeout: timeLimit, displayErrors: false }));
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
    this.#memory = memoryInUse();
    this.#ticks = 0;
    const restore = guardProcess(() => this.stop(new Refused('it ends the process')));
    try {
      return this.#underClock(
        () => this.#entry!.runInContext(context, { timeout: timeLimit, displayErrors: false }) as T,
      );
    } finally {
      restore();
      ignoreRejections();
      this.#running = false;
      context.$compute = undefined;
    }
  }

  #underClock<T>(compute: () => T): T {
    try {
      return compute();
    } catch (error) {
      // What was thrown may have code of its own behind its properties.
      const isObject = typeof error === 'object' && error !== null && !isProxy(error);
      const code: unknown = isObject ? Object.getOwnPropertyDescriptor(error, 'code')?.value : undefined;
      if (code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      // Promises that wait in it would go on for ever.
      this.#context = undefined;
      throw new TimedOut();
    }
  }

  /** Called by every round of a slice's loops. */
  #tick = (): void => {
    // The first rounds are looked at one by one, for what takes much in each.
    if (++this.#ticks > ticksBetween && this.#ticks % ticksBetween !== 0) return;
    if (memoryInUse() - this.#memory < memoryLimit) return;
    this.stop(new Refused(`it takes more than ${memoryLimit / megabyte} MB of memory`));
  };

  stop(cause: KnownAtLoad | Refused): never {
    this.stopped ??= cause;
    throw cause;
  }

  #create(): vm.Context {
    if (this.#context) return this.#context;
    const knownAtLoad = (what: string) => this.stop(new KnownAtLoad(what));
    const context = vm.createContext(
      { ...sharedGlobals(), console: silentConsole(), [conversionsName]: types, [tickName]: this.#tick },
      { name: 'tsbpf constants', microtaskMode: 'afterEvaluate' },
    );
    for (const [name, reason] of refusedGlobalNames()) {
      const stop = () => this.stop(new Refused(reason));
      context[name] = function () {
        stop();
      };
    }
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
    endNativeCalls(context, this.#tick, (what) => this.stop(new Refused(what)));
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

function withoutClock(knownAtLoad: (what: string) => never): DateConstructor {
  return new Proxy(Date, {
    construct: (target, parameters, newTarget) =>
      parameters.length === 0 ? knownAtLoad('new Date()') : Reflect.construct(target, parameters, newTarget),
    apply: () => knownAtLoad('Date()'),
    get: (target, key) => (key === 'now' ? () => knownAtLoad('Date.now()') : Reflect.get(target, key)),
  });
}
