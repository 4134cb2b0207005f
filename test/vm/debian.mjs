/** What is brought from the Debian mirror of the machine, beside its own packages: nothing of it is installed. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * Reads the list of packages of a suite.
 *
 * @param {string} folder takes apt's state: lists, archives, and a status in which nothing is installed.
 * @param {string} suite `bookworm`.
 * @param {string} architecture Debian's name of it, `amd64`.
 * @returns {string[]} the options by which apt-get and apt-cache use that suite.
 */
export function aptOptions(folder, suite, architecture) {
  mkdirSync(path.join(folder, 'lists/partial'), { recursive: true });
  mkdirSync(path.join(folder, 'archives/archives/partial'), { recursive: true });
  writeFileSync(path.join(folder, 'status'), '');
  writeFileSync(path.join(folder, 'sources.list'), `deb ${sourceOptions()} ${mirror()} ${suite} main\n`);
  const options = [
    ...['-o', `Dir::Etc::sourcelist=${folder}/sources.list`, '-o', 'Dir::Etc::sourceparts=/dev/null'],
    ...['-o', `Dir::State::Lists=${folder}/lists`, '-o', `Dir::Cache=${folder}/archives`],
    ...['-o', `Dir::State::status=${folder}/status`],
    ...['-o', `APT::Architecture=${architecture}`, '-o', `APT::Architectures=${architecture}`],
    ...['-o', 'APT::Sandbox::User=root', '-o', 'Acquire::Retries=3', '-q'],
  ];
  run('apt-get', [...options, 'update']);
  return options;
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

/**
 * Runs a command and gives what it printed.
 *
 * @throws {Error} with the last lines of its errors.
 */
export function run(command, parameters, cwd) {
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
