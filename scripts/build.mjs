// Compiles the package to dist/: TypeScript by tsc, every other file of the product copied beside it, and what is made of both.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const output = path.join(root, 'dist');
/** Where tsc writes, all but the declarations; what is bundled is made of this. */
const modules = path.join(root, '.cache', 'modules');
const stamp = path.join(output, '.tsbuildinfo');
const folders = ['compiler', 'runtime', 'cli', 'editor'];
/** Where the code of the runtime is (runtime.mjs). */
const chunks = path.join(output, 'runtime', 'chunks', path.sep);
/** Outputs without a source of their own. */
const made = [
  'compiler/open/declarations.json',
  'cli/build-snapshot.cjs',
  'cli/build-snapshot.LICENSES',
  'cli/main.cjs',
  'runtime/scripts.cjs',
  'editor/plugin.cjs',
  ...['command', 'session', 'capturing'].map((name) => `cli/${name}.cjs`),
].map((name) => path.join(output, name));

process.exitCode = await build();

async function build() {
  const sources = folders.flatMap((folder) => filesUnder(path.join(root, folder)));
  const removed = removeOrphans(new Set(sources));
  if (!removed && isCurrent(sources)) return 0;
  const started = new Date();
  const status = compile();
  copyAssets(sources);
  if (status !== 3) await finish();
  for (const name of ['main.js', 'tsbpf.sh']) {
    const command = path.join(output, 'cli', name);
    if (existsSync(command)) chmodSync(command, 0o755);
  }
  // What was edited while tsc ran, or failed to compile, must not look current to the next build.
  if (existsSync(stamp)) utimesSync(stamp, started, status === 0 ? started : new Date(0));
  return status;
}

/** What is made of tsc's output; the tools for it are there where tsc is. */
async function finish() {
  const { writeDeclarations } = await import('./declarations.mjs');
  const { bundleCompiler } = await import('./bundle.mjs');
  const { bundleSnapshot } = await import('./snapshot.mjs');
  const { bundleEditor } = await import('./editor.mjs');
  const { bundleRuntime } = await import('./runtime.mjs');
  rmSync(chunks, { recursive: true, force: true });
  const bundled = await bundleRuntime(modules, output);
  copyModules(bundled);
  await writeDeclarations(output);
  await bundleCompiler(modules, output);
  await bundleSnapshot(modules, output);
  await bundleEditor(modules, output);
}

/** The modules that no bundle has in their place. */
function copyModules(bundled) {
  for (const source of filesUnder(modules)) {
    const name = path.relative(modules, source);
    if (bundled.has(name) || name === path.join('compiler', 'index.js')) continue;
    const target = path.join(output, name);
    mkdirSync(path.dirname(target), { recursive: true });
    copyFileSync(source, target);
  }
}

function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}

/** What tsc reads but does not write, and what it does not read at all. */
function isAsset(file) {
  return (
    (!file.endsWith('.ts') || file.endsWith('.d.ts')) && !['README.md', 'package.json'].includes(path.basename(file))
  );
}

/** @returns whether nothing was changed since the last build that succeeded. */
function isCurrent(sources) {
  if (!existsSync(stamp) || !existsSync(path.join(output, 'cli', 'main.js'))) return false;
  const built = statSync(stamp).mtimeMs;
  const settings = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
  const names = [
    'build',
    'declarations',
    'bundle',
    'runtime',
    'snapshot',
    'typescript-module',
    'editor',
    'ascii',
    'cached-script',
  ];
  const scripts = names.map((name) => `scripts/${name}.mjs`);
  const inputs = [...sources, ...[...settings, ...scripts].map((file) => path.join(root, file))];
  return inputs.every((file) => existsSync(file) && statSync(file).mtimeMs < built);
}

function compile() {
  let tsc;
  try {
    tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  } catch {
    console.error('build: TypeScript is not installed here; run `npm ci` first');
    return 3;
  }
  // The incremental record knows nothing of outputs that somebody deleted.
  const written = [path.join(modules, 'cli', 'main.js'), path.join(output, 'cli', 'main.d.ts')];
  if (!written.every((file) => existsSync(file))) rmSync(stamp, { force: true });
  const project = path.join(root, 'tsconfig.build.json');
  return spawnSync(process.execPath, [tsc, '--project', project], { cwd: root, stdio: 'inherit' }).status ?? 1;
}

function copyAssets(sources) {
  const targets = sources
    .filter(isAsset)
    .flatMap((source) => [output, modules].map((folder) => [source, path.join(folder, path.relative(root, source))]));
  for (const [source, target] of targets) {
    mkdirSync(path.dirname(target), { recursive: true });
    copyFileSync(source, target);
  }
}

/** Removes what has no source any more; it would be packed otherwise. */
function removeOrphans(sources) {
  const inOutput = removeOrphansIn(output, sources);
  return removeOrphansIn(modules, sources) || inOutput;
}

function removeOrphansIn(written, sources) {
  let removed = false;
  for (const file of folders.flatMap((folder) => filesUnder(path.join(written, folder)))) {
    if (made.includes(file) || file.startsWith(chunks)) continue;
    const source = path.join(root, path.relative(written, file));
    const candidates = [source, source.replace(/\.js$/, '.ts'), source.replace(/\.d\.ts$/, '.ts')];
    if (candidates.some((candidate) => sources.has(candidate))) continue;
    rmSync(file);
    removed = true;
  }
  return removed;
}
