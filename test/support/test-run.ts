/** Loads one program of an object and runs it by BPF_PROG_TEST_RUN: libbpf alone, so that it can judge the runtime. */
import { addressOf } from '../../runtime/native/library.js';
import {
  objectClose,
  objectFindProgram,
  objectLoad,
  objectNextProgram,
  openObject,
  programFd,
  programSetAutoload,
  programTestRun,
  withMessages,
  type ObjectPointer,
} from '../../runtime/native/libbpf.js';

export interface RunResult {
  /** What the program returned, as an unsigned 32-bit number. */
  readonly value: number;
  /** The packet as the program left it. */
  readonly packet: Uint8Array;
}

/** A loaded program; close it, or nothing else frees it before the process ends. */
export interface LoadedTestProgram extends Disposable {
  run(packet: Uint8Array): RunResult;
}

/**
 * Loads one program of an object.
 *
 * @throws {Error} with libbpf's messages, the verifier's log among them.
 */
export function loadTestProgram(object: Uint8Array, name: string): LoadedTestProgram {
  const opened = openObject(object);
  if (typeof opened === 'number') throw new Error(`libbpf cannot open the object: errno ${-opened}`);
  try {
    const fd = loadOne(opened, name);
    return { run: (packet) => testRun(fd, packet), [Symbol.dispose]: () => objectClose(opened) };
  } catch (error) {
    objectClose(opened);
    throw error;
  }
}

function loadOne(object: ObjectPointer, name: string): number {
  for (let program = objectNextProgram(object, null); program; program = objectNextProgram(object, program)) {
    programSetAutoload(program, false);
  }
  const program = objectFindProgram(object, name);
  if (!program) throw new Error(`the object has no program ${name}`);
  programSetAutoload(program, true);
  const { result, messages } = withMessages(() => objectLoad(object));
  if (result < 0) throw new Error(`the kernel refuses ${name}: errno ${-result}\n${messages.join('\n')}`);
  return programFd(program);
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
