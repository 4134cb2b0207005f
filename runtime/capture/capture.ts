/**
 * Captures packets: a socket filter, or a probe of a kernel function, that copies
 * them into a ring buffer, and the reader of that.
 */
// The classes of the program's maps.
import '../events/ring-buffer.js';
import '../maps/per-cpu.js';
import { attach } from '../attach/attach.js';
import { requireInterface } from '../attach/interfaces.js';
import type { Link } from '../link.js';
import type { KeyedMap } from '../maps/keyed.js';
import { readMapInfo } from '../maps/info.js';
import { openCaptureSocket, takeSocketError } from '../native/capture-socket.js';
import { closeDescriptor, interfaceName } from '../native/libc.js';
import { poll, type Poll } from '../native/libuv.js';
import { loadObject, type LoadedObject } from '../object.js';
import { compileProgram } from '../trace/compile.js';
import { CaptureRing } from './capture-ring.js';
import { cookedFraming, framingOf, type Framing } from './framing.js';
import { findPacketFunction } from './function.js';
import { DROPPED, functionProgramText, RECEIVED, socketProgramText } from './program-text.js';

export interface CaptureOptions {
  /** Its name; undefined for all. */
  readonly interface?: string | undefined;
  /** As tcpdump takes it; all packets without one. */
  readonly expression?: string | undefined;
  /** The most bytes of a packet that are kept. */
  readonly snapLength: number;
  readonly direction: 'in' | 'out' | 'inout';
  /** Bytes of the ring buffer, a power of two. */
  readonly bufferSize: number;
  /** Receive what is for other hosts too, where one interface is named. */
  readonly promiscuous: boolean;
  /** A kernel function that is given packets, at which they are captured in the place of a socket. */
  readonly at?: string | undefined;
}

export interface CaptureCounts {
  /** Packets that passed the filter. */
  readonly received: bigint;
  /** Those of them that the ring had no room for. */
  readonly dropped: bigint;
}

const ENETDOWN = 100;

/** A capture: made by `prepareCapture`, begun by `start`. Nothing of it outlives the process. */
export class Capture implements Disposable {
  readonly framing: Framing;
  readonly ring: CaptureRing;
  /** The index of the only interface; undefined where all are captured. */
  readonly only: number | undefined;
  readonly #loaded: LoadedObject;
  readonly #names = new Map<number, string>();
  readonly #options: CaptureOptions;
  readonly #waiting: Poll;
  #socket: number | undefined;
  #link: Link | undefined;
  #socketWaiting: Poll | undefined;
  #wake: (() => void) | undefined;
  #down = false;

  constructor(loaded: LoadedObject, framing: Framing, options: CaptureOptions) {
    this.#loaded = loaded;
    this.#options = options;
    this.framing = framing;
    this.only = options.interface === undefined ? undefined : requireInterface(options.interface);
    if (this.only !== undefined) this.#names.set(this.only, options.interface!);
    const { fd } = loaded.maps['packets']!;
    this.ring = new CaptureRing(fd, readMapInfo(fd, 'packets').maxEntries);
    this.#waiting = poll(fd, () => this.wake());
  }

  /** The name of an interface by its index; `'if7'` where it is gone, `'any'` for 0. */
  readonly interfaceName = (index: number): string => {
    let name = this.#names.get(index);
    if (name === undefined)
      this.#names.set(index, (name = index === 0 ? 'any' : (interfaceName(index) ?? `if${index}`)));
    return name;
  };

  /** Whether it is known of packets if they come in or go out: a function of the kernel may see either. */
  get knowsDirection(): boolean {
    return this.#options.at === undefined;
  }

  /** From here on packets are captured. */
  start(): void {
    if (this.#options.at !== undefined) {
      this.#link = attach(this.#loaded.programs['capture']!);
      return;
    }
    this.#socket = openCaptureSocket({
      index: this.only ?? 0,
      subject: this.#options.interface ?? 'all interfaces',
      cooked: this.framing.cooked,
      program: this.#loaded.programs['capture']!.fd,
      promiscuous: this.#options.promiscuous,
      incomingOnly: this.#options.direction === 'in',
    });
    this.#socketWaiting = poll(this.#socket, () => this.wake());
    this.#socketWaiting.start();
  }

  /** From here on none are; those that were stay in the ring. */
  stop(): void {
    this.#link?.close();
    this.#socketWaiting?.close();
    this.#socketWaiting = undefined;
    if (this.#socket !== undefined) closeDescriptor(this.#socket);
    this.#socket = undefined;
  }

  counts(): CaptureCounts {
    const counts = this.#loaded.maps['counts'] as KeyedMap<number, bigint> & { sum(key: number): bigint };
    return { received: counts.sum(RECEIVED), dropped: counts.sum(DROPPED) };
  }

  /** Whether the interface has gone away. One that is only down may come back, and the capture with it. */
  interfaceIsGone(): boolean {
    if (this.only === undefined || this.#socket === undefined) return false;
    if (takeSocketError(this.#socket) === ENETDOWN) this.#down = true;
    return this.#down && interfaceName(this.only) !== this.#options.interface;
  }

  /**
   * Waits until there may be packets, or until something else is worth a look.
   *
   * @param milliseconds how long at most.
   * @param woken whether the kernel is to say when there are packets.
   */
  wait(milliseconds: number, woken: boolean): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wake(), milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        this.#waiting.stop();
        this.#wake = undefined;
        resolve();
      };
      if (woken) this.#waiting.start();
    });
  }

  /** Ends a wait. */
  wake(): void {
    this.#wake?.();
  }

  [Symbol.dispose](): void {
    this.stop();
    this.#waiting.close();
    this.ring[Symbol.dispose]();
    this.#loaded.close();
  }
}

/**
 * Compiles and loads the program for a capture.
 *
 * @throws ProgramProblem where the expression is wrong; TsbpfError (ENODEV) for an interface that is not there;
 *   PermissionError without privilege.
 */
export function prepareCapture(options: CaptureOptions): Capture {
  if (options.interface !== undefined) requireInterface(options.interface);
  const { at } = options;
  const cooked = options.interface === undefined || at !== undefined;
  const framing = cooked ? cookedFraming() : framingOf(options.interface!);
  const loaded = loadObject(compileProgram(programText(options, framing)));
  try {
    return new Capture(loaded, framing, options);
  } catch (error) {
    loaded.close();
    throw error;
  }
}

function programText(options: CaptureOptions, { linkType }: Framing): string {
  const { at, expression, snapLength, direction, bufferSize } = options;
  const program = { linkType, expression, snapLength, direction, bufferSize };
  if (at === undefined) return socketProgramText(program);
  const { symbol, parameter } = findPacketFunction(at);
  const only = options.interface === undefined ? undefined : requireInterface(options.interface);
  return functionProgramText(program, symbol, parameter, only);
}
