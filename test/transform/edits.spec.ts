import { expect, test } from 'vitest';
import { applyEdits } from '../../compiler/transform/edits.js';

test('edits apply by place, whatever their order', () => {
  const edits = [
    { start: 4, end: 5, text: 'B' },
    { start: 0, end: 1, text: 'A' },
  ];
  expect(applyEdits('a = b', edits)).toBe('A = B');
});

test('removed lines come back empty', () => {
  expect(applyEdits('1\n2\n3\n4', [{ start: 2, end: 5, text: 'x' }])).toBe('1\nx\n\n4');
});

test('insertions at one place keep their order', () => {
  const edits = ['a', 'b'].map((text) => ({ start: 1, end: 1, text }));
  expect(applyEdits('()', edits)).toBe('(ab)');
});

test('overlapping edits are a bug', () => {
  const edits = [
    { start: 0, end: 3, text: '' },
    { start: 2, end: 4, text: '' },
  ];
  expect(() => applyEdits('abcdef', edits)).toThrow('overlap');
});
