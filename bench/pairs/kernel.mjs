// Programs in the kernel, for the comparison of pairs: what they are, what they do, and what a run of them costs.
import { Buffer } from 'node:buffer';
import koffi from 'koffi';
import { checkObject } from '../../dist/compiler/object/index.js';
import { readMapInfo } from '../../dist/runtime/maps/info.js';
import { loadObject, testRun } from '../../dist/runtime/index.js';
import * as libbpf from '../../dist/runtime/native/libbpf.js';

const libc = koffi.load('libc.so.6');
const clockGettime = libc.func('int clock_gettime(int clock, void *time)');
const schedSetaffinity = libc.func('int sched_setaffinity(int process, size_t size, void *mask)');
const threadClock = 3; // CLOCK_THREAD_CPUTIME_ID
const perCpuTypes = [5, 6, 10, 21]; // BPF_MAP_TYPE_PERCPU_HASH, _PERCPU_ARRAY, _LRU_PERCPU_HASH, _PERCPU_CGROUP_STORAGE

/** Keeps this thread on the first CPU, so that per-CPU maps can be compared and caches stay warm. */
export function stayOnOneCpu() {
  schedSetaffinity(0, 8, new BigUint64Array([1n]));
}

/** One program of an object, loaded with its maps. */
export class Subject {
  /** @param {Uint8Array} bytes an object with one program. */
  constructor(bytes) {
    const { programs, functions } = checkObject(bytes);
    if (programs.length !== 1) throw new Error(`an object of the pairs has one program, not ${programs.length}`);
    this.instructions = [...programs, ...functions].reduce((sum, { count }) => sum + count, 0);
    this.object = loadObject(bytes);
    this.program = this.object.programs[programs[0].name].load();
    const info = Buffer.alloc(232);
    if (libbpf.objectInfo(this.program.fd, info, new Uint32Array([info.length])) < 0)
      throw new Error('no bpf_prog_info');
    // struct bpf_prog_info of linux/bpf.h: jited_prog_len and verified_insns.
    this.jitedBytes = info.readUInt32LE(16);
    this.verified = info.readUInt32LE(216);
  }

  close() {
    this.object.close();
  }

  fill(entries) {
    for (const [name, pairs] of Object.entries(entries ?? {})) {
      for (const [key, value] of pairs) {
        if (libbpf.mapUpdate(this.map(name).fd, key, value, 0) < 0)
          throw new Error(`map '${name}' takes no such entry`);
      }
    }
  }

  run(packet, context, repeat) {
    const { value, packet: after } = testRun(this.program, { packet, ...(context && { context }), repeat });
    return { value, packet: Buffer.from(after).toString('hex') };
  }

  /** The entries of a map, in the order of their keys, the hidden bytes of values zeroed. */
  entries(name, hidden) {
    const { fd } = this.map(name);
    const { type, keySize, valueSize } = readMapInfo(fd, name);
    const size = perCpuTypes.includes(type) ? Math.ceil(valueSize / 8) * 8 * libbpf.possibleCpus() : valueSize;
    const found = [];
    let key = null;
    for (let next = Buffer.alloc(keySize); libbpf.mapNextKey(fd, key, next) === 0; next = Buffer.alloc(keySize)) {
      key = next;
      const value = Buffer.alloc(size);
      if (libbpf.mapLookup(fd, key, value) < 0) continue;
      if (hidden) value.fill(0, ...hidden);
      found.push(`${key.toString('hex')}: ${value.toString('hex')}`);
    }
    return found.sort();
  }

  /** What a ring buffer holds: bytes, or objects where its BTF tells how they are laid out. */
  events(name) {
    const found = [];
    for (let event = this.map(name).read(); event !== undefined; event = this.map(name).read()) found.push(event);
    return found;
  }

  /** Nanoseconds of processor time that this many runs take in one call of BPF_PROG_TEST_RUN. */
  time(packet, context, repeat) {
    const before = threadTime();
    testRun(this.program, { packet, ...(context && { context }), repeat });
    return Number(threadTime() - before);
  }

  map(name) {
    const map = this.object.maps[name];
    if (!map) throw new Error(`there is no map '${name}'`);
    return map;
  }
}

/** The processor time of this thread, in nanoseconds. */
export function threadTime() {
  const time = new BigInt64Array(2);
  clockGettime(threadClock, time);
  return time[0] * 1_000_000_000n + time[1];
}
