/**
 * A barrier between reads of memory that other processors write. JavaScript has none: `Atomics.load` keeps what follows
 * it behind itself, not behind the plain reads before it. WebAssembly has one, which the engine compiles to the machine's
 * own instruction.
 */

/** A module with one function, `f`, that is `atomic.fence` and nothing else (WebAssembly, threads proposal). */
const MODULE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  // Types: one function without parameters and results. Functions: one of that type. Exports: it, as `f`.
  ...[1, 4, 1, 0x60, 0, 0],
  ...[3, 2, 1, 0],
  ...[7, 5, 1, 1, 0x66, 0, 0],
  // Code: no locals; atomic.fence; end.
  ...[10, 7, 1, 5, 0, 0xfe, 3, 0, 0x0b],
);

/** What is used of the global `WebAssembly`, which Node's types leave to those of browsers. */
interface Engine {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: { readonly f: () => void } };
}

let made: (() => void) | undefined;
let tried = false;

/**
 * All reads before a call of the function are done before any read after it.
 *
 * @returns undefined where the engine has no WebAssembly (`--jitless`); read each header by `Atomics.load` then.
 */
export function memoryFence(): (() => void) | undefined {
  if (!tried) {
    tried = true;
    try {
      const { Module, Instance } = (globalThis as unknown as { WebAssembly: Engine }).WebAssembly;
      made = new Instance(new Module(MODULE)).exports.f;
    } catch {
      made = undefined;
    }
  }
  return made;
}
