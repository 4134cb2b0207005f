/** `testRun`: runs a program once or many times in the kernel, on bytes instead of a network (BPF_PROG_TEST_RUN). */
import { constants } from 'node:os';
import { requireProgram, type ProgramReference } from './attach/handle.js';
import { check, TsbpfError, UnsupportedFeatureError } from './errors.js';
import { codecOf } from './maps/codec.js';
import { hostIsLittleEndian, type StructLayout } from './maps/layout.js';
import { programTestRun } from './native/libbpf.js';
import { allocate } from './native/libc.js';
import { ProgramType, type Program } from './program.js';
import { ETHERNET_HEADER, inputPacket, whyInvalid } from './test-packet.js';
import { rawArguments, sockBuffer, xdpContext } from './test-context.js';

export interface TestRunOptions {
  /**
   * The packet, from the first byte that the program sees at offset 0: at least 14 bytes, of Ethernet, and at most 3520, but for
   * XDP programs with `frags`.
   */
  readonly packet?: Uint8Array;
  /** Fields of the context by the kernel's names, `{ mark: 1 }`; those not given are 0. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** How often to run; once unless given. */
  readonly repeat?: number;
  /**
   * XDP: runs on frames that then go where the program says, out of the interface `ingress_ifindex` of the context, to a map's
   * target or up the stack (BPF_F_TEST_XDP_LIVE_FRAMES, Linux 5.18). Then there is no packet to look at, and `value` is 0.
   */
  readonly liveFrames?: boolean;
}

export interface TestRunResult {
  /** The program's own result, as an unsigned 32-bit number. */
  readonly value: number;
  /** The packet after the program; empty for programs without one. */
  readonly packet: Uint8Array;
  /** Nanoseconds that one run took, on average. */
  readonly duration: number;
}

/** A program may make its packet longer. */
const OUTPUT_ROOM = 64 * 1024;
const OPTIONS_SIZE = 80;
/** BPF_F_TEST_XDP_LIVE_FRAMES (linux/bpf.h). */
const LIVE_FRAMES = 1 << 1;

const packetPrograms: readonly number[] = [
  ProgramType.socketFilter,
  ProgramType.schedClassifier,
  ProgramType.schedAction,
  ProgramType.xdp,
  ProgramType.cgroupSkb,
];

/**
 * Runs a program on a packet, loading it if need be.
 *
 * @param program a program of a packet type, or a raw tracepoint (`context: { args: [1n, 2n] }`).
 * @returns the result, the packet afterwards, and nanoseconds a run.
 * @throws VerifierError where the program is refused; TsbpfError for a packet under 14 bytes or, in XDP without `frags`, of
 *   more than one buffer, or an unknown field of the context; UnsupportedFeatureError for types that the kernel cannot test-run, such as kprobes.
 */
export function testRun(program: ProgramReference, options: TestRunOptions = {}): TestRunResult {
  const handle = requireProgram(program, 'testRun');
  const { fd, type } = handle;
  const packet = packetPrograms.includes(type) ? inputPacket(handle, options.packet) : new Uint8Array();
  const context = encodeContext(handle, options.context, packet.length);
  const repeat = type === ProgramType.rawTracepoint || type === ProgramType.syscall ? 0 : repetitions(options.repeat);
  const isLive = options.liveFrames === true && type === ProgramType.xdp;
  const room = packet.length > 0 && !isLive ? OUTPUT_ROOM : 0;
  const memory = allocate(packet.length + room + context.length + 1);
  try {
    memory.bytes.set(packet);
    memory.bytes.set(context, packet.length + room);
    const run = optionsOf(memory.pointer, packet.length, room, context.length, repeat);
    if (isLive) run.setUint32(68, LIVE_FRAMES, hostIsLittleEndian);
    checkRun(programTestRun(fd, new Uint8Array(run.buffer)), handle, packet, options.context !== undefined);
    const word = (offset: number) => run.getUint32(offset, hostIsLittleEndian);
    const output = memory.bytes.slice(packet.length, packet.length + Math.min(word(28), room));
    return {
      value: word(56),
      packet: type === ProgramType.socketFilter ? output.slice(ETHERNET_HEADER) : output,
      duration: word(64),
    };
  } finally {
    memory.free();
  }
}

/** struct bpf_test_run_opts (bpf.h); memory holds the packet, room for the packet after, and the context. */
function optionsOf(pointer: bigint, packet: number, room: number, context: number, repeat: number): DataView {
  const view = new DataView(new ArrayBuffer(OPTIONS_SIZE));
  const word = (offset: number, value: number) => view.setUint32(offset, value, hostIsLittleEndian);
  const address = (offset: number, value: bigint) => view.setBigUint64(offset, value, hostIsLittleEndian);
  address(0, BigInt(OPTIONS_SIZE));
  if (packet > 0) address(8, pointer);
  if (room > 0) address(16, pointer + BigInt(packet));
  word(24, packet);
  word(28, room);
  if (context > 0) address(32, pointer + BigInt(packet + room));
  word(48, context);
  word(60, repeat);
  return view;
}

function encodeContext(program: Program, fields: TestRunOptions['context'], packetLength: number): Uint8Array {
  if (!fields) return new Uint8Array();
  if (program.type === ProgramType.rawTracepoint) return rawArguments(fields['args']);
  const layout = program.type === ProgramType.xdp ? xdpContext : sockBuffer;
  const unknown = Object.keys(fields).find((name) => !layout.fields.some((field) => field.name === name));
  if (unknown !== undefined) {
    throw new TsbpfError(`The context of program '${program.name}' has no field '${unknown}'.`, {
      code: 'TSBPF2031',
      operation: 'run program',
      subject: program.name,
      hint: `It has: ${layout.fields.map(({ name }) => name).join(', ')}.`,
    });
  }
  const bounds = program.type === ProgramType.xdp ? { data_end: packetLength } : {};
  return codecOf<object>(layout).encode({ ...zeros(layout), ...fields, ...bounds }, 'context');
}

function zeros(layout: StructLayout): object {
  return codecOf<object>(layout).decodeBytes(new Uint8Array(layout.size));
}

function repetitions(repeat = 1): number {
  if (Number.isInteger(repeat) && repeat > 0 && repeat <= 0x7fffffff) return repeat;
  throw new TsbpfError(`A program cannot be run ${repeat} times.`, {
    code: 'TSBPF2032',
    operation: 'run program',
    hint: '`repeat` is a whole number from 1 on.',
  });
}

function checkRun(result: number, program: Program, packet: Uint8Array, hasContext: boolean): void {
  const unsupported = [constants.errno.EOPNOTSUPP, 524];
  if (unsupported.includes(-result)) {
    throw new UnsupportedFeatureError({
      feature: `test runs of programs in section '${program.section}'`,
      needs: 'attaching, and the event to happen',
      operation: 'run program',
      subject: program.name,
    });
  }
  const hint = -result === constants.errno.EINVAL ? whyInvalid(program, packet, hasContext) : undefined;
  check(result, 'run program', program.name, hint);
}
