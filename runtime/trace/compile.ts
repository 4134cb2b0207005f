/** Compiles a program while the process that asks for it waits: a module's text to its object. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { childProcess } from '../../compiler/open/builtin.js';
import { findCacheFolder, identify, openCache } from '../../compiler/transform/cache.js';
import { TsbpfError } from '../errors.js';

/** What the compiler says against a line of the program. */
export class ProgramProblem extends Error {
  constructor(
    /** From 1. */
    readonly line: number,
    message: string,
    readonly hint: string | undefined,
  ) {
    super(message);
  }
}

interface Finding {
  readonly category?: string;
  readonly line?: number;
  readonly message?: string;
  readonly hint?: string;
}

/**
 * The object of a module. It is compiled by another process, since compiling is asynchronous and an event that happens
 * after `trace` returned must not be missed; objects are kept by their text.
 *
 * @throws ProgramProblem for what is wrong with the text; TsbpfError where the machine cannot compile.
 */
export function compileProgram(text: string): Uint8Array {
  const commandLine = commandLineFile();
  const { mtimeMs, size } = statSync(commandLine);
  const cache = openCache(findCacheFolder());
  const identity = identify('trace', text, mtimeMs, size);
  const kept = cache.read(identity);
  if (kept !== undefined) return Buffer.from(kept, 'base64');
  const object = build(commandLine, text);
  cache.write(identity, [], object.toString('base64'));
  return object;
}

/** In the package that this file is of, at whatever depth: sources and what they are compiled to have it in one place. */
function commandLineFile(): string {
  const find = (folder: string): string => {
    const file = path.join(folder, 'dist/cli/main.js');
    const parent = path.dirname(folder);
    return existsSync(file) || parent === folder ? file : find(parent);
  };
  return find(import.meta.dirname);
}

function build(commandLine: string, text: string): Buffer {
  const folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-trace-'));
  try {
    writeFileSync(path.join(folder, 'trace.ts'), text);
    const launcher = path.join(path.dirname(commandLine), 'tsbpf.sh');
    const parameters = ['build', 'trace.ts', '-o', 'trace.o', '--json'];
    const { spawnSync } = childProcess();
    const { status, stdout, stderr, error } = existsSync(launcher)
      ? spawnSync('/bin/sh', [launcher, ...parameters], { cwd: folder, encoding: 'utf8' })
      : spawnSync(process.execPath, [commandLine, ...parameters], { cwd: folder, encoding: 'utf8' });
    if (status === 0) return readFileSync(path.join(folder, 'trace.o'));
    throw problemOf(stdout ?? '', stderr || String(error ?? ''));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function problemOf(stdout: string, stderr: string): Error {
  for (const line of stdout.split('\n')) {
    const finding = parseFinding(line);
    if (finding?.category === 'error' && finding.message !== undefined) {
      return new ProgramProblem(finding.line ?? 0, finding.message, finding.hint);
    }
  }
  return new TsbpfError(`The program for an event could not be compiled: ${stderr.trim() || 'no reason was given'}.`, {
    code: 'TSBPF2041',
    operation: 'compile',
    subject: 'the program for an event',
    hint: '`tsbpf doctor` says what this machine lacks.',
  });
}

function parseFinding(line: string): Finding | undefined {
  try {
    return JSON.parse(line) as Finding;
  } catch {
    return undefined;
  }
}
