// Puts `tsbpf build` and all packages that it needs into one file, of which a machine makes its startup snapshot.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { escapeText } from './ascii.mjs';
import { bundleEntry } from './bundle.mjs';
import { asModule, withoutEffect, namesUsed } from './typescript-module.mjs';

const require = createRequire(import.meta.url);
const bootstrap = createRequire(require.resolve('@ts-morph/bootstrap'));

/** Packages whose code is in the bundle; their licences are put beside it. */
const packages = {
  commander: path.dirname(require.resolve('commander')),
  picocolors: path.dirname(require.resolve('picocolors')),
  '@ts-morph/common': path.dirname(path.dirname(bootstrap.resolve('@ts-morph/common'))),
};

/** What `build` never loads there: such commands run in an ordinary process. */
const elsewhere = /[/\\](check-files|dump-file|doctor[/\\]index|transform[/\\]\w+|runtime[/\\]index)\.js$/;

/** Native code is loaded when it is first called: a snapshot cannot hold it, but where it is. */
const koffi = `
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
const place = createRequire(__filename).resolve('koffi');
let loaded;
const load = () => (loaded ??= createRequire(__filename)(existsSync(place) ? place : 'koffi'));
export default new Proxy({}, { get: (_target, name) => load()[name] });
`;

/**
 * Writes `cli/build-snapshot.cjs`.
 *
 * @param {string} modules the folder that tsc wrote to.
 * @param {string} output the folder of the compiled package.
 */
export async function bundleSnapshot(modules, output) {
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    input: path.join(modules, 'cli', 'snapshot', 'main.js'),
    platform: 'node',
    external: (id) => /^node:/.test(id),
    plugins: [replacements(modules)],
    treeshake: { manualPureFunctions: withoutEffect },
    logLevel: 'silent',
  });
  const file = path.join(output, 'cli', 'build-snapshot.cjs');
  const banner =
    '/* Made by scripts/snapshot.mjs; with code of packages whose licences are in build-snapshot.LICENSES. */';
  await bundle.write({ file, format: 'cjs', codeSplitting: false, minify: true, banner });
  await bundle.close();
  writeFileSync(file, escapeText(readFileSync(file, 'utf8')));
  writeFileSync(path.join(output, 'cli', 'build-snapshot.LICENSES'), licences());
}

function replacements(modules) {
  const typescript = bootstrap.resolve('@ts-morph/common/dist/typescript.js');
  const code = asModule(readFileSync(typescript, 'utf8'));
  const used = namesUsed(compiledSources(modules), code).join(', ');
  const texts = new Map([
    ['koffi', koffi],
    ['typescript', `import { ${used} } from '@ts-morph/common/dist/typescript.js';\nexport const ts = { ${used} };`],
    ['elsewhere', 'throw new Error("needs another process");'],
  ]);
  return {
    name: 'snapshot',
    resolveId(id) {
      if (id === 'koffi') return '\0koffi';
      if (id === '@ts-morph/common/dist/typescript.js') return bootstrap.resolve(id);
      if (/[/\\]compiler[/\\]index\.js$/.test(id)) return bundleEntry(modules);
      if (/[/\\]typescript\.js$/.test(id)) return '\0typescript';
      return elsewhere.test(id) ? '\0elsewhere' : null;
    },
    load(id) {
      if (id === typescript) return { code, moduleType: 'js' };
      return id.startsWith('\0') ? texts.get(id.slice(1)) : undefined;
    },
  };
}

/** The compiler and the command line as tsc wrote them. */
function compiledSources(modules) {
  return ['compiler', 'cli'].flatMap((folder) =>
    readdirSync(path.join(modules, folder), { recursive: true })
      .filter((name) => name.endsWith('.js'))
      .map((name) => readFileSync(path.join(modules, folder, name), 'utf8')),
  );
}

function licences() {
  const notes = Object.entries(packages).map(([name, folder]) => {
    const file = ['LICENSE', 'LICENSE.txt', 'license'].find((each) => tryRead(path.join(folder, each)) !== undefined);
    return `${name}\n\n${tryRead(path.join(folder, file)).trim()}\n`;
  });
  const typescript = /\/\*![^]*?\*\//.exec(
    readFileSync(bootstrap.resolve('@ts-morph/common/dist/typescript.js'), 'utf8'),
  );
  return [...notes, `typescript\n\n${typescript[0]}\n`].join(`\n${'-'.repeat(80)}\n\n`);
}

function tryRead(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
