/** What the compiler says about the files of one project, kept as long as the files that it read stay as they are. */
import { statSync } from 'node:fs';
import { isRuntimeFile } from '../compiler/open/resolve.js';
import { ts } from '../compiler/typescript.js';
import type { CompilerThread } from './compiler-thread.js';
import type { Answer, Finding, Settings } from './messages.js';
import { relocate } from './relocate.js';

/** How long the editor's thread waits for an answer that is about to come, in milliseconds. */
const patience = 200;

interface Result {
  /** The files that were read, and which version of each. */
  readonly versions: ReadonlyMap<string, string>;
  /** How many files the editor's program had: an import that leads somewhere now adds to them. */
  readonly size: number;
  /** The entry's. */
  readonly text: string;
  readonly findings: readonly Finding[];
}

/** A compilation that was asked for. */
interface Pending {
  /** Says which versions of which open files it is of. */
  readonly key: string;
  readonly versions: ReadonlyMap<string, string>;
  readonly size: number;
  readonly text: string;
}

export class Project {
  readonly #info: ts.server.PluginCreateInfo;
  readonly #thread: CompilerThread;
  readonly #settings: Settings;
  readonly #results = new Map<string, Result>();
  readonly #pending = new Map<string, Pending>();

  constructor(info: ts.server.PluginCreateInfo, thread: CompilerThread, settings: Settings) {
    this.#info = info;
    this.#thread = thread;
    this.#settings = settings;
  }

  /** Has a file compiled, while the editor goes on, unless what is known of it still holds. */
  begin(file: string): void {
    const program = this.#info.languageService.getProgram();
    const source = program?.getSourceFile(file);
    if (!program || !source || !mayHavePrograms(source)) return;
    if (this.#isCurrent(this.#results.get(file), program)) return void this.#pending.delete(file);
    const texts = this.#openTexts(program, source);
    const versions = new Map([...texts.keys()].map((name) => [name, this.#version(name)]));
    const pending = { versions, key: JSON.stringify([...versions]), size: sizeOf(program), text: source.text };
    if (this.#pending.get(file)?.key === pending.key) return;
    this.#pending.set(file, pending);
    const directory = this.#info.project.getCurrentDirectory();
    const task = { entry: file, texts: Object.fromEntries(texts), directory, options: this.#settings };
    let isAwaited = true;
    this.#thread.request(task, (answer) => {
      if (this.#finish(file, pending, answer) && !isAwaited) this.#info.project.refreshDiagnostics();
    });
    // Whoever asked has its answer by then, or went on without.
    setImmediate(() => (isAwaited = false));
  }

  /**
   * What is known about a file: of its own compilation, and of those that read it. While its last version is still being
   * compiled, what holds for the text that did not change.
   *
   * @throws ts.OperationCanceledException where the editor no longer wants to know.
   */
  findings(file: string): Finding[] {
    const pending = this.#pending.get(file);
    if (pending && this.#thread.answersWithin(patience)) {
      const token = this.#info.languageServiceHost.getCancellationToken?.();
      this.#thread.wait(
        () => this.#pending.get(file) !== pending,
        patience,
        () => {
          if (token?.isCancellationRequested()) throw new ts.OperationCanceledException();
        },
      );
    }
    const program = this.#info.languageService.getProgram();
    const source = program?.getSourceFile(file);
    if (!program || !source) return [];
    const found = new Map<string, Finding>();
    for (const [entry, result] of this.#results) {
      const own = result.findings.filter((finding) => finding.file === file);
      const current = this.#isCurrent(result, program);
      const valid = current ? own : entry === file ? relocate(own, result.text, source.text) : [];
      for (const finding of valid) found.set(`${finding.start}:${finding.code}:${finding.message}`, finding);
    }
    return [...found.values()];
  }

  /** @returns false where nobody wants this answer any more. */
  #finish(file: string, pending: Pending, answer: Answer | undefined): boolean {
    if (this.#pending.get(file) !== pending) return false;
    this.#pending.delete(file);
    const { versions, size, text } = pending;
    const read = new Set([file, ...(answer?.files ?? [])]);
    const known = [...read].map((name) => [name, versions.get(name) ?? versionOnDisk(name)] as const);
    this.#results.set(file, { versions: new Map(known), size, text, findings: answer?.diagnostics ?? [] });
    return true;
  }

  #isCurrent(result: Result | undefined, program: ts.Program): boolean {
    if (!result || result.size !== sizeOf(program)) return false;
    return [...result.versions].every(([file, version]) => this.#version(file) === version);
  }

  /** The entry, and what else the editor may hold otherwise than the disk. */
  #openTexts(program: ts.Program, entry: ts.SourceFile): Map<string, string> {
    const texts = new Map<string, string>();
    for (const { fileName, text } of program.getSourceFiles()) if (this.#isOpen(fileName)) texts.set(fileName, text);
    for (const file of this.#results.get(entry.fileName)?.versions.keys() ?? []) {
      if (texts.has(file) || !this.#isOpen(file)) continue;
      const snapshot = this.#info.project.getScriptInfo(file)!.getSnapshot();
      texts.set(file, snapshot.getText(0, snapshot.getLength()));
    }
    return texts.set(entry.fileName, entry.text);
  }

  #isOpen(file: string): boolean {
    return this.#info.project.getScriptInfo(file)?.isScriptOpen() ?? false;
  }

  #version(file: string): string {
    return this.#isOpen(file)
      ? `open ${this.#info.project.getScriptInfo(file)!.getLatestVersion()}`
      : versionOnDisk(file);
  }
}

function versionOnDisk(file: string): string {
  try {
    const { mtimeMs, size } = statSync(file);
    return `${mtimeMs} ${size}`;
  } catch {
    return 'absent';
  }
}

function sizeOf(program: ts.Program): number {
  return program.getSourceFiles().length;
}

function mayHavePrograms(source: ts.SourceFile): boolean {
  if (!/^\/.*\.(ts|mts|tsx)$/.test(source.fileName) || source.isDeclarationFile) return false;
  return /['"]tsbpf['"/]/.test(source.text) && !isRuntimeFile(source.fileName);
}
