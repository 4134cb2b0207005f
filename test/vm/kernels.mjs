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
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

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
 * @returns {{ image: string, initramfs: string, release: string }} paths, and what `uname -r` says in the guest.
 * @throws {Error} with one sentence, where the machine cannot have the kernel.
 */
export function kernel(version, log = () => {}) {
  if (!Object.hasOwn(suites, version)) {
    throw new Error(`there is no recipe for kernel ${version}; there is one for ${kernels.join(', ')}`);
  }
  const folder = path.join(cacheFolder(), version);
  if (!existsSync(path.join(folder, 'release'))) download(version, folder, log);
  const initramfs = path.join(folder, 'initramfs.gz');
  writeInitramfs(folder, initramfs);
  return {
    image: path.join(folder, 'vmlinuz'),
    initramfs,
    release: readFileSync(path.join(folder, 'release'), 'utf8').trim(),
  };
}

function download(version, folder, log) {
  log(`downloading kernel ${version} (about 100 MB, once)`);
  const work = mkdtempSync(path.join(tmpdir(), 'tsbpf-kernel-'));
  try {
    // apt reads and writes these as a user of its own.
    chmodSync(work, 0o755);
    const archive = downloadArchive(version, work);
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

function downloadArchive(version, work) {
  mkdirSync(path.join(work, 'lists/partial'), { recursive: true });
  mkdirSync(path.join(work, 'archives/partial'), { recursive: true });
  writeFileSync(path.join(work, 'sources.list'), `deb ${sourceOptions()} ${mirror()} ${suites[version]} main\n`);
  const options = [
    ...['-o', `Dir::Etc::sourcelist=${work}/sources.list`, '-o', 'Dir::Etc::sourceparts=/dev/null'],
    ...['-o', `Dir::State::Lists=${work}/lists`, '-o', `Dir::Cache=${work}/archives`],
    ...['-o', 'APT::Sandbox::User=root', '-o', 'Acquire::Retries=3', '-q'],
  ];
  run('apt-get', [...options, 'update']);
  const found = run('apt-cache', [...options, 'search', '--names-only', '^linux-image-.*-amd64$']);
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

/** The address of the mirror that this machine installs its own packages from. */
function mirror() {
  const codename = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'bookworm';
  for (const { uris, suites: named } of sources()) {
    if (named.includes(codename)) return uris[0];
  }
  throw new Error(`apt's sources name no mirror for ${codename}`);
}

/** Every binary source of apt's configuration, in both of its formats. */
function* sources() {
  const folder = '/etc/apt/sources.list.d';
  const parts = existsSync(folder) ? readdirSync(folder).map((name) => path.join(folder, name)) : [];
  for (const file of ['/etc/apt/sources.list', ...parts].filter((name) => existsSync(name))) {
    const text = readFileSync(file, 'utf8').replace(/^#.*\n?/gm, '');
    if (file.endsWith('.sources')) {
      for (const stanza of text.split(/\n\s*\n/)) {
        const field = (name) => new RegExp(`^${name}:(.*)$`, 'im').exec(stanza)?.[1].trim().split(/\s+/) ?? [];
        if (field('Types').includes('deb')) yield { uris: field('URIs'), suites: field('Suites') };
      }
    } else if (file.endsWith('.list')) {
      for (const [, uri, suite] of text.matchAll(/^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/gm)) {
        yield { uris: [uri], suites: [suite] };
      }
    }
  }
}

/** A machine that trusts its mirror without the archive's keys says so in its own sources; ours follow the keys. */
function sourceOptions() {
  return existsSync(keyring) ? `[signed-by=${keyring}]` : '';
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
function writeInitramfs(folder, file) {
  const init = readFileSync(path.join(here, 'init.sh'));
  const kept = path.join(folder, 'init');
  if (existsSync(file) && existsSync(kept) && readFileSync(kept).equals(init)) return;
  const root = mkdtempSync(path.join(tmpdir(), 'tsbpf-initramfs-'));
  try {
    for (const name of ['bin', 'modules', 'proc', 'sys', 'dev', 'host', 'overlay', 'root']) {
      mkdirSync(path.join(root, name));
    }
    copyFileSync(run('sh', ['-c', 'command -v busybox']).trim(), path.join(root, 'bin/busybox'));
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

function install(prepared, folder) {
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(path.dirname(folder), { recursive: true });
  run('cp', ['-r', prepared, unfinished]);
  rmSync(folder, { recursive: true, force: true });
  renameSync(unfinished, folder);
}

function run(command, parameters, cwd) {
  try {
    return execFileSync(command, parameters, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const said = String(error.stderr ?? error.message)
      .trim()
      .split('\n')
      .slice(-3)
      .join(' ');
    throw new Error(`${command} failed: ${said}`, { cause: error });
  }
}
