// Makes scripts of chunks, whose compiled code can be kept between runs (runtime/scripts.ts, runtime/cached-script.ts).
import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { rolldown } from 'rolldown';
import { escapeText } from './ascii.mjs';

/** What each script may have a copy of its own of: modules without a state. */
export const stateless = /(^|[/\\])compiler[/\\]open[/\\](cache-folder|folders|user-files|near)\.js$/;
/** What runs scripts, and no script has. */
export const runners = ['runtime/scripts.js', 'runtime/cached-script.js'];
/** What runs them in the package, made of those. */
const runner = 'runtime/scripts.cjs';
/** The bundler's own functions. */
const helpers = /[/\\]rolldown-runtime\.js$/;

/**
 * Puts the code of a chunk into a script beside it, `NAME.cjs`.
 *
 * @param {string} modules the folder that tsc wrote to.
 * @param {string} output the folder of the compiled package.
 * @param {string} name of the chunk there, an ECMAScript module; what it imports later has a path as a literal.
 * @returns {Promise<string>} what tells the script from every other.
 * @throws {Error} where the script would have a second copy of what has a state, or imports in a way that no script can.
 */
export async function wrapScript(modules, output, name) {
  const chunk = path.join(output, name);
  const script = chunk.replace(/\.js$/, '.cjs');
  const bundle = await rolldown({
    input: chunk,
    platform: 'node',
    external: /^[^./]/,
    plugins: [outside(modules, output)],
  });
  const { output: written } = await bundle.generate({ file: script, format: 'cjs', comments: false, exports: 'named' });
  await bundle.close();
  const inside = escapeText(written[0].code)
    .replace(/\bimport\((?=(["'])([^"'\n]*)\1\))/g, 'importLater(')
    // For packages that are CommonJS; a path does as well as an URL, which takes longer to make.
    .replaceAll('createRequire)(require("url").pathToFileURL(__filename).href)', 'createRequire)(__filename)');
  if (/\bimport\(/.test(inside)) throw new Error(`${script} imports what is not known before`);
  if (/\brequire\("node:process"\)/.test(inside)) throw new Error(`${script} makes all standard streams`);
  const code = `(function (exports, require, __filename, __dirname, importLater) {${inside}\n})\n`;
  writeFileSync(script, code);
  return `${path.basename(chunk, '.js')}-${createHash('sha256').update(code).digest('hex').slice(0, 32)}`;
}

const keyOf = (name) => name.replace(/\.js$/, '');

/** Leaves out what the chunk imports, but for modules without a state, which are not in the package's folder yet. */
function outside(modules, output) {
  return {
    name: 'outside',
    resolveId(id, importer) {
      if (!importer || !id.startsWith('.')) return null;
      const file = path.resolve(path.dirname(importer), id);
      if (helpers.test(id)) return file;
      return stateless.test(id) ? path.join(modules, path.relative(output, file)) : { id, external: true };
    },
  };
}

/**
 * Lets a module that takes names from chunks take them from their scripts at once: a module between them that exports each name
 * would take a millisecond to load.
 *
 * @param {string} output the folder of the compiled package.
 * @param {string} name of the module there, as the bundler wrote it.
 * @param {readonly string[]} chunks by their names there.
 * @returns {{ chunk: string, names: Record<string, string> }[]} what it exports, with the scripts' names for that.
 */
export function linkModule(output, name, chunks) {
  const file = path.join(output, name);
  const exported = [];
  const scripts = [];
  const link = (statement, kind, list, specifier) => {
    const chunk = path.join(path.dirname(name), specifier);
    if (!chunks.includes(chunk)) return statement;
    const script = `script${scripts.push(chunk) - 1}`;
    const names = list.split(',').map((one) => one.trim().split(/\s+as\s+/));
    if (kind === 'import')
      return names.map(([inside, own = inside]) => `const ${own} = ${script}.${inside};`).join('\n');
    exported.push({ chunk, names: Object.fromEntries(names.map(([inside, own = inside]) => [own, inside])) });
    const values = names.map(([inside], index) => `const ${script}_${index} = ${script}.${inside};`);
    const outside = names.map(([inside, own = inside], index) => `${script}_${index} as ${own}`);
    return [...values, `export { ${outside.join(', ')} };`].join('\n');
  };
  const written = readFileSync(file, 'utf8');
  const text = written.replace(/^(import|export) \{([^}]*)\} from "([^"]+)";$/gm, link);
  if (scripts.length === 0) return exported;
  const there = path.relative(path.dirname(name), runner);
  const run = `createRequire(import.meta.url)(${JSON.stringify(there.startsWith('.') ? there : `./${there}`)}).run`;
  const first = [
    `import { createRequire } from 'node:module';`,
    `const run = ${run};`,
    ...scripts.map((chunk, index) => `const script${index} = run(${JSON.stringify(keyOf(chunk))});`),
  ];
  const [, start, rest] = /^(#!.*\n)?([^]*)$/.exec(text);
  writeFileSync(file, `${start ?? ''}${first.join('\n')}\n${rest}`);
  return exported;
}

/**
 * Writes what runs the scripts.
 *
 * @param {string} modules the folder that tsc wrote to.
 * @param {string} output the folder of the compiled package.
 * @param {Readonly<Record<string, { identity: string, modules: object }>>} scripts by the names of their chunks.
 */
export async function writeRunner(modules, output, scripts) {
  const bundle = await rolldown({ input: path.join(modules, runners[0]), platform: 'node', external: /^node:/ });
  const { output: written } = await bundle.generate({ format: 'cjs', comments: false, exports: 'named' });
  await bundle.close();
  const table = Object.fromEntries(Object.entries(scripts).map(([name, script]) => [keyOf(name), script]));
  const root = `require('node:path').dirname(__dirname)`;
  const made = `packageScripts(${root}, ${JSON.stringify(table)}, require)`;
  writeFileSync(path.join(output, runner), `${written[0].code}\nmodule.exports = ${made};\n`);
}

/**
 * Writes a CommonJS module that calls a function of a script: a start without the loader of ECMAScript modules.
 *
 * @param {string} output the folder of the compiled package.
 * @param {string} name of the module there.
 * @param {string} from the module that exports the function.
 * @param {string} called the function's name.
 */
export function writeStart(output, name, from, called) {
  const file = path.join(output, name);
  const there = path.relative(path.dirname(name), runner);
  writeFileSync(file, `require(${JSON.stringify(there)}).load(${JSON.stringify(from)}).${called}();\n`);
  chmodSync(file, 0o755);
}
