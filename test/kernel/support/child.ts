/** Processes of their own, which run the compiled runtime: for what a process leaves behind, and how it ends. */
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const dist = path.resolve(import.meta.dirname, '../../../dist');

/** The URL of a file of the compiled runtime. */
export function runtimeFile(name: string): string {
  return pathToFileURL(path.join(dist, 'runtime', name)).href;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** Killed at the end of its block, if it still runs. */
export class Child implements Disposable {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  #output = '';
  #changed: () => void = () => undefined;

  /**
   * @param body of an ES module, in which `runtime('link.js')` imports a file of the compiled runtime, and `file` is its URL.
   * @param parameters in `parameters`.
   */
  constructor(body: string, ...parameters: unknown[]) {
    const module = `
      const file = (name) => ${JSON.stringify(`${runtimeFile('')}/`)} + name;
      const runtime = (name) => import(file(name));
      const parameters = ${JSON.stringify(parameters)};
      ${body}`;
    this.process = spawn(process.execPath, ['--input-type=module', '-e', module], { stdio: ['pipe', 'pipe', 'pipe'] });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (data: Buffer) => {
        this.#output += data.toString();
        this.#changed();
      });
    }
    this.ended = new Promise((resolve) => {
      this.process.on('close', (code, signal) => {
        resolve({ code, signal, output: this.#output });
        this.#changed();
      });
    });
  }

  [Symbol.dispose](): void {
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill('SIGKILL');
  }

  /** Waits until it has printed a text. */
  async printed(text: string): Promise<void> {
    while (!this.#output.includes(text)) {
      if (this.process.exitCode !== null || this.process.signalCode !== null)
        throw new Error(`ended without '${text}': ${this.#output}`);
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
  }
}

/** Until a condition holds; fails after a while. */
export async function eventually(condition: () => boolean, what: string, milliseconds = 5000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not within ${milliseconds} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
