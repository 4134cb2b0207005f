/**
 * The compiler on a thread of its own: what goes wrong in it, and static code that never ends, does not touch the editor.
 *
 * One file is compiled at a time. Of the versions of a file that come meanwhile only the last one waits.
 */
import path from 'node:path';
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import type { Answer, Job } from './messages.js';

/** In milliseconds; the compiler's own limits are far below. */
const timeLimit = 30_000;
/** A thread that fails so often in succession is not started again. */
const failureLimit = 3;

export type Log = (message: string) => void;

/** @param answer undefined where the thread failed. */
export type Receive = (answer: Answer | undefined) => void;

export type Task = Omit<Job, 'id'>;

interface Running {
  readonly id: number;
  readonly task: Task;
  readonly receive: Receive;
  readonly started: number;
  readonly timer: NodeJS.Timeout;
}

export class CompilerThread {
  readonly #log: Log;
  readonly #waiting = new Map<string, { readonly task: Task; readonly receive: Receive }>();
  readonly #answered = new Int32Array(new SharedArrayBuffer(4));
  #worker: Worker | undefined;
  #port: MessagePort | undefined;
  #running: Running | undefined;
  #jobs = 0;
  #failures = 0;
  #duration = Infinity;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Has a file compiled; `receive` is called once, unless a later version of the file takes its place. */
  request(task: Task, receive: Receive): void {
    this.#waiting.delete(task.entry);
    this.#waiting.set(task.entry, { task, receive });
    this.#next();
  }

  /** Whether the last answer took no longer than that, in milliseconds. False before the first one. */
  answersWithin(limit: number): boolean {
    return this.#duration <= limit;
  }

  /**
   * Waits for answers until `done`, and hands them out as they come.
   *
   * @param limit in milliseconds.
   * @param pause is called every 10 ms; it may throw, which ends the waiting.
   */
  wait(done: () => boolean, limit: number, pause: () => void): void {
    const end = performance.now() + limit;
    while (!done() && this.#running && performance.now() < end) {
      const before = this.#answered[0]!;
      if (this.#receive()) continue;
      pause();
      Atomics.wait(this.#answered, 0, before, 10);
    }
  }

  #next(): void {
    if (this.#running) return;
    const [first] = this.#waiting.values();
    if (!first) return;
    this.#waiting.delete(first.task.entry);
    if (this.#failures >= failureLimit) return first.receive(undefined);
    try {
      const { port } = this.#start();
      const id = ++this.#jobs;
      const timer = setTimeout(() => this.#fail(`no answer in ${timeLimit / 1000} seconds`), timeLimit).unref();
      this.#running = { id, ...first, started: performance.now(), timer };
      port.postMessage({ id, ...first.task } satisfies Job);
    } catch (error) {
      this.#fail(String(error));
    }
  }

  #start(): { readonly port: MessagePort } {
    if (this.#port) return { port: this.#port };
    const { port1: port, port2 } = new MessageChannel();
    // What static code prints must not get between the messages of the editor, which go by standard output.
    const worker = new Worker(path.join(import.meta.dirname, 'worker.js'), {
      workerData: { port: port2, answered: this.#answered.buffer },
      transferList: [port2],
      stdout: true,
      stderr: true,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 1024 },
    });
    worker.stdout.resume();
    worker.stderr.on('data', (text: Buffer) => this.#log(text.toString()));
    worker.on('error', (error) => worker === this.#worker && this.#fail(String(error)));
    worker.on('exit', (status) => worker === this.#worker && this.#fail(`it ended with status ${status}`));
    port.on('message', (answer: Answer) => this.#finish(answer));
    port.unref();
    worker.unref();
    [this.#worker, this.#port] = [worker, port];
    return { port };
  }

  /** Hands out one answer that has come. */
  #receive(): boolean {
    const received = this.#port && receiveMessageOnPort(this.#port);
    if (received) this.#finish(received.message as Answer);
    return received !== undefined;
  }

  #finish(answer: Answer): void {
    const running = this.#running;
    if (answer.id !== running?.id) return;
    clearTimeout(running.timer);
    this.#running = undefined;
    this.#failures = 0;
    this.#duration = performance.now() - running.started;
    running.receive(answer);
    this.#next();
  }

  #fail(reason: string): void {
    this.#failures++;
    this.#log(`the compiler's thread failed: ${reason}`);
    const [worker, port, running] = [this.#worker, this.#port, this.#running];
    this.#worker = this.#port = this.#running = undefined;
    this.#duration = Infinity;
    port?.close();
    void worker?.terminate();
    clearTimeout(running?.timer);
    running?.receive(undefined);
    this.#next();
  }
}
