// Puts the runtime into a script: loading its 150 modules one by one takes most of the time to a tool's first event.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { escapeText } from './ascii.mjs';

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
        { name: 'runtime', test: (file) => core.has(nameOf(file)), priority: 1 },
      ],
    },
  });
  await bundle.close();
  await wrapScript(modules, output);
  return all;
}

/** What the script may have a copy of its own of: modules without a state. */
const stateless = /[/\\]compiler[/\\]open[/\\]cache-folder\.js$/;

/**
 * Makes a script of the chunk `runtime.js`, whose compiled code can be kept (runtime/cached-script.ts), and of the chunk what runs
 * that script and exports what it gives.
 */
async function wrapScript(modules, output) {
  const chunk = path.join(output, folder, 'runtime.js');
  const script = path.join(output, folder, 'runtime.cjs');
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    input: chunk,
    platform: 'node',
    external: /^[^./]/,
    plugins: [onlyBundling((id) => id === chunk || stateless.test(id))],
  });
  const { output: written } = await bundle.write({ file: script, format: 'cjs', comments: false, exports: 'named' });
  await bundle.close();
  const code = escapeText(readFileSync(script, 'utf8'));
  if (/\bimport\(/.test(code)) throw new Error('the runtime cannot import modules later: it is a script');
  writeFileSync(script, code);
  const identity = `runtime-${createHash('sha256').update(code).digest('hex').slice(0, 32)}`;
  await writeLoader(modules, chunk, identity, written[0].exports);
}

async function writeLoader(modules, chunk, identity, names) {
  const { rolldown } = await import('rolldown');
  const entry = '\0loader';
  const runner = path.join(modules, 'runtime', 'cached-script.js');
  const text = `import { fileURLToPath } from 'node:url';
import { runCached } from ${JSON.stringify(runner)};
const script = runCached(fileURLToPath(new URL('runtime.cjs', import.meta.url)), ${JSON.stringify(identity)});
${names.map((name, index) => `const value${index} = script[${JSON.stringify(name)}];`).join('\n')}
export { ${names.map((name, index) => `value${index} as ${name}`).join(', ')} };
`;
  const loader = {
    name: 'loader',
    resolveId: (id) => (id === entry ? id : null),
    load: (id) => (id === entry ? text : undefined),
  };
  const bundle = await rolldown({ input: entry, platform: 'node', external: /^node:/, plugins: [loader] });
  await bundle.write({ file: chunk, format: 'esm', comments: false });
  await bundle.close();
}

/** Fails where more would get a copy in the script. */
function onlyBundling(isAllowed) {
  return {
    name: 'only-bundling',
    load(id) {
      if (!isAllowed(id)) throw new Error(`${id} would be in the runtime twice`);
    },
  };
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
