/** The layers of the tests, in the order in which they run: what needs nothing, this kernel, other kernels. */
import path from 'node:path';
import { defineConfig, type Plugin } from 'vitest/config';

const root = import.meta.dirname;
const inGuest = process.env.TSBPF_VM !== undefined;

const compiled = ['test/cli/**/*.spec.ts', 'test/examples*.spec.ts'];
const kernel = ['test/kernel/**/*.spec.ts'];
const otherKernels = ['test/vm/**/*.spec.ts'];

/** In a guest, where a transform takes long, the product is what the host compiled; else it is the source. */
function product(): Plugin {
  const source = new RegExp(`^${root}/(compiler|runtime|cli)/`);
  const entries: Record<string, string> = {
    tsbpf: 'runtime/index',
    'tsbpf/module': 'runtime/module',
    'tsbpf/compiler': 'compiler/index',
  };
  const place = (name: string) => path.join(root, inGuest ? `dist/${name}.js` : `${name}.ts`);
  return {
    name: 'product',
    enforce: 'pre',
    resolveId(id, importer) {
      const entry = entries[id];
      if (entry !== undefined) return inGuest ? { id: place(entry), external: true } : place(entry);
      if (!inGuest || !importer || !id.startsWith('.')) return undefined;
      const file = path.resolve(path.dirname(importer), id);
      return source.test(file) ? { id: path.join(root, 'dist', path.relative(root, file)), external: true } : undefined;
    },
  };
}

/** Tests that touch the kernel meet in it: network interfaces, trace buffers, the list of programs. */
const oneAfterAnother = { fileParallelism: false, maxWorkers: 1 };
const mounts = 'test/support/mounts.ts';
const buildFirst = { globalSetup: [mounts, 'test/support/build.ts'] };

export default defineConfig({
  cacheDir: '.cache/vite',
  test: {
    // Handles of the event loop and foreign functions belong to a process's main thread.
    pool: 'forks',
    isolate: !inGuest,
    testTimeout: inGuest ? 120_000 : 20_000,
    hookTimeout: inGuest ? 180_000 : 60_000,
    reporters: [['default', { summary: false }], './test/support/reporter.ts'],
    projects: [
      {
        plugins: [product()],
        test: {
          name: 'fast',
          include: ['test/**/*.spec.ts'],
          exclude: [...compiled, ...kernel, ...otherKernels],
          globalSetup: [mounts],
          maxWorkers: inGuest ? 1 : 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        plugins: [product()],
        test: {
          name: 'compiled',
          include: compiled,
          ...buildFirst,
          ...oneAfterAnother,
          testTimeout: inGuest ? 240_000 : 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        plugins: [product()],
        test: {
          name: 'kernel',
          include: kernel,
          ...buildFirst,
          ...oneAfterAnother,
          testTimeout: inGuest ? 240_000 : 60_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'vm',
          include: otherKernels,
          ...buildFirst,
          ...oneAfterAnother,
          // Two guests at a time: more would be slower on two processors, and run into their limits.
          maxConcurrency: 2,
          testTimeout: 30 * 60_000,
          sequence: { groupOrder: 3 },
        },
      },
    ].map((project) => ({ extends: true as const, ...project })),
  },
});
