/** `tsbpf trace`. */
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeKernel } from '../support/kernel.js';
import { startTsbpf, tsbpf, until } from './command-line.js';

const own = `pid === ${process.pid} && fd === 99999`;

/** A `tsbpf trace` that runs, and what it has printed so far. */
function start(...parameters: string[]) {
  const child = startTsbpf(['trace', ...parameters]);
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]!.setEncoding('utf8').on('data', (text: string) => (printed[stream] += text));
  }
  return { child, printed, ended: once(child, 'close') };
}

describeKernel('tsbpf trace', {}, () => {
  const closeWrong = () => expect(() => closeSync(99_999)).toThrow('EBADF');

  it('prints calls in columns, and ends by itself after --count', async () => {
    const { printed, ended } = start('sys_close', '--return', '--count', '2', '--filter', own);
    await until(() => printed.stdout.includes('EVENT'));
    closeWrong();
    closeWrong();
    closeWrong();
    expect(await ended).toEqual([0, null]);
    const [headings, ...lines] = printed.stdout.trimEnd().split('\n');
    expect(headings!.trim().split(/ +/)).toEqual(['SECONDS', 'PID', 'COMM', 'EVENT']);
    expect(lines).toHaveLength(2);
    for (const line of lines)
      expect(line).toMatch(/^ +\d+\.\d{6} +\d+ {2}.+ sys_close fd=99999 = -9 EBADF in \d+\.\d µs$/);
    expect(lines[0]).toContain(` ${process.pid} `);
    expect(printed.stderr).toBe('');
  });

  it('prints JSON, one object a line, and ends by Ctrl-C', async () => {
    const { child, printed, ended } = start('sys_close', '--json', '--filter', own);
    await until(() => {
      closeWrong();
      return printed.stdout.includes('\n');
    });
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    const event = JSON.parse(printed.stdout.split('\n')[0]!) as Record<string, unknown>;
    expect(event).toMatchObject({ name: 'sys_close', phase: 'entry', pid: process.pid, args: { fd: 99_999 } });
    expect(event['timestamp']).toMatch(/^\d+$/);
  });

  it('ends after --duration', () => {
    expect(tsbpf(['trace', 'sys_close', '--duration', '0.2', '--filter', 'pid === 1 && fd === 99999']).status).toBe(0);
  });

  it.each<[string, string[], number, RegExp]>([
    ['an event that is none', ['sys_clse'], 1, /TSBPF2102.*sys_clse.*\n.*sys_close/],
    ['a filter that is none', ['sys_close', '--filter', 'fdd === 1'], 1, /TSBPF2040.*fdd/],
    ['a count that is none', ['sys_close', '--count', '0'], 2, /--count 0: expected a whole number/],
    ['a duration that is none', ['sys_close', '--duration', 'soon'], 2, /--duration soon: expected a number/],
    ['no event', [], 2, /missing required argument 'EVENT'/],
  ])('says what is wrong: %s', (_, parameters, status, message) => {
    const result = tsbpf(['trace', ...parameters]);
    expect(result.stderr).toMatch(message);
    expect(result.status).toBe(status);
    expect(result.stderr).not.toMatch(/^ +at /m);
  });
});
