import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { describeKernel } from '../support/kernel.js';
import { command, folderWith, tsbpf } from './command-line.js';

/** Runs a script in a network namespace of its own, where `lo` is up; `tsbpf` and `node` are at hand. */
function inNamespace(script: string, cwd: string) {
  const functions = `tsbpf() { "${process.execPath}" "${command}" "$@"; }`;
  const text = `set -e; ip link set lo up; ${functions}; ${script}`;
  const { status, stdout, stderr } = spawnSync('unshare', ['--net', 'bash', '-c', text], { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
}

const drop = `import { IngressFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

const drop = new IngressFilter((skb: SkBuff) => 0);
drop.install('lo');
`;

const pass = `import { xdp, XDP } from 'tsbpf';
import type { XdpContext } from 'tsbpf';

@xdp
function pass(ctx: XdpContext): number {
  return XDP.PASS;
}
`;

/** Bounded, as the compiler asks, and yet more than the verifier follows: a million instructions. */
const refused = `import { bpf, socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

@socketFilter
function endless(skb: SkBuff): number {
  let sum = 0;
  for (let i = 0; i < 10_000_000; i++) sum += bpf.getPrandomU32() & 1;
  return sum;
}
`;

describeKernel('the command line and the kernel', {}, () => {
  test('tc clear removes the filter that another process installed', () => {
    const cwd = folderWith({ 'drop.ts': drop });
    const show = 'tc filter show dev lo ingress';
    const script = `tsbpf run drop.ts; ${show} | grep -c bpf; tsbpf tc clear lo; ${show}; tsbpf tc clear lo`;
    // grep counts the filter's line or lines; after the removal there is nothing, and removing nothing is no error.
    const { status, stdout, stderr } = inNamespace(script, cwd);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^[1-9]\d*\n$/);
  });

  test('xdp detach removes the program that ip attached', () => {
    const cwd = folderWith({ 'pass.ts': pass });
    const attach = 'tsbpf build pass.ts; ip link set dev lo xdpgeneric obj pass.o sec xdp';
    const count = 'ip link show dev lo | grep -c xdp || true';
    const { status, stdout, stderr } = inNamespace(`${attach}; ${count}; tsbpf xdp detach lo; ${count}`, cwd);
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^[1-9]\n0\n$/),
      stderr: '',
    });
  });

  test("check reports what the kernel's verifier refuses, at the line, with status 1", () => {
    const cwd = folderWith({ 'a.ts': refused });
    const { status, stderr } = tsbpf(['check', 'a.ts'], { cwd });
    expect(stderr).toMatch(/a\.ts:\d+.*verifier refused program 'endless'/);
    expect(status).toBe(1);
    expect(tsbpf(['check', '--no-verifier', 'a.ts'], { cwd }).status).toBe(0);
  });
});
