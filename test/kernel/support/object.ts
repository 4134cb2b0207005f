/** Programs in C for tests of the runtime alone: compiled by clang, loaded through libbpf, handed on as handles. */
import { spawnSync } from 'node:child_process';
import { closeDescriptor } from '../../../runtime/native/libc.js';
import * as libbpf from '../../../runtime/native/libbpf.js';
import { addressOf } from '../../../runtime/native/library.js';
import { Program } from '../../../runtime/program.js';
import { machineHeaders } from '../../support/machine.js';

const HEADERS = `
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
char _license[] SEC("license") = "GPL";
`;

/** The bytes of an object made of C source, with the usual headers before it. */
export function compileC(source: string): Uint8Array {
  const flags = ['-target', 'bpf', '-O2', '-g', '-mcpu=v3', machineHeaders, '-x', 'c', '-c'];
  const result = spawnSync('clang-19', [...flags, '-', '-o', '-'], { input: HEADERS + source, maxBuffer: 1 << 26 });
  if (result.status !== 0) throw new Error(`clang: ${result.stderr.toString()}`);
  return new Uint8Array(result.stdout);
}

/** A loaded object. Closing it gives everything back. */
export class TestObject implements Disposable {
  readonly #object: libbpf.ObjectPointer;
  #open = true;

  constructor(bytes: Uint8Array) {
    const { result, messages } = libbpf.withMessages(() => {
      const object = libbpf.openObject(bytes);
      if (typeof object === 'number') return object;
      const status = libbpf.objectLoad(object);
      if (status === 0) return object;
      libbpf.objectClose(object);
      return status;
    });
    if (typeof result === 'number') throw new Error(`load: ${result}\n${messages.join('\n')}`);
    this.#object = result;
  }

  program(name: string): Program {
    const pointer = libbpf.objectFindProgram(this.#object, name);
    if (pointer === null) throw new Error(`no program ${name}`);
    const loaded = {
      fd: libbpf.programFd(pointer),
      pointer,
      type: libbpf.programType(pointer),
      close: () => undefined,
    };
    return new Program({ name, section: () => libbpf.programSection(pointer), load: () => loaded });
  }

  /** The object's own descriptor of a map. */
  mapFd(name: string): number {
    const pointer = libbpf.objectFindMap(this.#object, name);
    if (pointer === null) throw new Error(`no map ${name}`);
    return libbpf.mapFd(pointer);
  }

  /** A u64 of an array map. */
  count(map: string, key = 0): number {
    const value = new Uint8Array(8);
    const status = libbpf.mapLookup(this.mapFd(map), word(key), value);
    if (status < 0) throw new Error(`lookup ${map}[${key}]: ${status}`);
    return Number(new DataView(value.buffer).getBigUint64(0, true));
  }

  setCount(map: string, key: number, value: number): void {
    const bytes = new Uint8Array(new BigUint64Array([BigInt(value)]).buffer);
    const status = libbpf.mapUpdate(this.mapFd(map), word(key), bytes, 0);
    if (status < 0) throw new Error(`update ${map}[${key}]: ${status}`);
  }

  [Symbol.dispose](): void {
    if (this.#open) libbpf.objectClose(this.#object);
    this.#open = false;
  }
}

function word(value: number): Uint8Array {
  return new Uint8Array(new Uint32Array([value]).buffer);
}

export function loadC(source: string): TestObject {
  return new TestObject(compileC(source));
}

/** Runs a program in the kernel `repeat` times on a packet of zeros (BPF_PROG_TEST_RUN); returns its last result. */
export function run(program: Program, repeat = 1): number {
  const data = Buffer.alloc(64);
  const size = 80;
  const options = new DataView(new ArrayBuffer(size));
  options.setBigUint64(0, BigInt(size), true);
  options.setBigUint64(8, BigInt(addressOf(data)), true);
  options.setUint32(24, data.length, true);
  options.setInt32(60, repeat, true);
  const status = libbpf.programTestRun(program.fd, new Uint8Array(options.buffer));
  if (status < 0) throw new Error(`test run: ${status}`);
  return options.getUint32(56, true);
}

/** A descriptor of its own, for what takes it over. */
export { duplicateDescriptor } from '../../../runtime/native/libc.js';
export { closeDescriptor };
