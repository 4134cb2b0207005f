import { isMainThread as saidByNode } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { isMainThread } from '../../runtime/native/threads.js';

test('the thread is the main one where Node says so', () => {
  expect(isMainThread()).toBe(saidByNode);
});
