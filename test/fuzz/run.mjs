// npm run fuzz: bundles the fuzzer over the compiled package, and runs it.
import path from 'node:path';
import process from 'node:process';
import { spawnSync } from 'node:child_process';
import { rolldown } from 'rolldown';

const root = path.resolve(import.meta.dirname, '../..');
const product = new RegExp(`^${root}/(compiler|runtime|cli)/`);
const output = path.join(root, '.cache/fuzz');

const built = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: 'inherit' });
if (built.status !== 0) process.exit(built.status ?? 1);
const bundle = await rolldown({
  input: { main: path.join(root, 'test/fuzz/main.ts'), worker: path.join(root, 'test/fuzz/worker.ts') },
  platform: 'node',
  transform: { target: 'node20' },
  external: (id) => !id.startsWith('.') && !path.isAbsolute(id),
  plugins: [
    {
      name: 'product',
      resolveId(id, importer) {
        if (!importer || !id.startsWith('.')) return null;
        const file = path.resolve(path.dirname(importer), id);
        return product.test(file) ? { id: path.join(root, 'dist', path.relative(root, file)), external: true } : null;
      },
    },
  ],
});
await bundle.write({ dir: output, format: 'esm', entryFileNames: '[name].mjs' });
await bundle.close();
const { status, signal } = spawnSync(process.execPath, [path.join(output, 'main.mjs'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exitCode = signal ? 1 : (status ?? 1);
