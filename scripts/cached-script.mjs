// Makes a script of a chunk, whose compiled code can be kept between runs (runtime/cached-script.ts).
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { rolldown } from 'rolldown';
import { escapeText } from './ascii.mjs';

/** What each script may have a copy of its own of: modules without a state. */
export const stateless = /(^|[/\\])compiler[/\\]open[/\\](cache-folder|folders|user-files|near)\.js$/;
/** What runs a script; each chunk has its own. */
export const runner = 'runtime/cached-script.js';
/** The bundler's own functions. */
const helpers = /[/\\]rolldown-runtime\.js$/;

/**
 * Puts the code of a chunk into a script beside it, `NAME.cjs`, and into the chunk what runs that and exports what it gives.
 *
 * @param {string} modules the folder that tsc wrote to.
 * @param {string} output the folder of the compiled package.
 * @param {string} name of the chunk there, an ECMAScript module; what it imports later has a path as a literal.
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
  const inside = escapeText(written[0].code).replace(/\bimport\((?=(["'])([^"'\n]*)\1\))/g, 'importLater(');
  if (/\bimport\(/.test(inside)) throw new Error(`${script} imports what is not known before`);
  const code = `(function (exports, require, __filename, importLater) {${inside}\n})\n`;
  writeFileSync(script, code);
  const digest = createHash('sha256').update(code).digest('hex').slice(0, 32);
  const identity = `${path.basename(chunk, '.js')}-${digest}`;
  const imported = written[0].imports.filter((id) => /^\.|^\//.test(id));
  await writeLoader(modules, chunk, { identity, exported: written[0].exports, imported, code });
}

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

async function writeLoader(modules, chunk, { identity, exported, imported, code }) {
  const entry = '\0loader';
  const literal = JSON.stringify;
  const specifiers = [...new Set([...code.matchAll(/\brequire\("(\.[^"]+)"\)/g)].map(([, specifier]) => specifier))];
  if (specifiers.length !== imported.length) throw new Error(`${chunk} has unknown imports`);
  const text = `import { fileURLToPath } from 'node:url';
import { runCached } from ${literal(path.join(modules, runner))};
${specifiers.map((specifier, index) => `import * as module${index} from ${literal(specifier)};`).join('\n')}
const script = runCached(fileURLToPath(new URL(${literal(`./${path.basename(chunk, '.js')}.cjs`)}, import.meta.url)), ${literal(identity)}, {
${specifiers.map((specifier, index) => `${literal(specifier)}: module${index},`).join('\n')}
}, (specifier) => import(specifier));
${exported.map((name, index) => `const value${index} = script[${literal(name)}];`).join('\n')}
export { ${exported.map((name, index) => `value${index} as ${name}`).join(', ')} };
`;
  const loader = {
    name: 'loader',
    resolveId: (id, importer) =>
      id === entry ? id : importer === entry && /^\./.test(id) ? { id, external: true } : null,
    load: (id) => (id === entry ? text : undefined),
  };
  const bundle = await rolldown({ input: entry, platform: 'node', external: /^node:/, plugins: [loader] });
  await bundle.write({ file: chunk, format: 'esm', comments: false });
  await bundle.close();
}
