/** Reads all maps of events of one object, up to a number of events. */
import type { EventMap } from '../../runtime/events/event-map.js';

export class EventReader {
  readonly #maps: readonly EventMap<unknown>[];
  readonly #deliver: (map: string, events: readonly unknown[]) => void;
  #wanted: number;

  /** @param limit of the events that are delivered, of all maps together. */
  constructor(
    maps: readonly EventMap<unknown>[],
    limit: number,
    deliver: (map: string, events: readonly unknown[]) => void,
  ) {
    this.#maps = maps;
    this.#wanted = limit;
    this.#deliver = deliver;
  }

  /**
   * Delivers events as they come.
   *
   * @param signal ends it.
   * @returns what is done when all that were wanted have come, or the signal is given.
   * @throws TsbpfError where a map cannot be read.
   */
  async read(signal: AbortSignal): Promise<void> {
    const complete = new AbortController();
    const either = AbortSignal.any([signal, complete.signal]);
    const readOne = async (map: EventMap<unknown>) => {
      for await (const events of map.events({ batch: true, signal: either })) {
        this.#take(map, events);
        if (this.#wanted === 0) complete.abort();
      }
    };
    const reading = this.#maps.map((map) =>
      readOne(map).catch((failure: unknown) => {
        if (!either.aborted) throw failure;
      }),
    );
    await Promise.all(reading);
  }

  /** Delivers what has come and was not read yet. */
  drain(): void {
    for (const map of this.#maps) {
      while (this.#wanted > 0) {
        const events = map.read({ batch: true });
        if (events.length === 0) break;
        this.#take(map, events);
      }
    }
  }

  #take(map: EventMap<unknown>, events: unknown[]): void {
    const taken = events.slice(0, this.#wanted);
    this.#wanted -= taken.length;
    if (taken.length > 0) this.#deliver(map.name, taken);
  }
}
