/**
 * Makes the snapshot of `tsbpf build`: `node make.js NODE`. Ends with status 0 where there is one that is right.
 *
 * A snapshot counts only after it was started and compiled a file to the same IR as the ordinary command.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {
  bundle,
  commandFolder,
  describe,
  isCurrent,
  isLocked,
  placeFor,
  snapshotsFolder,
  type Place,
} from './place.js';
import { makeFolders } from '../../compiler/open/folders.js';
import { representative } from './representative.js';

/** In milliseconds; it takes about three seconds on an idle machine. */
const timeLimit = 120_000;

/**
 * Of each line, the first flag that this node knows; one that knows none goes without.
 *
 * A build is over before V8's optimising compiler has paid for itself, so that it is set to begin at ten times the usual.
 * The hash tables of the snapshot stay as they are, where V8 would fill them anew with other hashes for each process. New
 * objects get 16 MiB at once, in place of a collection at each MiB first.
 */
const flagChoices = [
  ['--interrupt-budget=1500000', '--invocation-count-for-turbofan=30000'],
  ['--no-rehash-snapshot'],
  ['--min-semi-space-size=16'],
];

process.exitCode = main(process.argv[2] ?? process.execPath);

function main(node: string): number {
  const place = placeFor(node);
  try {
    setPriority(constants.priority.PRIORITY_LOW);
    if (isCurrent(node, place)) return 0;
    if (isLocked(place)) return 1;
    makeFolders(place.folder, 0o700);
    rmSync(place.lock, { force: true });
    writeFileSync(place.lock, '', { flag: 'wx' });
    make(node, place);
    // After a failure it stays, so that not every build tries again.
    rmSync(place.lock, { force: true });
    removeOrphans();
    return 0;
  } catch {
    return 1;
  }
}

function chooseFlags(node: string): string[] {
  return flagChoices.flatMap((choices) => choices.find((flag) => starts(node, flag)) ?? []);
}

function starts(node: string, flag: string): boolean {
  try {
    run(node, [flag, '--version']);
    return true;
  } catch {
    return false;
  }
}

function make(node: string, place: Place): void {
  const flags = chooseFlags(node);
  const work = mkdtempSync(path.join(tmpdir(), 'tsbpf-snapshot-'));
  const blob = `${place.blob}.${process.pid}`;
  const source = path.join(work, 'representative.ts');
  const built = (name: string) => ['build', source, '--emit', 'll', '-o', path.join(work, name)];
  try {
    writeFileSync(source, representative);
    run(node, [...flags, '--snapshot-blob', blob, '--build-snapshot', bundle, ...built('warm.ll')]);
    const script = path.join(commandFolder, 'main.js');
    run(node, [...flags, '--snapshot-blob', blob, script, ...built('snapshot.ll')]);
    run(node, [script, ...built('ordinary.ll')]);
    const [started, ordinary] = ['snapshot.ll', 'ordinary.ll'].map((name) => readFileSync(path.join(work, name)));
    if (!started!.equals(ordinary!)) throw new Error('the snapshot compiles otherwise');
    chmodSync(blob, 0o600);
    flush(blob);
    renameSync(blob, place.blob);
    writeRecord(node, place, flags);
  } finally {
    rmSync(work, { recursive: true, force: true });
    rmSync(blob, { force: true });
  }
}

/** The record must not outlast a loss of power that the blob did not. */
function flush(file: string): void {
  const descriptor = openSync(file, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function run(node: string, parameters: readonly string[]): void {
  const env = { ...process.env };
  for (const name of ['NODE_OPTIONS', 'NODE_V8_COVERAGE', 'NODE_DEBUG']) delete env[name];
  const { status } = spawnSync(node, parameters, { env, stdio: 'ignore', timeout: timeLimit, killSignal: 'SIGKILL' });
  if (status !== 0) throw new Error(`${parameters.join(' ')}: status ${status}`);
}

function writeRecord(node: string, place: Place, flags: readonly string[]): void {
  const description = describe(node, place);
  if (description === undefined) throw new Error('what the snapshot is of has gone');
  const temporary = `${place.record}.${process.pid}`;
  writeFileSync(temporary, `${description}${flags.join(' ')}\n${node}\n${commandFolder}\n`, { mode: 0o600 });
  renameSync(temporary, place.record);
}

/** Removes the snapshots of packages and nodes that are not there any more. */
function removeOrphans(): void {
  for (const name of readdirSync(snapshotsFolder(), { recursive: true, encoding: 'utf8' })) {
    if (path.basename(name) !== 'record') continue;
    const record = path.join(snapshotsFolder(), name);
    const [node, folder] = readFileSync(record, 'utf8').split('\n').slice(4);
    if (exists(node) && exists(folder)) continue;
    rmSync(path.dirname(record), { recursive: true, force: true });
  }
}

function exists(file: string | undefined): boolean {
  return file !== undefined && statSync(file, { throwIfNoEntry: false }) !== undefined;
}
