/**
 * What holds a program at its hook until it is closed.
 */

/** An attached program. `using link = attach(…)` detaches at the end of the block. */
export class Link implements Disposable {
  #release: (() => void) | undefined;

  /**
   * @param target what it is attached to, for people: `'kprobe __x64_sys_close'`.
   * @param release detaches; called once.
   */
  constructor(
    readonly target: string,
    release: () => void,
  ) {
    this.#release = release;
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return this.#release === undefined;
  }

  /** Detaches. Closing twice is harmless. */
  close(): void {
    const release = this.#release;
    this.#release = undefined;
    release?.();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
