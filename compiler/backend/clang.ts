/** The back end over a `clang` program, for machines that have it and not the library. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { bpfTriple, supportedVersions, unsupportedCpu } from './backend.js';
import type { AssembleOptions, Backend, BackendMessage, BackendResult } from './backend.js';
import { hasError, parseMessage } from './messages.js';
import { findUnsupported } from './unsupported.js';

/** More than any object or listing; the default of 1 MiB would cut the text of a large program. */
const outputLimit = 256 * 1024 * 1024;

/** In milliseconds. */
const timeLimit = 120_000;

/**
 * @param program a clang by name or path; without it the newest one on PATH.
 * @returns undefined where there is none, or none that can make BPF objects.
 */
export function findClangBackend(program?: string): Backend | undefined {
  const names =
    program === undefined ? [...supportedVersions.map((version) => `clang-${version}`), 'clang'] : [program];
  for (const name of names) {
    const found = locate(name);
    const version = found === undefined ? undefined : versionOf(found);
    if (found === undefined || version === undefined || version < 15) continue;
    return {
      kind: 'clang',
      version,
      path: found,
      assemble: (ir, options) => assemble(found, version, ir, options),
    };
  }
  return undefined;
}

function locate(name: string): string | undefined {
  if (name.includes('/')) return isProgram(name) ? name : undefined;
  const directories = (process.env.PATH ?? '').split(':').filter((directory) => path.isAbsolute(directory));
  return directories.map((directory) => path.join(directory, name)).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function versionOf(program: string): number | undefined {
  const { stdout, status } = spawnSync(program, ['--version'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const version = status === 0 ? /clang version (\d+)\./.exec(stdout) : null;
  return version ? Number(version[1]) : undefined;
}

function assemble(program: string, version: number, ir: string, options: AssembleOptions): BackendResult {
  const unsupported = unsupportedCpu(options.cpu, version) ?? findUnsupported(ir, options, version);
  if (unsupported) return { messages: [unsupported] };
  const run = spawnSync(program, clangArguments(options), {
    input: ir,
    maxBuffer: outputLimit,
    timeout: timeLimit,
    killSignal: 'SIGKILL',
    cwd: '/',
  });
  const messages = run.error ? [] : readMessages(run.stderr.toString('utf8'));
  if (run.status === 0 && !hasError(messages)) return { output: new Uint8Array(run.stdout), messages };
  return hasError(messages) ? { messages } : { messages: [...messages, ended(program, run)] };
}

function ended(program: string, run: ReturnType<typeof spawnSync>): BackendMessage {
  const reason = run.error?.message ?? (run.signal ? `was ended by ${run.signal}` : `ended with status ${run.status}`);
  return { severity: 'error', text: `${program}: ${reason}` };
}

/** Input and output are pipes, so no file of ours is ever left behind. */
function clangArguments(options: AssembleOptions): string[] {
  const form = { object: ['-c'], assembly: ['-S'], ir: ['-S', '-emit-llvm'] }[options.emit];
  // The driver takes no list of passes: O1 is the least that leaves code which the verifier accepts.
  const level = options.optimize ? '-O2' : '-O1';
  // The driver leaves LLVM's verifier out, and its passes may not end on IR that the verifier would have refused.
  const manners = [
    '-fverify-intermediate-code',
    '-fno-caret-diagnostics',
    '-fno-color-diagnostics',
    '-fno-crash-diagnostics',
    '-Wno-override-module',
  ];
  return ['-target', bpfTriple, `-mcpu=${options.cpu}`, level, ...manners, '-x', 'ir', ...form, '-o', '-', '-'];
}

/** What clang adds to every message of LLVM's assembler, whether or not there is inline assembly. */
const consequence = 'cannot compile inline asm';

function readMessages(text: string): BackendMessage[] {
  return text
    .split('\n')
    .filter((line) => /(?:^|: )(?:fatal )?(?:error|warning|note): /.test(line) && !line.endsWith(consequence))
    .map((line) => parseMessage(line.replace(/^clang(?:-\d+)?: /, ''), 'error'));
}
