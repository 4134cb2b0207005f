// The program of losses.mjs and cycles.mjs: compiled once for a run.
import path from 'node:path';

const root = path.dirname(import.meta.dirname);

/** A file of the compiled package. */
export const product = (name) => import(path.join(root, 'dist', name));

/** @returns {Promise<Uint8Array>} the object of programs/flood.ts. */
export async function compileFlood() {
  const { compile } = await product('compiler/index.js');
  const compilation = await compile(path.join(root, 'bench/programs/flood.ts'));
  const object = compilation.object();
  if (object) return object;
  throw new Error(`programs/flood.ts does not compile: ${JSON.stringify(compilation.diagnostics[0]?.messageText)}`);
}

/** @param {string} text @param {string} option @param {number} most */
export function wholeNumber(text, option, most) {
  if (/^[1-9]\d*$/.test(text) && Number(text) <= most) return Number(text);
  throw new Error(`${option} takes a number from 1 to ${most}, not '${text}'`);
}
