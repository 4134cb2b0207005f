// Puts the compiler into one file: loading its 130 modules one by one costs a fifth of a build.
import path from 'node:path';

/** What the bundle is made of, as tsc wrote it. */
export function bundleEntry(modules) {
  return path.join(modules, 'compiler', 'index.js');
}

/**
 * Writes `compiler/index.js`.
 *
 * @param {string} modules the folder that tsc wrote to.
 * @param {string} output the folder of the compiled package.
 */
export async function bundleCompiler(modules, output) {
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    input: bundleEntry(modules),
    platform: 'node',
    external: /^[^./]/,
    plugins: [leaveOut(path.join(modules, 'compiler'))],
  });
  await bundle.write({ file: path.join(output, 'compiler', 'index.js'), format: 'esm' });
  await bundle.close();
}

/** Leaves out the files whose state the command line shares with the compiler, and what is rarely needed. */
function leaveOut(folder) {
  const kept = /^(typescript|open\/(compile-cache|cache-folder)|evaluated\/(recording|print)|pcap\/index)\.js$/;
  return {
    name: 'leave-out',
    resolveId(id, importer) {
      if (!importer || !id.startsWith('.')) return null;
      const file = path.relative(folder, path.resolve(path.dirname(importer), id));
      return kept.test(file) ? { id: `./${file}`, external: true } : null;
    },
  };
}
