/**
 * The TypeScript that `@ts-morph/bootstrap` carries, without the 3 MB of library texts and helpers that it loads first.
 *
 * This one file is JavaScript with its declarations beside it, because `ts` is a value and a namespace of types, and
 * only an import statement could bring both.
 */
import { createRequire } from 'node:module';
import { requireCached } from './open/compile-cache.js';

const require = createRequire(import.meta.url);

/** @type {typeof import('@ts-morph/bootstrap').ts} */
export const ts = load();

function load() {
  let file;
  try {
    const bootstrap = createRequire(require.resolve('@ts-morph/bootstrap'));
    file = bootstrap.resolve('@ts-morph/common/dist/typescript.js');
  } catch {
    // Another version may keep it elsewhere; slower, but the same.
    return require('@ts-morph/bootstrap').ts;
  }
  return requireCached(file);
}
