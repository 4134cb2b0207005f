import { describe, expect, test } from 'vitest';
import { explainedCodes, readExplanation } from '../../compiler/diagnostics/explanation.js';
import { folderWith, loadedScripts, tsbpf } from './command-line.js';

describe('tsbpf explain', () => {
  test.each([['TSBPF1305'], ['tsbpf1305'], ['1305']])('%s', (code) => {
    const { status, stdout, stderr } = tsbpf(['explain', code]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { title, meaning, wrong, right } = readExplanation(1305)!;
    const text = stdout.slice(0, stdout.indexOf('\n\nWrong:\n\n'));
    expect(text.replace(/\s+/g, ' ')).toBe(`TSBPF1305: ${title} ${meaning.replace(/\s+/g, ' ')}`);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    for (const { source } of [wrong!, right!]) {
      for (const line of source.split('\n')) expect(stdout).toContain(line);
    }
  });

  test('several codes come in the order of their words', () => {
    const { status, stdout } = tsbpf(['explain', '1620', 'TSBPF1305']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^TSBPF1620: [^]*\n\nTSBPF1305: /);
  });

  test('without a code all are listed, a line each', () => {
    const { status, stdout } = tsbpf(['explain']);
    expect(status).toBe(0);
    const codes = explainedCodes();
    expect(codes.length).toBeGreaterThan(80);
    expect(stdout).toBe(codes.map((code) => `TSBPF${code}  ${readExplanation(code)!.title}\n`).join(''));
  });

  test('an unknown code has near ones and status 1, and keeps no other from being explained', () => {
    const { status, stdout, stderr } = tsbpf(['explain', 'TSBPF9305', '1305']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error TSBPF3011: TSBPF9305 is no code of tsbpf\n {2}hint: Near it are TSBPF1305, /);
    expect(stdout).toMatch(/^TSBPF1305: /);
  });

  test('--json is a record a code', () => {
    const { status, stdout } = tsbpf(['explain', '--json', '1305', '99']);
    expect(status).toBe(1);
    const [first, second] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
    expect(first).toMatchObject({ code: 'TSBPF1305', title: readExplanation(1305)!.title });
    expect(first!['right']).toContain('Math.trunc');
    expect(second).toMatchObject({ code: 'TSBPF3011', category: 'error' });
  });

  test('loads neither compiler nor runtime', () => {
    const scripts = loadedScripts(['explain', '1305'], folderWith({}));
    expect(scripts).toContain('dist/compiler/diagnostics/explanation.js');
    expect(
      scripts.filter((file) => /typescript\.js$|koffi|^dist\/runtime\/(?!scripts\.cjs$)|diagnostics\/index/.test(file)),
    ).toEqual([]);
  });
});
