/** TypeScript's own language server, spoken to as an editor does. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { folderWith, root, until } from './command-line.js';

/** Lines and columns count from 1. */
export interface ServerDiagnostic {
  readonly start: { readonly line: number; readonly offset: number };
  readonly end: { readonly line: number; readonly offset: number };
  readonly text: string;
  readonly code: number;
  readonly category: string;
  readonly source?: string;
}

interface Message {
  readonly type: 'response' | 'event';
  readonly request_seq?: number;
  readonly success?: boolean;
  readonly message?: string;
  readonly event?: string;
  readonly body?: any;
}

/** `TS1206`, `tsbpf 1305`. */
export function codesOf(diagnostics: readonly ServerDiagnostic[]): string[] {
  return diagnostics.map(({ source, code }) => (source ? `${source} ${code}` : `TS${code}`));
}

const compilerOptions = {
  strict: true,
  noUnusedLocals: true,
  target: 'es2022',
  module: 'nodenext',
  lib: ['es2023', 'esnext.disposable'],
  types: [],
  noEmit: true,
};

/** A `tsconfig.json` with the plugin switched on. @param options of the plugin. */
export function configurationWith(options: object = {}): string {
  return JSON.stringify({ compilerOptions: { ...compilerOptions, plugins: [{ name: 'tsbpf/editor', ...options }] } });
}

/** A project with these files in which `tsbpf` is the package that was built. */
export function projectWith(files: Readonly<Record<string, string>>, options: object = {}): string {
  const folder = folderWith({
    'tsconfig.json': configurationWith(options),
    'package.json': '{ "type": "module" }',
    ...files,
  });
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(root, path.join(folder, 'node_modules/tsbpf'));
  return folder;
}

export class LanguageServer {
  readonly messages: Message[] = [];
  readonly #folder: string;
  readonly #server: ChildProcess;
  readonly #texts = new Map<string, string>();
  #bytes = Buffer.alloc(0);
  #sequence = 0;

  /**
   * @param folder the project's.
   * @param own where the project's own `tsserver.js` is, which looks for plugins beside itself; else this package's is used.
   */
  constructor(folder: string, own?: string) {
    this.#folder = folder;
    const library = own ?? path.join(root, 'node_modules/typescript/lib');
    const parameters = ['--disableAutomaticTypingAcquisition', ...(own ? [] : ['--pluginProbeLocations', folder])];
    const log = ['--logVerbosity', 'normal', '--logFile', path.join(folder, 'server.log')];
    this.#server = spawn(process.execPath, [path.join(library, 'tsserver.js'), ...parameters, ...log], { cwd: folder });
    this.#server.stdout!.on('data', (bytes: Buffer) => this.#read(bytes));
    onTestFinished(() => void this.#server.kill('SIGKILL'));
  }

  get isRunning(): boolean {
    return this.#server.exitCode === null && this.#server.signalCode === null;
  }

  /** What the server wrote down, of the plugin's messages too. */
  get log(): string {
    const file = path.join(this.#folder, 'server.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  /** Sends a request that has no answer, or none that is waited for. */
  send(command: string, parameters: object): number {
    const seq = ++this.#sequence;
    this.#server.stdin!.write(`${JSON.stringify({ seq, type: 'request', command, arguments: parameters })}\n`);
    return seq;
  }

  async request(command: string, parameters: object): Promise<any> {
    const seq = this.send(command, parameters);
    const answer = () => this.messages.find((message) => message.request_seq === seq && message.type === 'response');
    await until(() => answer() !== undefined);
    if (!answer()!.success) throw new Error(answer()!.message);
    return answer()!.body;
  }

  open(name: string): void {
    const file = path.join(this.#folder, name);
    const fileContent = readFileSync(file, 'utf8');
    this.#texts.set(name, fileContent);
    this.send('open', { file, fileContent, projectRootPath: this.#folder });
  }

  /** Replaces a part of what is in the editor; the disk stays as it is. */
  change(name: string, before: string, after: string): void {
    const text = this.#texts.get(name)!;
    const from = text.indexOf(before);
    if (from < 0) throw new Error(`'${before}' is not in ${name}`);
    const place = (index: number) => {
      const lines = text.slice(0, index).split('\n');
      return { line: lines.length, offset: lines.at(-1)!.length + 1 };
    };
    const [{ line, offset }, { line: endLine, offset: endOffset }] = [place(from), place(from + before.length)];
    const file = path.join(this.#folder, name);
    this.send('change', { file, line, offset, endLine, endOffset, insertString: after });
    this.#texts.set(
      name,
      text.replace(before, () => after),
    );
  }

  semantic(name: string): Promise<ServerDiagnostic[]> {
    return this.request('semanticDiagnosticsSync', { file: path.join(this.#folder, name) });
  }

  /**
   * Asks until the answer is as it should be, and at most 20 seconds long.
   *
   * @param others are asked about before, as an editor asks about all open files.
   */
  async semanticUntil(
    name: string,
    condition: (codes: string[]) => boolean,
    others: readonly string[] = [],
  ): Promise<ServerDiagnostic[]> {
    const end = Date.now() + 20_000;
    for (;;) {
      for (const other of others) await this.semantic(other);
      const found = await this.semantic(name);
      if (condition(codesOf(found)) || Date.now() > end) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  suggestions(name: string): Promise<ServerDiagnostic[]> {
    return this.request('suggestionDiagnosticsSync', { file: path.join(this.#folder, name) });
  }

  #read(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    for (;;) {
      const header = /^Content-Length: (\d+)\r\n\r\n/.exec(this.#bytes.toString('latin1', 0, 64));
      if (!header) return;
      const end = header[0].length + Number(header[1]);
      if (this.#bytes.length < end) return;
      this.messages.push(JSON.parse(this.#bytes.toString('utf8', header[0].length, end)) as Message);
      this.#bytes = this.#bytes.subarray(end);
    }
  }
}
