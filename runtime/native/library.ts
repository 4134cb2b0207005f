/**
 * Foreign libraries, opened when their first function is called, so that importing them never fails.
 */
import type { LibraryHandle } from 'koffi';
import { koffi } from './koffi.js';

/** An address in this process. `null` is C's NULL. */
export type Pointer = bigint;

export interface ForeignLibrary {
  /**
   * A foreign function by its C prototype. The library is opened and the symbol looked up at the first call.
   *
   * Pointers are `void *`: they take a typed array (its memory, for the length of the call), a `Pointer` or null, and
   * come back as `Pointer` or null.
   */
  declare<F extends (...args: never[]) => unknown>(prototype: string): F;
  /** As `declare`, but opened and looked up at once: a call of it costs nothing beside the foreign one. */
  bind<F extends (...args: never[]) => unknown>(prototype: string): F;
  /** Whether the library is there and has this symbol. */
  has(symbol: string): boolean;
}

/**
 * A library by the names that it may have.
 *
 * @param files tried in order; null is the process itself (libc, and what Node exports of libuv).
 * @param missing makes the error for when none of them opens, or a symbol lacks.
 * @param prepare runs once, right after the library was opened.
 */
export function foreignLibrary(
  files: readonly (string | null)[],
  missing: (detail: string) => Error,
  prepare?: (library: LibraryHandle) => void,
): ForeignLibrary {
  let handle: LibraryHandle | undefined;
  const open = () => {
    if (!handle) {
      handle = openFirst(files, missing);
      prepare?.(handle);
    }
    return handle;
  };
  const bind = (prototype: string) => {
    const library = open();
    try {
      return library.func(prototype) as (...args: unknown[]) => unknown;
    } catch (failure) {
      throw missing(failure instanceof Error ? failure.message : String(failure));
    }
  };
  return {
    declare<F extends (...args: never[]) => unknown>(prototype: string): F {
      let bound: ((...args: unknown[]) => unknown) | undefined;
      return ((...args: unknown[]) => (bound ??= bind(prototype))(...args)) as unknown as F;
    },
    bind<F extends (...args: never[]) => unknown>(prototype: string): F {
      return bind(prototype) as unknown as F;
    },
    has(symbol: string): boolean {
      try {
        open().symbol(symbol);
        return true;
      } catch {
        return false;
      }
    },
  };
}

function openFirst(files: readonly (string | null)[], missing: (detail: string) => Error): LibraryHandle {
  const failures: string[] = [];
  const { load } = koffi();
  for (const file of files) {
    try {
      return load(file);
    } catch (failure) {
      failures.push(`${file ?? 'this process'}: ${failure instanceof Error ? failure.message : String(failure)}`);
    }
  }
  throw missing(failures.join('; '));
}

/** errno of the foreign call before, positive. Only meaningful right after it. */
export function lastErrno(): number {
  return koffi().errno();
}

/**
 * Memory that does not move, for what foreign code keeps a pointer to. Zeroed; freed by `free`.
 *
 * @param size in bytes.
 */
export function allocate(size: number): { readonly pointer: Pointer; readonly bytes: Uint8Array; free(): void } {
  const pointer = koffi().alloc('uint8_t', size) as Pointer;
  const bytes = new Uint8Array(koffi().view(pointer, size));
  bytes.fill(0);
  return { pointer, bytes, free: () => koffi().free(pointer) };
}

/**
 * An ArrayBuffer over foreign memory, without a copy. The memory has to outlive every use of it.
 *
 * @param length in bytes.
 */
export function viewMemory(pointer: Pointer, length: number): ArrayBuffer {
  return koffi().view(pointer, length);
}

/** The address of a typed array's first byte; it is valid as long as the array's memory lives and is not moved. */
export function addressOf(bytes: Uint8Array): Pointer {
  return koffi().address(bytes);
}

/** The NUL-terminated string at an address. */
export function readString(pointer: Pointer): string {
  return koffi().decode.string(pointer) as string;
}

/**
 * The function without parameters whose machine code is at an address.
 *
 * @param result C type of the result.
 */
export function foreignFunction(pointer: Pointer, result: string): () => number {
  const { decode, proto } = koffi();
  return decode(pointer, proto(result, [])) as () => number;
}

/**
 * A JavaScript function that foreign code may call, until `release`. Only from the thread that runs JavaScript.
 *
 * @param result C type of the result.
 * @param parameters C types of the parameters.
 */
export function foreignCallback(
  callback: (...args: any[]) => unknown,
  result: string,
  parameters: readonly string[],
): { readonly pointer: Pointer; release(): void } {
  const type = koffi().pointer(koffi().proto(result, [...parameters]));
  const pointer = koffi().register(callback, type);
  return { pointer, release: () => koffi().unregister(pointer) };
}
