/** Runs the compiled command as a user would, in a folder of its own. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const root = path.resolve(import.meta.dirname, '../..');
export const command = path.join(root, 'dist/cli/main.js');

export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Added to the environment; undefined takes a name out of it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A program and its arguments that run node, such as `['setpriv', …]`. */
  readonly under?: readonly string[];
  /** Milliseconds; a minute unless given. */
  readonly timeout?: number;
}

/** Runs `tsbpf` to its end. Colour is whatever a pipe gets. */
export function tsbpf(parameters: readonly string[], options: RunOptions = {}): Finished {
  const [program, ...rest] = [...(options.under ?? []), process.execPath, command, ...parameters];
  const { status, stdout, stderr } = spawnSync(program!, rest, {
    cwd: options.cwd ?? tmpdir(),
    env: environment(options.env),
    encoding: 'utf8',
    timeout: options.timeout ?? 60_000,
  });
  return { status, stdout, stderr };
}

/** Runs a bash script in which `$0` is node and `$1` is `tsbpf`. */
export function shell(script: string, cwd: string): Finished {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script, process.execPath, command], {
    cwd,
    env: environment(),
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

/** Starts `tsbpf`; it is killed when the test ends. */
export function startTsbpf(parameters: readonly string[], options: RunOptions = {}): ChildProcess {
  const child = spawn(process.execPath, [command, ...parameters], {
    cwd: options.cwd ?? tmpdir(),
    env: environment(options.env),
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

function environment(changes: RunOptions['env'] = {}): NodeJS.ProcessEnv {
  const inherited: NodeJS.ProcessEnv = { ...process.env };
  for (const name of ['FORCE_COLOR', 'NO_COLOR', 'NODE_OPTIONS', 'TSBPF_DEBUG', 'TSBPF_LLVM']) delete inherited[name];
  return { ...inherited, ...changes };
}

/** A folder with these files that is gone after the test. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

/** The scripts of this package and of its dependencies that a run of `tsbpf` loaded, relative to the package. */
export function loadedScripts(parameters: readonly string[], cwd: string): string[] {
  const folder = folderWith({});
  tsbpf(parameters, { cwd, env: { NODE_V8_COVERAGE: folder } });
  const reports = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'utf8'));
  const scripts = reports.flatMap((text) => (JSON.parse(text) as { result: { url: string }[] }).result);
  const files = scripts.filter(({ url }) => url.startsWith('file:')).map(({ url }) => fileURLToPath(url));
  return files.map((file) => path.relative(root, file));
}

/** Waits until a condition holds. */
export async function until(condition: () => boolean, milliseconds = 20_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!condition()) {
    if (Date.now() > end) throw new Error('what was waited for did not happen');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A file with one program. */
export const lengthFilter = `import { socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

@socketFilter
function keepLength(skb: SkBuff): number {
  return skb.len;
}
`;

/** The same with a type error in its sixth line. */
export const wrongFilter = lengthFilter.replace('skb.len', 'skb.length');

export const elfMagic = Buffer.from('\x7fELF', 'latin1');
