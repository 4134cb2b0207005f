/** Brings the Debian kernels that the guests boot into a cache folder: a kernel image and an initramfs each. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { aptOptions, run } from './debian.mjs';

/** Which suite of the machine's own mirror has each kernel. */
const suites = { '5.10': 'bullseye', 6.1: 'bookworm', 6.12: 'bookworm-backports' };

export const kernels = Object.keys(suites);

/** In the order of loading; a name that a kernel does not have is built in there, or not needed. */
const modules = [
  ...['virtio_ring', 'virtio', 'virtio_pci_legacy_dev', 'virtio_pci_modern_dev', 'virtio_pci'],
  ...['netfs', 'fscache', '9pnet', '9pnet_virtio', '9p', 'overlay'],
  ...['veth', 'dummy', 'sch_ingress', 'cls_bpf', 'act_bpf'],
];

const here = path.dirname(fileURLToPath(import.meta.url));

/** The folder that keeps kernels between runs: in XDG_CACHE_HOME where that is set, else in the clone. */
export function cacheFolder() {
  const shared = process.env.XDG_CACHE_HOME;
  return shared ? path.join(shared, 'tsbpf-test', 'kernels') : path.join(here, '../../.cache/kernels');
}

/**
 * Gives a kernel, downloading it where the cache does not have it.
 *
 * @param {string} version one of `kernels`.
 * @param {(line: string) => void} log is told what takes time.
 * @param {string} architecture Debian's name of the machine that it is for.
 * @param {string} busybox a static one for that machine; the one of this machine unless told otherwise.
 * @returns {{ image: string, initramfs: string, release: string }} paths, and what `uname -r` says in the guest.
 * @throws {Error} with one sentence, where the machine cannot have the kernel.
 */
export function kernel(version, log = () => {}, architecture = 'amd64', busybox = undefined) {
  if (!Object.hasOwn(suites, version)) {
    throw new Error(`there is no recipe for kernel ${version}; there is one for ${kernels.join(', ')}`);
  }
  const folder = path.join(cacheFolder(), architecture === 'amd64' ? version : `${version}-${architecture}`);
  if (!existsSync(path.join(folder, 'release'))) download(version, architecture, folder, log);
  const initramfs = path.join(folder, 'initramfs.gz');
  writeInitramfs(folder, initramfs, busybox ?? run('sh', ['-c', 'command -v busybox']).trim());
  return {
    image: path.join(folder, 'vmlinuz'),
    initramfs,
    release: readFileSync(path.join(folder, 'release'), 'utf8').trim(),
  };
}

function download(version, architecture, folder, log) {
  log(`downloading kernel ${version} (about 100 MB, once)`);
  const work = mkdtempSync(path.join(tmpdir(), 'tsbpf-kernel-'));
  try {
    // apt reads and writes these as a user of its own.
    chmodSync(work, 0o755);
    const archive = downloadArchive(version, architecture, work);
    run('dpkg', ['-x', archive, path.join(work, 'tree')]);
    const release = readdirSync(path.join(work, 'tree/boot'))
      .find((name) => name.startsWith('vmlinuz-'))
      .slice('vmlinuz-'.length);
    const prepared = path.join(work, 'prepared');
    mkdirSync(path.join(prepared, 'modules'), { recursive: true });
    copyFileSync(path.join(work, 'tree/boot', `vmlinuz-${release}`), path.join(prepared, 'vmlinuz'));
    copyModules(path.join(work, 'tree/lib/modules', release), path.join(prepared, 'modules'));
    writeFileSync(path.join(prepared, 'release'), `${release}\n`);
    install(prepared, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function downloadArchive(version, architecture, work) {
  const options = aptOptions(work, suites[version], architecture);
  const found = run('apt-cache', [...options, 'search', '--names-only', `^linux-image-.*-${architecture}$`]);
  const names = found
    .split('\n')
    .map((line) => line.split(' ')[0])
    .filter((name) => name.startsWith(`linux-image-${version}.`) && !/-(cloud|rt)-/.test(name))
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  if (names.length === 0) throw new Error(`the machine's package mirror has no kernel ${version}`);
  let failure;
  // A mirror's index can be ahead of its files by a version or two.
  for (const name of names.slice(0, 3)) {
    try {
      run('apt-get', [...options, 'download', name], work);
      const file = readdirSync(work).find((entry) => entry.startsWith(name) && entry.endsWith('.deb'));
      if (file) return path.join(work, file);
    } catch (error) {
      failure = error;
    }
  }
  throw failure ?? new Error(`apt-get brought no file for kernel ${version}`);
}

function copyModules(tree, target) {
  const files = readdirSync(tree, { recursive: true });
  for (const name of modules) {
    const pattern = new RegExp(`(^|/)${name.replaceAll('_', '[_-]')}\\.ko(\\.xz)?$`);
    const file = files.find((candidate) => pattern.test(candidate));
    if (file === undefined) continue;
    const bytes = file.endsWith('.xz')
      ? execFileSync('busybox', ['xzcat', path.join(tree, file)], { maxBuffer: 1 << 28 })
      : readFileSync(path.join(tree, file));
    writeFileSync(path.join(target, `${name}.ko`), bytes);
  }
}

/** Written anew whenever the guest's first process changed, so that a cached kernel follows it. */
function writeInitramfs(folder, file, busybox) {
  const init = readFileSync(path.join(here, 'init.sh'));
  const kept = path.join(folder, 'init');
  if (existsSync(file) && existsSync(kept) && readFileSync(kept).equals(init)) return;
  const root = mkdtempSync(path.join(tmpdir(), 'tsbpf-initramfs-'));
  try {
    for (const name of ['bin', 'modules', 'proc', 'sys', 'dev', 'host', 'overlay', 'root']) {
      mkdirSync(path.join(root, name));
    }
    copyFileSync(busybox, path.join(root, 'bin/busybox'));
    const present = modules.filter((name) => existsSync(path.join(folder, 'modules', `${name}.ko`)));
    for (const name of present) {
      copyFileSync(path.join(folder, 'modules', `${name}.ko`), path.join(root, 'modules', `${name}.ko`));
    }
    writeFileSync(path.join(root, 'modules/order'), `${present.join('\n')}\n`);
    writeFileSync(path.join(root, 'init'), init);
    chmodSync(path.join(root, 'init'), 0o755);
    const unfinished = `${file}.${process.pid}`;
    run('sh', ['-c', 'find . | busybox cpio -o -H newc 2>/dev/null | gzip -1 > "$0"', unfinished], root);
    renameSync(unfinished, file);
    writeFileSync(kept, init);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/**
 * Puts a finished folder in the cache's, all of it at once.
 *
 * @param {string} prepared what is copied.
 * @param {string} folder where it has to be; what is there is replaced.
 */
export function install(prepared, folder) {
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(path.dirname(folder), { recursive: true });
  run('cp', ['-a', prepared, unfinished]);
  rmSync(folder, { recursive: true, force: true });
  renameSync(unfinished, folder);
}
