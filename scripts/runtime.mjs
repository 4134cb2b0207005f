// Puts the runtime into a few files: loading its 150 modules one by one takes most of the time to a tool's first event.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Where the code goes, beside what tsc would have written. */
const folder = path.join('runtime', 'chunks');

/**
 * Writes the runtime and what it takes from the compiler. Each module keeps its place, as a file that only exports: the
 * command line, the compiler and a user's program so share one copy of every class and registry.
 *
 * @param {string} modules the folder that tsc wrote to.
 * @param {string} output the folder of the compiled package.
 * @returns {Promise<Set<string>>} the modules written, by their paths below both folders.
 */
export async function bundleRuntime(modules, output) {
  const imports = new Imports(modules);
  const all = imports.from(imports.files.filter((file) => file.startsWith('runtime/')));
  const core = imports.from(['runtime/index.js', 'runtime/module.js']);
  // What every command needs, and builds: it is not to bring the runtime with it.
  const early = imports.from(['cli/main.js', 'cli/build-round.js'], 'compiler/index.js');
  // What commands need that load nothing into the kernel.
  const base = imports.from(['cli/filter-expression.js', 'compiler/object/index.js']);
  const nameOf = (file) => path.relative(modules, file).split(path.sep).join('/');
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    input: Object.fromEntries([...all].map((file) => [file.replace(/\.js$/, ''), path.join(modules, file)])),
    platform: 'node',
    external: /^[^./]/,
  });
  await bundle.write({
    dir: output,
    format: 'esm',
    comments: false,
    entryFileNames: '[name].js',
    chunkFileNames: `${folder}/[name].js`,
    codeSplitting: {
      groups: [
        { name: 'early', test: (file) => early.has(nameOf(file)), priority: 3 },
        { name: 'base', test: (file) => base.has(nameOf(file)), priority: 2 },
        { name: 'runtime', test: (file) => core.has(nameOf(file)), priority: 1 },
      ],
    },
  });
  await bundle.close();
  return all;
}

/** Who imports whom, among the modules that tsc wrote. */
class Imports {
  constructor(root) {
    this.root = root;
    this.files = readdirSync(root, { recursive: true }).filter((file) => file.endsWith('.js'));
    this.known = new Map();
  }

  /** @returns {string[]} what a module imports as it is loaded. */
  staticOf(file) {
    let found = this.known.get(file);
    if (!found) {
      const code = readFileSync(path.join(this.root, file), 'utf8');
      const specifiers = [...code.matchAll(/^(?:import|export)\b[^;']*?\bfrom '(\.[^']+)'|^import '(\.[^']+)'/gm)];
      found = specifiers.map(([, from, alone]) => path.join(path.dirname(file), from ?? alone));
      this.known.set(file, found);
    }
    return found;
  }

  /** @returns {Set<string>} modules, and all that they import, not by way of one that has its own bundle. */
  from(files, bundled) {
    const found = new Set(files);
    for (const file of found) if (file !== bundled) for (const each of this.staticOf(file)) found.add(each);
    return found;
  }
}
