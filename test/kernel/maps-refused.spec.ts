/** Maps that the kernel does not make, created for a program that uses them. */
import { expect, it } from 'vitest';
import { TsbpfError } from '../../runtime/errors.js';
import { loadObject } from '../../runtime/object.js';
import { describeKernel } from '../support/kernel.js';
import { compileText } from './support/module.js';

async function refusalOf(text: string): Promise<TsbpfError> {
  using object = loadObject((await compileText(text)).object()!);
  try {
    object.programs['refused']!.load();
  } catch (failure) {
    if (failure instanceof TsbpfError) return failure;
    throw failure;
  }
  throw new Error('the kernel took it');
}

// An element of a hash map is allocated by kmalloc, 4 MiB at most (kernel/bpf/hashtab.c).
describeKernel('a map with values that are too large', {}, () => {
  it('is named, with what to do', async () => {
    const error = await refusalOf(`const huge = new HashMap<u32, FixedArray<u64, 1000000>>({ maxEntries: 1 });
export const refused = socketFilter(() => (huge.has(1) ? 1 : 0));`);
    expect(error).toMatchObject({ code: 'E2BIG', operation: 'create map', subject: 'huge' });
    expect(error.message).toMatch(/^Cannot create map 'huge': .*\(E2BIG\)\. .*make the value smaller\.$/);
  });
});

// Before 5.11 the memory was counted first, which says E2BIG.
describeKernel('a map with more entries than there is memory', { since: '5.11' }, () => {
  it('is named, with what to do', async () => {
    const error = await refusalOf(`const many = new ArrayMap<FixedArray<u64, 1000>>({ maxEntries: 1000000000 });
export const refused = socketFilter(() => (many.get(1) ? 1 : 0));`);
    expect(error).toMatchObject({ code: 'ENOMEM', operation: 'create map', subject: 'many' });
    expect(error.hint).toContain('maxEntries');
  });
});
