/** Runs cells: each at most once, what it depends on first, in the world of slices. */
import { ts } from '../typescript.js';
import path from 'node:path';
import { isProxy } from 'node:util/types';
import { pathToFileURL } from 'node:url';
import type { Assessor } from './assessor.js';
import type { Bindings, Cell, Reference, Target } from './model.js';
import { ModuleNotLoaded, type Modules } from './modules.js';
import type { Resolver } from './resolver.js';
import { computeDirectly, notDirect } from './direct.js';
import { createSlice } from './slice.js';
import { KnownAtLoad, Refused, TimedOut, type World } from './world.js';

export type Failure =
  | { readonly kind: 'threw'; readonly message: string; readonly where: string | undefined }
  | { readonly kind: 'refused'; readonly reason: string; readonly where: string | undefined }
  | { readonly kind: 'load'; readonly what: string }
  | { readonly kind: 'module'; readonly specifier: string; readonly message: string }
  | { readonly kind: 'timeout' };

export type Outcome =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly failure: Failure };

/** The bindings of one evaluation, and what was computed from them. */
export interface Environment {
  readonly bindings: Bindings | undefined;
  readonly fresh: Map<Cell, State>;
}

interface State {
  status: 'running' | 'done' | 'failed';
  value: unknown;
}

/** A failure that was found before, or in a cell that this one depends on. */
class CellFailed {
  readonly cause: unknown;
  constructor(cause: unknown) {
    this.cause = cause;
  }
}

export class Runner {
  readonly #resolver: Resolver;
  readonly #assessor: Assessor;
  readonly #modules: Modules;
  readonly #world: World;
  readonly #states = new Map<Cell, State>();
  readonly #slices = new Map<string, { readonly file: string; readonly firstLine: number }>();
  #stack: Cell[] = [];

  constructor(resolver: Resolver, assessor: Assessor, modules: Modules, world: World) {
    this.#resolver = resolver;
    this.#assessor = assessor;
    this.#modules = modules;
    this.#world = world;
  }

  /** The value of a cell that was assessed as static under these bindings. */
  value(cell: Cell, environment: Environment): Outcome {
    return this.attempt(() => this.#cellValue(cell, environment));
  }

  /** Runs something in the world of slices, and says why it failed. */
  attempt(compute: () => unknown): Outcome {
    const depth = this.#stack.length;
    try {
      return { ok: true, value: compute() };
    } catch (error) {
      for (const cell of this.#stack.slice(depth)) {
        const state = this.#states.get(cell);
        if (state?.status === 'running') Object.assign(state, { status: 'failed', value: error });
      }
      return { ok: false, failure: this.#failure(error) };
    } finally {
      this.#stack.length = depth;
    }
  }

  run(compute: () => unknown): unknown {
    const value = this.#world.run(compute);
    if (this.#world.stopped) throw this.#world.stopped;
    return value;
  }

  /** The value of a free name. */
  referenceValue(reference: Reference, environment: Environment): unknown {
    const target = this.#resolver.target(reference);
    if (ts.isMetaProperty(reference.node)) return importMeta(reference.node.getSourceFile().fileName);
    return this.#targetValue(target, reference, environment);
  }

  #targetValue(target: Target, reference: Reference, environment: Environment): unknown {
    switch (target.kind) {
      case 'value':
        return target.value;
      case 'json':
        return this.#modules.json(target.file, target.name);
      case 'module':
        return this.#modules.value(target.request);
      case 'namespace':
        return this.#namespace(target.members, environment);
      case 'global':
        return this.#global(target.name, reference);
      case 'local': {
        const bound = environment.bindings?.(target.symbol);
        return bound ? bound.value : this.#part(target, environment);
      }
      case 'cell':
        return this.#part(target, environment);
      default:
        throw new Error(`'${reference.name}' is not static`);
    }
  }

  #part(target: Target & { kind: 'local' | 'cell' }, environment: Environment): unknown {
    const value = this.#cellValue(target.cell!, environment);
    return target.part === undefined ? value : (value as Record<string, unknown>)[target.part];
  }

  #global(name: string, reference: Reference): unknown {
    const { fileName } = reference.node.getSourceFile();
    if (name === 'require') return this.#modules.require(fileName);
    return this.#world.compile(name, 'tsbpf-global');
  }

  #namespace(members: readonly ts.Symbol[], environment: Environment): object {
    const namespace = {};
    for (const symbol of members) {
      const reference = { node: symbol.declarations?.[0], name: symbol.name, symbol } as unknown as Reference;
      const get = () => this.#targetValue(this.#resolver.targetOfSymbol(symbol), reference, environment);
      Object.defineProperty(namespace, symbol.name, { get, enumerable: true });
    }
    return namespace;
  }

  #cellValue(cell: Cell, environment: Environment): unknown {
    const states = this.#isFresh(cell, environment) ? environment.fresh : this.#states;
    const known = states.get(cell);
    if (known?.status === 'done') return known.value;
    if (known?.status === 'failed') throw known.value;
    if (known) throw new CellFailed({ message: `'${cell.name}' is used before it has a value` });
    const state: State = { status: 'running', value: undefined };
    states.set(cell, state);
    this.#stack.push(cell);
    try {
      state.value = this.#compute(cell, environment, states);
      state.status = 'done';
      for (const patch of cell.patches) if (!states.has(patch)) this.#cellValue(patch, environment);
    } catch (error) {
      state.status = 'failed';
      state.value = error;
      throw error;
    }
    this.#stack.pop();
    return state.value;
  }

  #isFresh(cell: Cell, { bindings }: Environment): boolean {
    if (!bindings || this.#states.get(cell)?.status === 'done') return false;
    return this.#assessor.assess(this.#assessor.factsOf(cell), bindings).bound;
  }

  #compute(cell: Cell, environment: Environment, states: ReadonlyMap<Cell, State>): unknown {
    const valueOf = (reference: Reference) => this.referenceValue(reference, environment);
    if (cell.form === 'undefined') return undefined;
    const { references } = this.#assessor.factsOf(cell);
    if (cell.form === 'expression') {
      const value = computeDirectly(cell.root, references, valueOf);
      if (value !== notDirect) return value;
    }
    return this.#runSlice(
      cell,
      references.filter((one) => this.#isParameter(one)),
      valueOf,
      states,
    );
  }

  #isParameter(reference: Reference): boolean {
    const target = this.#resolver.target(reference);
    return target.kind !== 'global' || target.name === 'require';
  }

  #runSlice(
    cell: Cell,
    references: readonly Reference[],
    valueOf: (reference: Reference) => unknown,
    states: ReadonlyMap<Cell, State>,
  ): unknown {
    const isLazy = (reference: Reference): boolean => {
      const target = this.#resolver.target(reference);
      const needed = target.kind === 'cell' || target.kind === 'local' ? target.cell : undefined;
      return needed !== undefined && states.get(needed)?.status === 'running';
    };
    // What is not being computed yet is computed first; that may find more names in a circle, so ask again after it.
    const values = new Map<Reference, unknown>();
    for (const reference of references) if (!isLazy(reference)) values.set(reference, valueOf(reference));
    const slice = createSlice(cell, references, (reference) => !values.has(reference), this.#resolver.conversions);
    const lazy = Object.create(null) as object;
    const eager: unknown[] = [];
    for (const { name, reference } of slice.parameters) {
      if (values.has(reference)) eager.push(values.get(reference));
      else Object.defineProperty(lazy, name, { get: () => valueOf(reference) });
    }
    const fileName = `tsbpf-slice-${this.#slices.size}`;
    this.#slices.set(fileName, { file: cell.root.getSourceFile().fileName, firstLine: slice.firstLine });
    const create = this.#world.compile(slice.code, fileName) as (lazy: object) => (...values: unknown[]) => unknown;
    return this.run(() => create(lazy)(...eager));
  }

  #failure(error: unknown): Failure {
    if (isProxy(error)) return { kind: 'threw', message: 'a Proxy was thrown', where: undefined };
    const cause = this.#world.stopped && !(error instanceof TimedOut) ? this.#world.stopped : error;
    if (cause instanceof CellFailed) return this.#failure(cause.cause);
    if (cause instanceof TimedOut) return { kind: 'timeout' };
    if (cause instanceof KnownAtLoad) return { kind: 'load', what: cause.what };
    if (cause instanceof Refused) return { kind: 'refused', reason: cause.reason, where: this.#where(cause.stack) };
    if (cause instanceof ModuleNotLoaded) {
      return { kind: 'module', specifier: cause.specifier, message: cause.message };
    }
    return this.#thrown(cause);
  }

  /** What was thrown may have code of its own behind its properties. */
  #thrown(cause: unknown): Failure {
    try {
      return this.#world.run(() => {
        return { kind: 'threw', message: describe(cause), where: this.#where((cause as { stack?: unknown })?.stack) };
      });
    } catch {
      return { kind: 'threw', message: 'what was thrown cannot be looked at', where: undefined };
    }
  }

  #where(stack: unknown): string | undefined {
    const match = typeof stack === 'string' ? /(tsbpf-slice-\d+):(\d+)/.exec(stack) : null;
    const slice = match && this.#slices.get(match[1]!);
    return slice ? `${path.basename(slice.file)}:${slice.firstLine + Number(match[2]) - 1}` : undefined;
  }
}

function describe(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return String(thrown);
  const { name, message } = thrown as { name?: unknown; message?: unknown };
  return name && name !== 'Error' ? `${String(name)}: ${String(message)}` : String(message ?? 'an object was thrown');
}

function importMeta(file: string): object {
  const { href } = pathToFileURL(file);
  return {
    url: href,
    filename: file,
    dirname: path.dirname(file),
    resolve: (specifier: string) => new URL(specifier, href).href,
  };
}
