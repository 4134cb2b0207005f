/** The comments that say what a program is refused for. */
import { describe, expect, it } from 'vitest';
import { readExpectations } from './expectations.js';

describe('expectations', () => {
  it('stand under the line they are about', () => {
    const text = ['let a = 1 / b;', '//      ^^^^^ TSBPF1301: a fraction', '//  ^ TS2322', 'let c;'].join('\n');
    expect(readExpectations(text)).toEqual([
      { line: 1, column: 9, length: 5, code: 'TSBPF1301', message: /a fraction/ },
      { line: 1, column: 5, code: 'TS2322', message: new RegExp('') },
    ]);
  });

  it('are written out where carets cannot point', () => {
    const text = '// ERROR: 3:1 TSBPF1002 no such file\n// ERROR: - TSBPF1003 no place\n';
    expect(readExpectations(text)).toEqual([
      { line: 3, column: 1, code: 'TSBPF1002', message: /no such file/ },
      { code: 'TSBPF1003', message: /no place/ },
    ]);
  });

  it.for(['// ERROR: TSBPF1002 no place', '//   ^ 1301', '// ERROR 3:1 TSBPF1'])('are not mistaken: %s', (line) => {
    expect(() => readExpectations(line)).toThrow('is no expectation');
  });
});
