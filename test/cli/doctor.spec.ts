import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { describe, expect, test } from 'vitest';
import { tsbpf, type RunOptions } from './command-line.js';

interface Finding {
  readonly name: string;
  readonly purpose: string;
  readonly state: string;
  readonly detail: string;
  readonly mend?: string;
}

function examine(options: RunOptions = {}): { readonly status: number | null; readonly of: (name: string) => Finding } {
  const { status, stdout } = tsbpf(['doctor', '--json'], options);
  const findings = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Finding);
  return { status, of: (name) => findings.find((finding) => finding.name === name)! };
}

describe('tsbpf doctor', () => {
  test('finds Node, LLVM, libbpf, libpcap and the kernel, with version and path', () => {
    const { status, of } = examine();
    expect(status).toBe(0);
    expect(of('Node.js')).toMatchObject({ state: 'ok', detail: `${process.versions.node} at ${process.execPath}` });
    expect(of('LLVM').detail).toMatch(/^\d+, (library|clang) \/.*(LLVM|clang)/);
    expect(of('libbpf').detail).toMatch(/^1\.\d+, library \/.*libbpf\.so\.1/);
    expect(of('libpcap').detail).toMatch(/^1\.\d+\.\d+, library \/.*libpcap/);
    expect(of('Linux').detail).toContain(release());
  });

  test('says of a file system whether it is mounted, and else how to mount it', () => {
    const mounted = readFileSync('/proc/self/mounts', 'utf8').includes(' /sys/fs/bpf bpf ');
    const expected = mounted
      ? { state: 'ok', detail: 'mounted at /sys/fs/bpf' }
      : { state: 'warn', mend: 'mount -t bpf bpf /sys/fs/bpf' };
    expect(examine().of('bpffs')).toMatchObject(expected);
  });

  test('without LLVM nothing can be built: status 3, and the package to install', () => {
    const env = { TSBPF_LLVM: undefined, PATH: '/nonexistent' };
    const named = examine({ env: { ...env, TSBPF_LLVM: '/nonexistent' } });
    expect(named.status).toBe(3);
    expect(named.of('LLVM')).toMatchObject({
      state: 'missing',
      mend: expect.stringContaining('apt-get install libllvm19'),
    });
  });

  test('without privileges it says which lack; building takes none', () => {
    // As root: without its capabilities, which are what counts.
    const under = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all'] : [];
    const { status, of } = examine({ under });
    expect(status).toBe(0);
    expect(of('privileges').state).toBe('missing');
    for (const name of ['CAP_BPF', 'CAP_PERFMON', 'CAP_NET_ADMIN', 'CAP_NET_RAW']) {
      expect(of('privileges').detail).toContain(name);
    }
  });

  test('for people: two sections, a mark and a name on each line, no colour in a pipe', () => {
    const { stdout } = tsbpf(['doctor']);
    expect(stdout).toMatch(/^To build\n {2}ok {7}Node\.js /);
    expect(stdout).toMatch(/\n\nTo run\n {2}(ok|warn|missing) +libbpf /);
    expect(stdout).not.toContain('\u001b');
  });
});
