import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { findBackend, prefetchBackend } from '../../compiler/backend/index.js';

const mapped = () => [...new Set(readFileSync('/proc/self/maps', 'utf8').match(/\S*libLLVM\S*/g))];

test.skipIf(process.env.TSBPF_LLVM)('the library that will be chosen is loaded on another thread', async () => {
  expect(mapped()).toEqual([]);
  prefetchBackend();
  await vi.waitFor(() => expect(mapped()).toHaveLength(1), 10_000);
  const before = mapped();
  expect(findBackend()?.kind).toBe('libllvm');
  expect(mapped()).toEqual(before);
});
