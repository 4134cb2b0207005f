/** Tells listeners how many events were lost since they were last told. */

export type LostListener = (count: number) => void;

export class Losses {
  readonly #listeners = new Set<LostListener>();
  #reported = 0;

  get isWatched(): boolean {
    return this.#listeners.size > 0;
  }

  on(event: 'lost', listener: LostListener): void {
    if (event === 'lost') this.#listeners.add(listener);
  }

  off(event: 'lost', listener: LostListener): void {
    if (event === 'lost') this.#listeners.delete(listener);
  }

  /** @param lost in all, so far. */
  report(lost: number): void {
    const news = lost - this.#reported;
    if (news <= 0) return;
    this.#reported = lost;
    // A listener may close the reader, and what it throws is not an error of whoever reads.
    for (const listener of this.#listeners) queueMicrotask(() => listener(news));
  }
}
