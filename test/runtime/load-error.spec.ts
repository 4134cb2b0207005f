import { constants } from 'node:os';
import { expect, it } from 'vitest';
import { errnoName } from '../../runtime/errors.js';
import { loadError } from '../../runtime/load-error.js';
import type { ObjectFile } from '../../runtime/object-file.js';

it('a load that signals interrupted is no refusal', () => {
  const log = 'func#0 @0\n0: R1=ctx() R10=fp0\n';
  const error = loadError({} as ObjectFile, 'onOpen', { errno: constants.errno.EAGAIN, log, messages: [] });
  expect(error.code).toBe('EAGAIN');
  expect(error.message).toContain("'onOpen'");
  expect(error.message).toContain('signals');
  expect(error.message).not.toContain('refused');
});

it('errno 11 has the name that manual pages give it', () => {
  expect(errnoName(11)).toBe('EAGAIN');
});
