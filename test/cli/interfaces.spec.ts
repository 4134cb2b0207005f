import { expect, test } from 'vitest';
import { tsbpf } from './command-line.js';

test.each([
  ['tc', 'clear'],
  ['xdp', 'detach'],
])('%s %s of an unknown interface lists those that there are', (...parameters) => {
  const { status, stdout, stderr } = tsbpf([...parameters, 'nowhere0']);
  expect(stderr).toMatch(/^error \w+: .*'nowhere0'/);
  expect(stderr).toMatch(/hint: .*\blo\b/);
  expect(stderr).not.toMatch(/^ +at /m);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
});
