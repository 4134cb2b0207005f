/**
 * perf_event_open(2) and what is done to its descriptors: output buffers, probes and tracepoints with BPF programs.
 */
import { libc } from './libc.js';
import { addressOf, lastErrno } from './library.js';

/** __NR_perf_event_open, by `process.arch`. */
const SYSTEM_CALL: Readonly<Record<string, number>> = { x64: 298, arm64: 241, riscv64: 241, ppc64: 319, s390x: 331 };

const ATTRIBUTE_SIZE = 112;
const FLAG_CLOEXEC = 8;
const ENABLE = 0x2400;
const DISABLE = 0x2401;
const SET_BPF = 0x40042408;

export const PERF_TYPE_SOFTWARE = 1;
export const PERF_TYPE_TRACEPOINT = 2;
export const PERF_COUNT_SW_BPF_OUTPUT = 10;
export const PERF_SAMPLE_RAW = 1 << 10;
export const PERF_FORMAT_LOST = 1 << 4;

const native = {
  syscall: libc.declare<
    (call: number, attributes: Uint8Array, pid: number, cpu: number, group: number, flags: number) => number
  >('long syscall(long call, void *attributes, int pid, int cpu, int group, unsigned long flags)'),
  ioctl: libc.declare<(fd: number, request: number, argument: number) => number>(
    'int ioctl(int fd, unsigned long request, unsigned long argument)',
  ),
  read: libc.declare<(fd: number, bytes: BigUint64Array, size: number) => number>(
    'long read(int fd, void *bytes, size_t size)',
  ),
};

/** The fields of struct perf_event_attr that we use. */
export interface PerfEvent {
  readonly type: number;
  readonly config: number;
  readonly samplePeriod?: number;
  readonly sampleType?: number;
  readonly readFormat?: number;
  readonly wakeupEvents?: number;
  /** config1 as the address of a string: `kprobe_func`, `uprobe_path`. */
  readonly name?: string | undefined;
  /** config2: the offset in the function or file. */
  readonly offset?: bigint | undefined;
}

/**
 * Opens a perf event on one CPU, or for one process on all CPUs.
 *
 * @param pid -1 for all processes; then `cpu` is not -1.
 * @returns a descriptor, or -errno.
 */
export function openPerfEvent(event: PerfEvent, pid: number, cpu: number): number {
  const attributes = new DataView(new ArrayBuffer(ATTRIBUTE_SIZE));
  attributes.setUint32(0, event.type, true);
  attributes.setUint32(4, ATTRIBUTE_SIZE, true);
  attributes.setBigUint64(8, BigInt(event.config), true);
  attributes.setBigUint64(16, BigInt(event.samplePeriod ?? 0), true);
  attributes.setBigUint64(24, BigInt(event.sampleType ?? 0), true);
  attributes.setBigUint64(32, BigInt(event.readFormat ?? 0), true);
  attributes.setUint32(48, event.wakeupEvents ?? 0, true);
  const name = event.name === undefined ? undefined : Buffer.from(`${event.name}\0`);
  if (name) attributes.setBigUint64(56, BigInt(addressOf(name)), true);
  attributes.setBigUint64(64, event.offset ?? 0n, true);
  const call = SYSTEM_CALL[process.arch];
  if (call === undefined) return -ENOSYS;
  const fd = native.syscall(call, new Uint8Array(attributes.buffer), pid, cpu, -1, FLAG_CLOEXEC);
  return Number(fd) < 0 ? -lastErrno() : Number(fd);
}

const ENOSYS = 38;

/** Lets the event happen. Returns 0 or -errno. */
export function enablePerfEvent(fd: number): number {
  return native.ioctl(fd, ENABLE, 0) < 0 ? -lastErrno() : 0;
}

/** Stops the event. Returns 0 or -errno. */
export function disablePerfEvent(fd: number): number {
  return native.ioctl(fd, DISABLE, 0) < 0 ? -lastErrno() : 0;
}

/** Runs a BPF program at the event, until the event's descriptor is closed. Returns 0 or -errno. */
export function setPerfEventProgram(fd: number, program: number): number {
  return native.ioctl(fd, SET_BPF, program) < 0 ? -lastErrno() : 0;
}

/**
 * The samples that the kernel lost, of an event that was opened with PERF_FORMAT_LOST (Linux 6.0).
 *
 * @returns undefined where the kernel does not say.
 */
export function readLostSamples(fd: number): number | undefined {
  const counts = new BigUint64Array(2);
  return Number(native.read(fd, counts, 16)) === 16 ? Number(counts[1]) : undefined;
}
