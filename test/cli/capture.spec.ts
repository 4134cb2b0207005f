/** `tsbpf capture`: what is wrong with a call of it. */
import { expect, it } from 'vitest';
import { describeKernel } from '../support/kernel.js';
import { shell, tsbpf } from './command-line.js';

describeKernel('a wrong call of tsbpf capture', {}, () => {
  it.each<[string, string[], number, RegExp]>([
    ['no interface', ['tcp'], 2, /TSBPF3062.*needs an interface\n.*`-i any`/],
    ['an interface that is none', ['-i', 'loo'], 1, /ENODEV.*no network interface 'loo'/],
    ['an expression that is none', ['-i', 'lo', 'tcp', 'prot', '80'], 1, /TSBPF3050.*'tcp prot 80'.*syntax error/],
    ['an expression for Ethernet on any', ['-i', 'any', 'ether host 02:00:00:00:00:01'], 1, /TSBPF3050.*link/],
    ['an expression that ends the text of a program', ['-i', 'lo', "tcp'); throw 1; ('"], 1, /TSBPF3050.*syntax error/],
    ['a count that is none', ['-i', 'lo', '-c', '0'], 2, /--count 0: expected a whole number from 1/],
    ['a length that is none', ['-i', 'lo', '-s', '300000'], 2, /--snapshot-length 300000: expected .* to 262144/],
    ['a direction that is none', ['-i', 'lo', '-Q', 'up'], 2, /Allowed choices are in, out, inout/],
    ['a format that is none', ['-i', 'lo', '-w', 'x', '--format', 'cap'], 2, /Allowed choices are pcap, pcapng/],
    ['a format without a file', ['-i', 'lo', '--format', 'pcap'], 2, /TSBPF3063/],
    ['a direction at a function', ['--at', 'ip_rcv', '-Q', 'in'], 2, /--at and -Q exclude one another/],
    ['a folder that is not there', ['-i', 'lo', '-w', '/nonexistent/x'], 1, /TSBPF3003.*cannot write \/nonexistent\/x/],
  ])('is told: %s', (_, parameters, status, message) => {
    const result = tsbpf(['capture', ...parameters]);
    expect(result.stderr).toMatch(message);
    expect(result.status).toBe(status);
    expect(result.stderr).not.toMatch(/^ +at /m);
  });

  it('writes no file to a terminal', () => {
    const { stdout, status } = shell('NO_COLOR=1 script -qec "$0 $1 capture -i lo -w -" /dev/null', '/tmp');
    expect(stdout).toMatch(/TSBPF3061: -w - writes pcapng, which is no text, and standard output is a terminal/);
    expect(status).toBe(2);
  });

  it('needs privileges, and says which', () => {
    const result = tsbpf(['capture', '-i', 'lo'], { under: ['setpriv', '--reuid=65534', '--clear-groups'] });
    expect(result.stderr).toMatch(/error EPERM: .*\n.*(root|CAP_BPF)/);
    expect(result.status).toBe(3);
  });
});
