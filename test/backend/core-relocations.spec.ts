/** Objects that ask about the kernel's structs, made one after another in one process. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { compile } from '../../compiler/index.js';
import { checkObject } from '../../compiler/object/index.js';
import { formatRelocation } from '../../compiler/object/core-relocation.js';

const file = path.resolve(import.meta.dirname, '../golden/programs/kernel-structs.ts');

async function relocations(): Promise<string[]> {
  const { btf, btfExt } = checkObject((await compile(file)).object()!);
  return [...btfExt!.relocations.values()].flat().map((record) => formatRelocation(btf!, record));
}

it('ask the same each time', async () => {
  expect(readFileSync(file, 'utf8')).toContain('task.real_parent.tgid');
  const first = await relocations();
  expect(first).toContain('CO-RE <byte_off> task_struct.real_parent');
  expect(first).toContain('CO-RE <byte_sz> pid.numbers[0].nr');
  expect(await relocations()).toEqual(first);
  expect(await relocations()).toEqual(first);
});
