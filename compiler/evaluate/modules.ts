/** Modules from outside the project: npm packages and JSON as they are, `node:` modules without their ways to the outside. */
import { statSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { continueElsewhere } from '../elsewhere.js';
import type { Host } from '../host.js';
import { builtinName, isModuleKnownAtLoad, refusedCall, refusedMember, refusedModule } from './globals.js';
import type { ModuleRequest } from './model.js';
import { guardProcess } from './guard.js';
import { probePackage } from './probe.js';
import { KnownAtLoad, Refused, timeLimit, type World } from './world.js';

/** A module that is not there, or that threw while it loaded. */
export class ModuleNotLoaded {
  readonly specifier: string;
  readonly message: string;
  constructor(specifier: string, message: string) {
    this.specifier = specifier;
    this.message = message;
  }
}

const builtins = new Set(builtinModules);
const requireBuiltin = createRequire(import.meta.url);

type Callable = (...given: unknown[]) => unknown;

export class Modules {
  readonly #host: Host;
  readonly #world: World;
  readonly #loaded = new Map<string, { readonly namespace?: unknown; readonly error?: ModuleNotLoaded }>();
  readonly #guarded = new Map<string, object>();
  readonly #json = new Map<string, unknown>();

  constructor(host: Host, world: World) {
    this.#host = host;
    this.#world = world;
  }

  /** Loads a package as an `import` in that file would; never throws, the failure waits for the module's first use. */
  async load({ specifier, file }: ModuleRequest): Promise<void> {
    const key = this.#key(specifier, file);
    if (isBuiltin(specifier) || this.#loaded.has(key)) return;
    try {
      await continueElsewhere();
      const reason = await probePackage(specifier, file, timeLimit);
      if (reason !== undefined) throw new Error(reason);
      this.#loaded.set(key, { namespace: await importFrom(specifier, file) });
    } catch (error) {
      this.#loaded.set(key, { error: notLoaded(specifier, error) });
    }
  }

  /** @throws ModuleNotLoaded */
  value({ specifier, file, name }: ModuleRequest): unknown {
    if (isBuiltin(specifier)) {
      const builtin = this.#builtin(specifier);
      return name === '*' || name === 'default' || name === '=' ? builtin : builtin[name as never];
    }
    if (name === '=') return this.require(file)(specifier);
    const namespace = this.#namespace(specifier, file) as Record<string, unknown>;
    if (name === '*') return namespace;
    if (!(name in namespace)) throw new ModuleNotLoaded(specifier, `it has no export '${name}'`);
    return namespace[name];
  }

  /** What `require` is in a file. */
  require(file: string): (specifier: string) => unknown {
    return (specifier) => {
      if (isBuiltin(specifier)) return this.#builtin(specifier);
      try {
        return createRequire(path.resolve(file))(specifier);
      } catch (error) {
        throw notLoaded(specifier, error);
      }
    };
  }

  /** @throws ModuleNotLoaded where the file is missing or no JSON. */
  json(file: string, name: string): unknown {
    if (!this.#json.has(file)) this.#json.set(file, this.#parse(file));
    const value = this.#json.get(file);
    if (name === 'default' || name === '=') return value;
    return name === '*' ? { ...(value as object), default: value } : (value as Record<string, unknown>)[name];
  }

  #parse(file: string): unknown {
    const text = this.#host.readFile(file);
    if (text === undefined) throw new ModuleNotLoaded(path.basename(file), 'there is no such file');
    try {
      return JSON.parse(text);
    } catch (error) {
      throw notLoaded(path.basename(file), error);
    }
  }

  #namespace(specifier: string, file: string): unknown {
    const known = this.#loaded.get(this.#key(specifier, file));
    if (known?.error) throw known.error;
    if (known) return known.namespace;
    const value = this.require(file)(specifier);
    const namespace = { ...(value as object), default: value };
    this.#loaded.set(this.#key(specifier, file), { namespace });
    return namespace;
  }

  #key(specifier: string, file: string): string {
    return `${path.dirname(file)}\0${specifier}`;
  }

  #builtin(specifier: string): Record<string, unknown> {
    const name = builtinName(specifier);
    const known = this.#guarded.get(name);
    if (known) return known as Record<string, unknown>;
    const guarded = this.#guard(name, requireBuiltin(`node:${name}`) as object);
    this.#guarded.set(name, guarded);
    return guarded as Record<string, unknown>;
  }

  /** Stands for functions and classes alike. */
  #refusing(reason: string): unknown {
    const stop = () => this.#world.stop(new Refused(reason));
    return function () {
      stop();
    };
  }

  /** Reading what is no file may wait for ever, and no clock ends that. */
  #reader(read: unknown): unknown {
    return (file: unknown, ...others: unknown[]) => {
      const isNoFile = typeof file === 'number' || ((file instanceof URL || typeof file === 'string') && !isFile(file));
      if (isNoFile) this.#world.stop(new Refused('it reads from a device, a pipe or standard input'));
      return (read as (...given: unknown[]) => unknown)(file, ...others);
    };
  }

  /** One call may take as long as its arguments say, and no clock ends that. */
  #bounded(name: string, member: string, call: Callable): Callable {
    return (...given) => {
      const reason = refusedCall(name, member, given);
      return reason === undefined ? call(...given) : this.#world.stop(new Refused(reason));
    };
  }

  #guard(name: string, module: object): object {
    const whole = refusedModule(name);
    return new Proxy(module, {
      get: (target, key) => {
        const member = String(key);
        if (isModuleKnownAtLoad(name, member)) return this.#world.stop(new KnownAtLoad(`${name}.${member}`));
        const reason = whole ?? refusedMember(name, member);
        const value: unknown = member === 'default' ? this.#builtin(name) : Reflect.get(target, key);
        if (typeof value !== 'function') return value;
        if (reason) return this.#refusing(reason);
        if (name === 'crypto' && member.endsWith('Sync')) return this.#bounded(name, member, value as Callable);
        return name === 'fs' && readers.test(member) ? this.#reader(value) : value;
      },
    });
  }
}

const readers = /^(readFile|readFileSync|readSync|open|openSync|createReadStream)$/;

/** What is missing, or cannot be looked at, gives the error that reading it gives. */
function isFile(file: string | URL): boolean {
  try {
    const stat = statSync(file);
    return stat.isFile() || stat.isDirectory();
  } catch {
    return true;
  }
}

export function isBuiltin(specifier: string): boolean {
  return specifier.startsWith('node:') || builtins.has(specifier);
}

function notLoaded(specifier: string, error: unknown): ModuleNotLoaded {
  const message = String((error as { message?: unknown } | undefined)?.message ?? error);
  return new ModuleNotLoaded(specifier, message.split('\n')[0]!.replace(/ imported from .*$/, ''));
}

/** Imports as code in that file would, so that the package's own conditions and versions hold. */
async function importFrom(specifier: string, file: string): Promise<unknown> {
  const restore = guardProcess(() => {
    throw new Error('it ends the process');
  });
  try {
    return await importUnguarded(specifier, file);
  } finally {
    restore();
  }
}

function importUnguarded(specifier: string, file: string): Promise<unknown> {
  const absolute = path.resolve(file);
  const loader = (vm.constants as { USE_MAIN_CONTEXT_DEFAULT_LOADER?: number } | undefined)
    ?.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  if (loader === undefined) {
    const resolved = createRequire(absolute).resolve(specifier);
    return import(pathToFileURL(resolved).href);
  }
  return withoutExperimentalWarning(() => {
    const script = new vm.Script(`import(${JSON.stringify(specifier)})`, {
      filename: absolute,
      importModuleDynamically: loader as never,
    });
    return script.runInThisContext() as Promise<unknown>;
  });
}

/** Node announces its loader for scripts as experimental, which is no news for the user of a compiler. */
function withoutExperimentalWarning<T>(compute: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = ((warning: string | Error, ...details: never[]) => {
    if (details[0] !== 'ExperimentalWarning') emitWarning.call(process, warning, ...details);
  }) as typeof emitWarning;
  try {
    return compute();
  } finally {
    process.emitWarning = emitWarning;
  }
}
