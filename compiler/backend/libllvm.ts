/** LLVM's C API through koffi: finding the library, and the two dozen functions that the back end calls. */
import koffi from 'koffi';
import type { LibraryHandle } from 'koffi';
import { existsSync } from 'node:fs';
import { supportedVersions } from './backend.js';

/** An address in LLVM's memory; LLVM owns what it points to. */
export type Pointer = bigint | null;

const signatures = {
  LLVMInitializeBPFTargetInfo: ['void', []],
  LLVMInitializeBPFTarget: ['void', []],
  LLVMInitializeBPFTargetMC: ['void', []],
  LLVMInitializeBPFAsmPrinter: ['void', []],
  LLVMInitializeBPFAsmParser: ['void', []],
  LLVMGetTargetFromTriple: ['int', ['str', '_Out_ void **', '_Out_ void **']],
  LLVMCreateTargetMachine: ['void *', ['void *', 'str', 'str', 'str', 'int', 'int', 'int']],
  LLVMDisposeTargetMachine: ['void', ['void *']],
  LLVMCreateTargetDataLayout: ['void *', ['void *']],
  LLVMDisposeTargetData: ['void', ['void *']],
  LLVMSetModuleDataLayout: ['void', ['void *', 'void *']],
  LLVMSetTarget: ['void', ['void *', 'str']],
  LLVMContextCreate: ['void *', []],
  LLVMContextDispose: ['void', ['void *']],
  LLVMContextSetDiagnosticHandler: ['void', ['void *', 'void *', 'void *']],
  LLVMGetDiagInfoDescription: ['void *', ['void *']],
  LLVMGetDiagInfoSeverity: ['int', ['void *']],
  LLVMInstallFatalErrorHandler: ['void', ['void *']],
  LLVMCreateMemoryBufferWithMemoryRangeCopy: ['void *', ['void *', 'size_t', 'str']],
  LLVMParseIRInContext: ['int', ['void *', 'void *', '_Out_ void **', '_Out_ void **']],
  LLVMDisposeModule: ['void', ['void *']],
  LLVMVerifyModule: ['int', ['void *', 'int', '_Out_ void **']],
  LLVMCreatePassBuilderOptions: ['void *', []],
  LLVMDisposePassBuilderOptions: ['void', ['void *']],
  LLVMRunPasses: ['void *', ['void *', 'str', 'void *', 'void *']],
  LLVMGetFirstFunction: ['void *', ['void *']],
  LLVMGetNextFunction: ['void *', ['void *']],
  LLVMGetFirstBasicBlock: ['void *', ['void *']],
  LLVMGetNextBasicBlock: ['void *', ['void *']],
  LLVMGetFirstInstruction: ['void *', ['void *']],
  LLVMGetNextInstruction: ['void *', ['void *']],
  LLVMGetNumOperands: ['int', ['void *']],
  LLVMGetOperand: ['void *', ['void *', 'uint']],
  LLVMIsUndef: ['int', ['void *']],
  LLVMSetOperand: ['void', ['void *', 'uint', 'void *']],
  LLVMConstNull: ['void *', ['void *']],
  LLVMTypeOf: ['void *', ['void *']],
  LLVMGetErrorMessage: ['void *', ['void *']],
  LLVMDisposeErrorMessage: ['void', ['void *']],
  LLVMTargetMachineEmitToMemoryBuffer: ['int', ['void *', 'void *', 'int', '_Out_ void **', '_Out_ void **']],
  LLVMGetBufferStart: ['void *', ['void *']],
  LLVMGetBufferSize: ['size_t', ['void *']],
  LLVMDisposeMemoryBuffer: ['void', ['void *']],
  LLVMPrintModuleToString: ['void *', ['void *']],
  LLVMDisposeMessage: ['void', ['void *']],
} as const satisfies Record<string, readonly [string, readonly string[]]>;

/** The C API, by its own names; a function is declared when it is first named. */
export type LlvmFunctions = { readonly [Name in keyof typeof signatures]: (...values: unknown[]) => any };

export interface LlvmLibrary {
  readonly path: string;
  /** LLVM's major version, as the library itself says. */
  readonly version: number;
  readonly functions: LlvmFunctions;
}

/**
 * Loads a libLLVM. It is never unloaded: LLVM keeps global state and exit handlers.
 *
 * @param path one library, by name or path; without it the newest of those that are installed.
 * @returns undefined where there is none, or where the one found is too old.
 */
export function loadLibrary(path?: string): LlvmLibrary | undefined {
  for (const candidate of path === undefined ? candidates() : [path]) {
    const library = open(candidate);
    if (library) return library;
  }
  return undefined;
}

/** Folders of the loader's own search, by which a library is found before it is loaded. */
const folders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib', '/lib'];

/**
 * Has the library that `loadLibrary` would choose loaded on another thread, which takes as long as checking a program. Never
 * throws: what is not found here is found, or reported, when it is needed.
 */
export function prefetchLibrary(): void {
  try {
    const found = firstInstalled();
    // RTLD_NOW, as koffi loads it. The handle is never closed: koffi's own is of the same library.
    if (found !== undefined)
      koffi
        .load(null)
        .func('dlopen', 'void *', ['str', 'int'])
        .async(found, 2, () => undefined);
  } catch {
    return;
  }
}

function firstInstalled(): string | undefined {
  for (const candidate of candidates()) {
    const places = candidate.startsWith('/') ? [candidate] : folders.map((folder) => `${folder}/${candidate}`);
    const found = places.find((place) => existsSync(place));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Where distributions put the library: by soname since 18, by `-N` names before, then LLVM's private folders. */
function* candidates(): Generator<string> {
  for (const version of supportedVersions) {
    if (version >= 18) yield `libLLVM.so.${version}.1`;
    yield `libLLVM-${version}.so`;
    yield `libLLVM-${version}.so.1`;
    yield `/usr/lib/llvm-${version}/lib/libLLVM.so.1`;
    yield `/usr/lib/llvm-${version}/lib/libLLVM-${version}.so.1`;
    yield `/usr/lib/llvm${version}/lib/libLLVM.so.${version}.1`;
    yield `/usr/lib64/llvm${version}/lib64/libLLVM.so.${version}.1`;
  }
  yield 'libLLVM.so';
}

function open(path: string): LlvmLibrary | undefined {
  let library: LibraryHandle;
  try {
    library = koffi.load(path);
  } catch {
    return undefined;
  }
  const version = versionOf(library, path);
  return version !== undefined && version >= 15 ? { path, version, functions: bind(library) } : undefined;
}

/** LLVMGetVersion came with 16; an older library says its version only by its name. */
function versionOf(library: LibraryHandle, path: string): number | undefined {
  try {
    const major = [0];
    library.func('LLVMGetVersion', 'void', ['_Out_ uint *', '_Out_ uint *', '_Out_ uint *'])(major, [0], [0]);
    return major[0];
  } catch {
    const named = /libLLVM-(\d+)/.exec(path);
    return named ? Number(named[1]) : undefined;
  }
}

function bind(library: LibraryHandle): LlvmFunctions {
  const functions = {} as LlvmFunctions;
  for (const [name, [result, parameters]] of Object.entries(signatures)) {
    const get = (): unknown => {
      const value = library.func(name, result, [...parameters]);
      Object.defineProperty(functions, name, { value });
      return value;
    };
    Object.defineProperty(functions, name, { get, configurable: true });
  }
  return functions;
}

/** The text at an address, up to its NUL. */
export function readText(address: Pointer): string {
  return address ? (koffi.decode(address, 'char', -1) as string) : '';
}

/** A copy of memory that LLVM owns. */
export function readBytes(address: Pointer, length: number): Uint8Array {
  return address && length > 0 ? new Uint8Array(koffi.view(address, length)).slice() : new Uint8Array();
}

export interface Callback {
  readonly address: bigint;
  dispose(): void;
}

/** A function that LLVM can call with the given pointers until it is disposed. */
export function makeCallback(parameters: number, callback: (...values: Pointer[]) => void): Callback {
  const type = koffi.pointer(koffi.proto('void', Array<string>(parameters).fill('void *')));
  const address = koffi.register(callback, type);
  return { address, dispose: () => koffi.unregister(address) };
}
