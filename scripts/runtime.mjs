// Puts the runtime and most of the command line into scripts: loading their 200 modules one by one takes most of a start.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { linkModule, runners, stateless, wrapScript, writeRunner, writeStart } from './cached-script.mjs';

/** What loads and attaches, or looks at maps, and needs all of the runtime. */
const sessions = ['cli/load/index.js', 'cli/map/list.js', 'cli/map/entries.js', 'cli/trace-event.js'];

/** The same for `tsbpf capture`, which has most of its code to itself. */
const captures = ['cli/capture/index.js'];

/** Runs a command line. */
const commandLine = 'cli/command-line.js';

/** Where the scripts are; those of the command line where their modules would be, whose paths to other files they have. */
const places = { runtime: 'runtime/chunks', command: 'cli', session: 'cli', capturing: 'cli' };

/** Packages that are put into the script of the command line; their licences are in `cli/build-snapshot.LICENSES`. */
const packages = /[/\\]node_modules[/\\](commander|picocolors)[/\\]/;

/**
 * Writes the runtime, what it takes from the compiler, and the command line up to where commands differ. Each module keeps
 * its place, as a file that only exports: the command line, the compiler and a user's program so share one copy of every
 * class and registry.
 *
 * @param {string} modules the folder that tsc wrote to.
 * @param {string} output the folder of the compiled package.
 * @returns {Promise<Set<string>>} the modules written, by their paths below both folders.
 */
export async function bundleRuntime(modules, output) {
  const imports = new Imports(modules);
  const beyond = (files, ...sets) =>
    new Set([...imports.from(files)].filter((file) => !stateless.test(file) && !sets.some((set) => set.has(file))));
  const core = imports.from(['runtime/index.js', 'runtime/module.js']);
  const runtime = beyond(imports.files.filter((file) => file.startsWith('runtime/') && !runners.includes(file)));
  const main = 'cli/main.js';
  const command = new Set([...imports.from([main])].filter((file) => file.startsWith('cli/') && file !== main));
  const session = beyond(sessions, core, command);
  const capturing = beyond(captures, core, command, session);
  const all = new Set([...runtime, ...command, ...session, ...capturing, main]);
  const grouped = (file) => [core, command, session, capturing].some((set) => set.has(file)) || file === main;
  const left = [...all].filter((file) => !grouped(file) && imports.staticOf(file).length > 0);
  if (left.length > 0) throw new Error(`${left.join(', ')}: in none of the scripts`);
  const nameOf = (file) => path.relative(modules, file).split(path.sep).join('/');
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    input: Object.fromEntries([...all].map((file) => [file.replace(/\.js$/, ''), path.join(modules, file)])),
    platform: 'node',
    external: /^(?!commander$|picocolors$)[^./]/,
    plugins: [outside(modules, all), lighterPackages],
  });
  await bundle.write({
    dir: output,
    format: 'esm',
    comments: false,
    entryFileNames: '[name].js',
    chunkFileNames: ({ name }) => `${places[name] ?? 'runtime/chunks'}/${name}.js`,
    codeSplitting: {
      groups: [
        { name: 'command', test: (file) => command.has(nameOf(file)) || packages.test(file), priority: 3 },
        { name: 'runtime', test: (file) => core.has(nameOf(file)), priority: 2 },
        { name: 'session', test: (file) => session.has(nameOf(file)), priority: 1 },
        { name: 'capturing', test: (file) => capturing.has(nameOf(file)), priority: 0 },
      ],
    },
  });
  await bundle.close();
  await finishScripts(modules, output, all);
  // Each script has its own; written where two chunks share it.
  rmSync(path.join(output, 'runtime/chunks/rolldown-runtime.js'), { force: true });
  return all;
}

/** What commands import when they run, and what runs all of them: main.cjs has it without a module being loaded. */
const inScripts = [...sessions, ...captures, commandLine];

async function finishScripts(modules, output, all) {
  const chunks = Object.entries(places).map(([name, folder]) => `${folder}/${name}.js`);
  const scripts = {};
  for (const chunk of chunks) scripts[chunk] = { identity: await wrapScript(modules, output, chunk), modules: {} };
  for (const file of all) {
    const exported = linkModule(output, file, chunks);
    if (!inScripts.includes(file)) continue;
    if (exported.length !== 1) throw new Error(`${file} is not of one script`);
    scripts[exported[0].chunk].modules[file] = exported[0].names;
  }
  for (const chunk of chunks) rmSync(path.join(output, chunk));
  await writeRunner(modules, output, scripts);
  writeStart(output, 'cli/main.cjs', commandLine, 'main');
}

/** Leaves modules where they are that are imported later, or that are not to be written here; what has them is in a chunk. */
function outside(modules, all) {
  return {
    name: 'outside',
    resolveId(id, importer, { kind }) {
      if (!importer || !id.startsWith('.') || !importer.startsWith(modules)) return null;
      const file = path.resolve(path.dirname(importer), id);
      if (kind !== 'dynamic-import' && all.has(path.relative(modules, file))) return null;
      const place = path.relative(modules, importer);
      const from = path.join(modules, place.startsWith('cli') ? 'cli' : places.runtime);
      const relative = path.relative(from, file).split(path.sep).join('/');
      return { id: relative.startsWith('.') ? relative : `./${relative}`, external: true };
    },
  };
}

/**
 * What the packages do as they are loaded, and nobody here needs then. commander asks for `node:child_process`, which takes a
 * millisecond to load, for commands that are programs of their own; and for `node:process`, of which Node makes all standard streams
 * when it is first asked for. picocolors asks whether standard output is a terminal, for colours that nobody chose.
 */
const lighter = [
  [
    "const childProcess = require('node:child_process');",
    "const childProcess = { spawn: (...words) => require('node:child_process').spawn(...words) };",
  ],
  ["const process = require('node:process');", 'const process = globalThis.process;'],
  ['((p.stdout || {}).isTTY && env.TERM !== "dumb")', 'false'],
];

const lighterPackages = {
  name: 'lighter-packages',
  transform: (code, id) =>
    packages.test(id) ? lighter.reduce((text, [eager, later]) => text.replace(eager, () => later), code) : null,
};

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
