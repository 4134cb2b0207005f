/**
 * Waiting for a descriptor on Node's own event loop: uv_poll, without a thread and without a timer.
 */
import { TsbpfError } from '../errors.js';
import { koffi } from './koffi.js';
import { closeDescriptor, duplicateDescriptor } from './libc.js';
import { isMainThread } from './threads.js';

/** A wait for one descriptor. It starts stopped and does not keep the process alive until `ref()`. */
export interface Poll {
  /**
   * Begins to wait; `onReadable` is called at every turn of the loop in which there is something to read.
   *
   * @returns whether it did not wait before. What becomes readable until the loop next looks at its descriptors may then
   *   go unseen: of a perf event the kernel says once that it is readable, and says so to epoll_ctl, which tells nobody.
   */
  start(): boolean;
  /** Stops waiting. */
  stop(): void;
  /** Lets the wait keep the process alive. */
  ref(): void;
  /** Lets the process end although the wait goes on. */
  unref(): void;
  /** Ends the wait for good. Closing twice is harmless. */
  close(): void;
}

type PollHandle = ReturnType<ReturnType<typeof koffi>['node']['poll']>;

/**
 * Makes a wait for a descriptor to be readable.
 *
 * The handle is koffi's, which closes it with the environment. It waits on a duplicate of the descriptor: libuv ends
 * the process when epoll refuses a descriptor that was closed behind its back.
 *
 * @param fd anything that epoll takes: a socket, an epoll, an eventfd, a ring buffer map, a perf event.
 * @param onReadable called without arguments; an error condition of the descriptor counts as readable, since
 *   reading is what tells which error it is. What it throws is an uncaught exception.
 * @throws TsbpfError in a worker thread: one that is terminated while such a handle is open takes the process with it
 *   (measured with koffi 3.3 and Node 20).
 * @throws Error if the descriptor cannot be waited for (a regular file, a closed descriptor).
 */
export function poll(fd: number, onReadable: () => void): Poll {
  if (!isMainThread()) {
    throw new TsbpfError('Worker threads cannot wait for events of the kernel.', {
      code: 'TSBPF2111',
      operation: 'wait for events',
      hint: 'Iterate on the main thread and post the events, or read them without waiting: read().',
    });
  }
  return new DescriptorPoll(fd, onReadable);
}

/** libuv stops a handle by itself when it reports an error; the next `start()` must not believe it is running. */
class DescriptorPoll implements Poll {
  readonly #descriptor: number;
  #handle: PollHandle | undefined;
  #running = true;

  constructor(
    fd: number,
    private readonly onReadable: () => void,
  ) {
    this.#descriptor = duplicateDescriptor(fd, `descriptor ${fd}`);
    try {
      this.#handle = koffi().node.poll(this.#descriptor, this.#onEvent);
    } catch (error) {
      closeDescriptor(this.#descriptor);
      throw error;
    }
    this.#handle.unref();
    this.stop();
  }

  start(): boolean {
    if (this.#running || this.#handle === undefined) return false;
    this.#running = true;
    this.#handle.start(this.#onEvent);
    return true;
  }

  stop(): void {
    if (!this.#running || this.#handle === undefined) return;
    this.#running = false;
    this.#handle.stop();
  }

  ref(): void {
    this.#handle?.ref();
  }

  unref(): void {
    this.#handle?.unref();
  }

  close(): void {
    const handle = this.#handle;
    if (handle === undefined) return;
    this.#handle = undefined;
    this.#running = false;
    handle.close();
    closeDescriptor(this.#descriptor);
  }

  // koffi hands over libuv's status first, which its type declaration leaves out.
  readonly #onEvent = (status: unknown): void => {
    if (status !== 0) this.#running = false;
    if (this.#handle === undefined) return;
    try {
      this.onReadable();
    } catch (error) {
      // An exception that leaves a native callback would vanish; thrown from a tick it is reported as any other.
      process.nextTick(() => {
        throw error;
      });
    }
  };
}
