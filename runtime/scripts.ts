/**
 * The scripts that the package is made of (scripts/runtime.mjs). Each is run once in a process, whether modules of the package ask
 * for it or the command line, which starts without the loader of ECMAScript modules: that takes a sixth of a short run.
 *
 * In the package this is a CommonJS module, `dist/runtime/scripts.cjs`, of which Node itself has one copy.
 */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { runCached } from './cached-script.js';

export interface PackageScript {
  /** Tells it from every other, as `runCached` wants it. */
  readonly identity: string;
  /** Names that modules export whose code is in it, with the names that it has for them; by the paths of the modules. */
  readonly modules: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface PackageScripts {
  /** What a script exports. @param name its path below the package's folder, without `.cjs`. */
  run(name: string): Readonly<Record<string, unknown>>;
  /** What a module exports whose code is in a script; undefined for all others. @param file its path below the folder. */
  load(file: string): Readonly<Record<string, unknown>> | undefined;
}

/**
 * @param root the folder of the compiled package.
 * @param scripts by their paths below it, without `.cjs`.
 * @param require of the package.
 */
export function packageScripts(
  root: string,
  scripts: Readonly<Record<string, PackageScript>>,
  require: (specifier: string) => unknown,
): PackageScripts {
  const known = new Map<string, Readonly<Record<string, unknown>>>();
  const run = (name: string) => {
    let exported = known.get(name);
    if (!exported) {
      const inside = (specifier: string) => path.join(path.dirname(name), specifier);
      exported = runCached(
        path.join(root, `${name}.cjs`),
        scripts[name]!.identity,
        (id) => (id.startsWith('.') ? run(inside(id).replace(/\.js$/, '')) : require(id)),
        async (id): Promise<unknown> => {
          if (!id.startsWith('.')) return import(id);
          return load(inside(id)) ?? import(pathToFileURL(path.join(root, inside(id))).href);
        },
      );
      known.set(name, exported);
    }
    return exported;
  };
  const load = (file: string) => {
    const [name, { modules }] = Object.entries(scripts).find(([, script]) => file in script.modules) ?? ['', none];
    const names = modules[file];
    if (!names) return undefined;
    const exported = run(name);
    return Object.fromEntries(Object.entries(names).map(([outside, inside]) => [outside, exported[inside]]));
  };
  return { run, load };
}

const none: PackageScript = { identity: '', modules: {} };
