// Puts the compiler into one file: loading its 130 modules one by one costs a fifth of a build.
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const mark = '// Made by scripts/bundle.mjs of entry.js and all that it imports.';

/** What the bundle is made of: `index.js` as tsc wrote it. */
export function bundleEntry(output) {
  return path.join(output, 'compiler', 'entry.js');
}

/**
 * Replaces `compiler/index.js` under the folder of the compiled package.
 *
 * @param {string} output
 */
export async function bundleCompiler(output) {
  const file = path.join(output, 'compiler', 'index.js');
  // tsc writes only what changed, so that the file may still be the bundle of the last time.
  if (!isBundle(file)) copyFileSync(file, bundleEntry(output));
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({ input: bundleEntry(output), platform: 'node', external: isExternal });
  await bundle.write({ file, format: 'esm', banner: mark });
  await bundle.close();
}

function isBundle(file) {
  return existsSync(file) && readFileSync(file, 'utf8').startsWith(mark);
}

/** Packages, the files whose state the command line shares with the compiler, and what is rarely needed. */
function isExternal(id) {
  return (
    /^[^./]/.test(id) ||
    /[/\\](typescript|compile-cache|cache-folder|evaluated[/\\](recording|print)|pcap[/\\]index)\.js$/.test(id)
  );
}
