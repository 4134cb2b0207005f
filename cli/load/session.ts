/** One run of `tsbpf load`: from the first attachment to the last report, after which nothing is left in the kernel. */
import { EventMap } from '../../runtime/events/event-map.js';
import type { ObjectFile } from '../../runtime/object-file.js';
import { loadObjectFile, variablesOf, type LoadedObject, type LoadedVariables } from '../../runtime/object.js';
import type { LoadFlags } from '../commands/load.js';
import { attachAll, type Attached } from './attach.js';
import { EventReader } from './event-reader.js';
import type { Scale } from './histogram.js';
import { recordOutput, textOutput, type Output } from './output.js';
import { showMap, showVariables, type Shown } from './shown.js';
import type { Attachment } from './where.js';

export interface Setup {
  readonly file: ObjectFile;
  readonly attachments: readonly Attachment[];
  /** The names of the maps that are shown. */
  readonly maps: readonly string[];
  /** Of maps, what the command line says of them as histograms. */
  readonly scales: ReadonlyMap<string, Scale | 'none'>;
  /** By their names in the object. */
  readonly constants: Readonly<Record<string, unknown>>;
  readonly flags: Pick<LoadFlags, 'json' | 'count' | 'duration' | 'interval'>;
}

/** Seconds between two pictures of the maps on a terminal. */
const LIVE_INTERVAL = 1;

/** Nothing is left in the kernel when the promise is settled. @throws TsbpfError for what the kernel refuses. */
export async function runSession(setup: Setup): Promise<void> {
  const session = new Session(setup);
  // tc filters outlive a process, so that every end of this one has to pass here.
  const close = () => session.close();
  process.once('exit', close);
  try {
    session.attach();
    await session.report();
  } finally {
    session.close();
    process.off('exit', close);
  }
}

class Session {
  readonly #setup: Setup;
  readonly #loaded: LoadedObject;
  readonly #events: readonly EventMap<unknown>[];
  readonly #output: Output;
  #attached: readonly Attached[] = [];
  #variables: readonly LoadedVariables[] = [];
  #shown: readonly Shown[] = [];

  constructor(setup: Setup) {
    const { file, maps, constants, flags } = setup;
    this.#setup = setup;
    this.#loaded = loadObjectFile(file, constants);
    this.#events = maps.flatMap((name) => {
      const map: unknown = this.#loaded.maps[name];
      return map instanceof EventMap ? [map] : [];
    });
    const layouts = new Map(this.#events.map(({ name }) => [name, file.map(name).value] as const));
    this.#output = flags.json ? recordOutput() : textOutput(layouts);
  }

  attach(): void {
    const { file, attachments, maps, scales } = this.#setup;
    const shown = maps.flatMap((name) => showMap(this.#loaded.maps[name]!, name, scales.get(name)) ?? []);
    this.#attached = attachAll(this.#loaded, attachments);
    this.#variables = variablesOf(this.#loaded);
    this.#shown = [...shown, ...this.#variables.map(showVariables)];
    for (const { program, target } of this.#attached) this.#output.attached(program, target);
    for (const { name } of this.#events) {
      if (!file.map(name).value) this.#output.undescribed(name, file.structs.slice(0, 5));
    }
  }

  /** Prints what happens until the end, and at last what the maps hold. */
  async report(): Promise<void> {
    const { count = Infinity, interval = this.#output.isLive ? LIVE_INTERVAL : undefined } = this.#setup.flags;
    const reader = new EventReader(this.#events, count, (map, events) => this.#output.events(map, events));
    const end = this.#untilTold();
    const timer = interval === undefined ? undefined : setInterval(() => this.#showMaps(), interval * 1000);
    try {
      const reading = reader.read(end.signal);
      await (this.#events.length > 0 ? reading : end.given);
    } finally {
      clearInterval(timer);
      end.forget();
    }
    // Detached first, so that what is reported at last is all that there was.
    this.#detach();
    reader.drain();
    this.#showMaps(true);
    for (const map of this.#events) {
      const { lost = 0 } = map as { readonly lost?: number };
      if (lost > 0) this.#output.lost(map.name, lost);
    }
  }

  /** The end that a signal of the system or the clock gives. */
  #untilTold(): { readonly signal: AbortSignal; readonly given: Promise<void>; forget(): void } {
    const { duration } = this.#setup.flags;
    const { signal, ...controller } = withAbort();
    const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    for (const name of names) process.on(name, controller.abort);
    // A timer keeps a process alive that has no events to wait for; this is the longest that there is.
    const timer = setTimeout(duration === undefined ? () => undefined : controller.abort, (duration ?? 2e6) * 1000);
    return {
      signal,
      given: new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
      forget() {
        clearTimeout(timer);
        for (const name of names) process.off(name, controller.abort);
      },
    };
  }

  #showMaps(last = false): void {
    this.#output.maps(
      this.#shown.filter(({ isSlow }) => last || !isSlow),
      last,
    );
  }

  #detach(): void {
    for (const one of this.#attached) one[Symbol.dispose]();
    this.#attached = [];
  }

  /** Gives everything back. Closing twice is harmless. */
  close(): void {
    this.#detach();
    for (const { map } of this.#variables) map.close();
    this.#loaded.close();
  }
}

function withAbort(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
