/** Runs the examples as a user does, and looks at what they print. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { command, root } from '../cli/command-line.js';

/** The files of the examples. */
export const names = readdirSync(path.join(root, 'examples')).filter((name) => name.endsWith('.ts'));
export const example = (name: string) => path.join(root, 'examples', `${name}.ts`);
export const inGuest = process.env.TSBPF_VM !== undefined;
/** What the kernel calls this process. */
export const ownCommand = readFileSync('/proc/self/comm', 'latin1').trim();

/** An example that runs until the test has seen enough. */
export class Running {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #output = '';

  constructor(program: string, parameters: readonly string[]) {
    this.#child = spawn(program, parameters, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    this.#ended = once(this.#child, 'close');
    onTestFinished(() => void this.#child.kill('SIGKILL'));
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Waits until the output has a match. */
  async shows(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#output);
      if (match) return match;
      if (this.#child.exitCode !== null) throw new Error(`ended without ${pattern}:\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Presses Ctrl-C; the rest of the output and the exit status. */
  async interrupt(): Promise<{ output: string; status: number | null }> {
    this.#child.kill('SIGINT');
    return this.end();
  }

  async end(): Promise<{ output: string; status: number | null }> {
    await this.#ended;
    return { output: this.#output, status: this.#child.exitCode };
  }
}

/** Starts an example, and waits for its first line: then it is attached. */
export async function start(name: string, ...parameters: string[]): Promise<Running> {
  const running = new Running(process.execPath, [command, 'run', example(name), ...parameters]);
  await running.shows(/\n/);
  return running;
}

/** Runs a command to its end: its process, and how many milliseconds it took. */
export function activity(program: string, ...parameters: string[]): { pid: number; milliseconds: number } {
  const begin = performance.now();
  const { pid } = spawnSync(program, parameters);
  return { pid, milliseconds: performance.now() - begin };
}
