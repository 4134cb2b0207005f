// The C program of reference.c, compiled when it is needed, and asked line by line.
import { execFileSync, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const source = path.join(path.dirname(fileURLToPath(import.meta.url)), 'reference.c');

/**
 * Compiles the reference.
 *
 * @param {string} folder where the program goes.
 * @returns {string} its path.
 */
export function compileReference(folder) {
  const output = path.join(folder, 'reference');
  execFileSync('cc', ['-O2', '-o', output, source, '-lbpf'], { stdio: ['ignore', 'ignore', 'inherit'] });
  return output;
}

/** A running reference. */
export class Reference {
  #child;
  #lines;

  /**
   * @param {string} program what `compileReference` gave.
   * @param {number} cpu where it runs.
   */
  constructor(program, cpu) {
    this.#child = spawn('taskset', ['-c', String(cpu), program], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /**
   * Sends a command.
   *
   * @returns {Promise<{ nanoseconds: number, count: number }>}
   */
  async ask(...words) {
    this.tell(...words);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`the reference ended at '${words.join(' ')}'`);
    const [nanoseconds, count] = value.split(' ').map(Number);
    return { nanoseconds, count };
  }

  /** Sends a command that has no answer. */
  tell(...words) {
    this.#child.stdin.write(`${words.join(' ')}\n`);
  }

  close() {
    this.#child.kill('SIGKILL');
  }
}
