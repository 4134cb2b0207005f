// Puts the editor's plugin into one CommonJS file, since the language server loads plugins by `require`.
import path from 'node:path';

/**
 * Writes `editor/plugin.cjs`.
 *
 * @param {string} modules the folder that tsc wrote to.
 * @param {string} output the folder of the compiled package.
 */
export async function bundleEditor(modules, output) {
  const folder = path.join(modules, 'editor');
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    input: path.join(folder, 'plugin.js'),
    platform: 'node',
    external: (id) => /^node:/.test(id),
    plugins: [
      {
        name: 'editor',
        // The editor's TypeScript in place of the compiler's.
        resolveId: (id) => (/[/\\]typescript\.js$/.test(id) ? path.join(folder, 'typescript.js') : null),
      },
    ],
  });
  await bundle.write({
    file: path.join(output, 'editor', 'plugin.cjs'),
    format: 'cjs',
    exports: 'default',
    codeSplitting: false,
  });
  await bundle.close();
}
