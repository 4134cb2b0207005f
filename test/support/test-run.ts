/** Loads the programs of an object and runs them by BPF_PROG_TEST_RUN: libbpf alone, so that it can judge the runtime. */
import { addressOf } from '../../runtime/native/library.js';
import { allocateZeroed } from '../../runtime/native/libc.js';
import {
  objectClose,
  objectFindProgram,
  objectLoad,
  objectNextProgram,
  openObject,
  programFd,
  programName,
  programSetAutoload,
  programSetLogBuffer,
  programTestRun,
  withMessages,
  type ObjectPointer,
} from '../../runtime/native/libbpf.js';

/** What the verifier says of one program, in bytes. */
const logSize = 1 << 20;

export interface RunResult {
  /** What the program returned, as an unsigned 32-bit number. */
  readonly value: number;
  /** The packet as the program left it. */
  readonly packet: Uint8Array;
}

/** A program in the kernel, as long as its object is open. */
export interface LoadedTestProgram {
  readonly fd: number;
  run(packet: Uint8Array): RunResult;
}

/** An object whose programs are loaded together, without those that the kernel refuses. */
export class TestObject implements Disposable {
  private object: ObjectPointer | undefined;
  /** By the names of programs: what libbpf said of them, the verifier's log included. */
  private readonly refused = new Map<string, string>();

  constructor(private readonly bytes: Uint8Array) {}

  /** @throws {Error} with libbpf's messages, the verifier's log among them. */
  program(name: string): LoadedTestProgram {
    this.object ??= this.load();
    const refusal = this.refused.get(name);
    if (refusal !== undefined) throw new Error(`the kernel refuses ${name}: ${refusal}`);
    const program = objectFindProgram(this.object, name);
    if (!program) throw new Error(`the object has no program ${name}`);
    const fd = programFd(program);
    return { fd, run: (packet) => testRun(fd, packet) };
  }

  [Symbol.dispose](): void {
    if (this.object !== undefined) objectClose(this.object);
    this.object = undefined;
  }

  private load(): ObjectPointer {
    const log = allocateZeroed(logSize);
    try {
      return this.loadWith(log);
    } finally {
      log.free();
    }
  }

  /** Each try that fails names one program, which the next leaves out. */
  private loadWith(log: ReturnType<typeof allocateZeroed>): ObjectPointer {
    for (;;) {
      const object = open(this.bytes);
      for (let program = objectNextProgram(object, null); program; program = objectNextProgram(object, program)) {
        programSetAutoload(program, !this.refused.has(programName(program)));
        // libbpf's own message holds the log's beginning only.
        programSetLogBuffer(program, log.pointer, logSize);
      }
      const { result, messages } = withMessages(() => objectLoad(object));
      if (result >= 0) return withoutLogs(object);
      objectClose(object);
      const said = `errno ${-result}\n${messages.join('\n')}\n${log.text()}`;
      const [, name] = /prog '(\w+)': (?:BPF program load failed|failed to load)/.exec(said) ?? [];
      if (name === undefined || this.refused.has(name)) throw new Error(`the object cannot be loaded: ${said}`);
      this.refused.set(name, said);
    }
  }
}

function withoutLogs(object: ObjectPointer): ObjectPointer {
  for (let program = objectNextProgram(object, null); program; program = objectNextProgram(object, program)) {
    programSetLogBuffer(program, null, 0);
  }
  return object;
}

function open(bytes: Uint8Array): ObjectPointer {
  const object = openObject(bytes);
  if (typeof object === 'number') throw new Error(`libbpf cannot open the object: errno ${-object}`);
  return object;
}

/** struct bpf_test_run_opts of bpf/bpf.h: where its members lie, in bytes. */
const options = { size: 80, dataIn: 8, dataOut: 16, dataSizeIn: 24, dataSizeOut: 28, value: 56, repeat: 60 };

function testRun(fd: number, packet: Uint8Array): RunResult {
  const input = fixedBytes(packet.length);
  input.set(packet);
  const output = fixedBytes(packet.length + 256);
  const bytes = fixedBytes(options.size);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(options.size), true);
  view.setBigUint64(options.dataIn, addressOf(input), true);
  view.setBigUint64(options.dataOut, addressOf(output), true);
  view.setUint32(options.dataSizeIn, packet.length, true);
  view.setUint32(options.dataSizeOut, output.length, true);
  view.setInt32(options.repeat, 1, true);
  const status = programTestRun(fd, bytes);
  if (status < 0) throw new Error(`BPF_PROG_TEST_RUN failed: errno ${-status}`);
  return {
    value: view.getUint32(options.value, true),
    packet: output.subarray(0, view.getUint32(options.dataSizeOut, true)),
  };
}

/** V8 keeps small typed arrays where it may move them, unless their buffer was made first. */
function fixedBytes(length: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(length));
}
