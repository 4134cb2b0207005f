/**
 * Programs that the verifier refuses, in BPF assembly: what the compiler never writes, so that the kernel's own log can
 * be had of it. `map`, `ring`, `programs` and `constant` are declared in the object.
 */

interface RefusedProgram {
  /** The name of the explanation in runtime/verifier-explanations.ts that is to be found. */
  readonly explanation: string;
  /** An ELF section that libbpf knows. */
  readonly section?: string;
  readonly assembly: readonly string[];
  /** Functions that the program calls, by their names in it. */
  readonly functions?: Readonly<Record<string, readonly string[]>>;
  /** The first release whose verifier takes it. */
  readonly takenSince?: string;
  /** Loaded with CAP_BPF alone, where the verifier trusts a program less. */
  readonly unprivileged?: boolean;
}

const helpers = {
  mapLookup: 1,
  mapUpdate: 2,
  probeRead: 4,
  ktime: 5,
  tracePrintk: 6,
  random: 7,
  skbStoreBytes: 9,
  tailCall: 12,
  currentComm: 16,
  ringReserve: 131,
  mapPush: 87,
  currentTask: 35,
};

const call = (helper: keyof typeof helpers) => `call ${helpers[helper]}`;
const exit = ['r0 = 0', 'exit'];
const random = [call('random')];

/** r0 is the value of key 0 of `map`, or null. */
const lookUp = ['r1 = 0', '*(u32 *)(r10 - 4) = r1', 'r2 = r10', 'r2 += -4', 'r1 = %[map] ll', call('mapLookup')];

/** r0 is the value of key 0 of `map`. */
const value = [...lookUp, 'if r0 != 0 goto 1f', 'exit', '1:'];

/** r2 is the packet of an XDP program, r3 its end. */
const packet = ['r2 = *(u32 *)(r1 + 0)', 'r3 = *(u32 *)(r1 + 4)'];

/** Calls that each call the next, nine frames with the program's own. */
function deepCalls(): Readonly<Record<string, readonly string[]>> {
  const functions: Record<string, readonly string[]> = {};
  for (let depth = 1; depth <= 8; depth++) {
    functions[`deep${depth}`] = depth < 8 ? [`call deep${depth + 1}`, 'exit'] : exit;
  }
  return functions;
}

export const refusedPrograms: Readonly<Record<string, RefusedProgram>> = {
  unchecked_lookup: {
    explanation: 'possibly-undefined',
    assembly: [...lookUp, 'r1 = *(u64 *)(r0 + 0)', ...exit],
  },
  arithmetic_on_unchecked: {
    explanation: 'possibly-undefined',
    assembly: [...lookUp, 'r0 += 8', ...exit],
  },
  number_as_pointer: {
    explanation: 'number-as-address',
    assembly: [...random, 'r0 = *(u64 *)(r0 + 0)', 'exit'],
  },
  past_the_packet: {
    explanation: 'packet-bounds',
    section: 'xdp',
    assembly: [...packet, 'r0 = *(u8 *)(r2 + 0)', 'exit'],
  },
  past_the_value: {
    explanation: 'value-bounds',
    assembly: [...value, 'r0 = *(u64 *)(r0 + 64)', 'exit'],
  },
  negative_index: {
    explanation: 'negative-index',
    assembly: [...value, 'r6 = r0', ...random, 'r0 <<= 32', 'r0 s>>= 60', 'r6 += r0', 'r0 = *(u8 *)(r6 + 0)', 'exit'],
  },
  far_below_the_value: {
    explanation: 'value-bounds',
    assembly: [...value, 'r6 = r0', ...random, 'r0 <<= 32', 'r0 s>>= 32', 'r6 += r0', 'r0 = *(u8 *)(r6 + 0)', 'exit'],
  },
  negative_length: {
    explanation: 'negative-index',
    section: 'kprobe/none',
    assembly: [
      ...random,
      'if r0 s> 8 goto 2f',
      'r2 = r0',
      'r1 = r10',
      'r1 += -8',
      'r3 = 0',
      call('probeRead'),
      '2:',
      ...exit,
    ],
  },
  unbounded_index: {
    explanation: 'no-upper-bound',
    assembly: [
      ...value,
      'r6 = r0',
      call('ktime'),
      'if r0 s< 0 goto 2f',
      'r6 += r0',
      'r0 = *(u8 *)(r6 + 0)',
      '2:',
      ...exit,
    ],
  },
  index_too_large: {
    explanation: 'value-bounds',
    assembly: [...value, 'r6 = r0', ...random, 'r0 &= 255', 'r6 += r0', 'r0 = *(u8 *)(r6 + 0)', 'exit'],
  },
  unbounded_length: {
    explanation: 'no-upper-bound',
    section: 'kprobe/none',
    assembly: [
      call('ktime'),
      'if r0 s< 0 goto 2f',
      'r2 = r0',
      'r1 = r10',
      'r1 += -8',
      'r3 = 0',
      call('probeRead'),
      '2:',
      ...exit,
    ],
  },
  below_the_stack: {
    explanation: 'stack-bounds',
    assembly: ['r1 = 0', '*(u64 *)(r10 - 520) = r1', ...exit],
  },
  variable_stack_index: {
    explanation: 'stack-bounds',
    assembly: [...random, 'r0 &= 1023', 'r1 = r10', 'r1 += r0', 'r0 = *(u8 *)(r1 - 512)', 'exit'],
  },
  unwritten_stack: {
    explanation: 'unwritten-memory',
    unprivileged: true,
    assembly: ['r1 = 0', '*(u32 *)(r10 - 4) = r1', 'r0 = *(u64 *)(r10 - 8)', 'exit'],
  },
  unwritten_key: {
    explanation: 'unwritten-memory',
    unprivileged: true,
    assembly: [
      ...['r1 = 0', '*(u16 *)(r10 - 4) = r1', 'r2 = r10', 'r2 += -4'],
      ...['r1 = %[map] ll', call('mapLookup'), ...exit],
    ],
  },
  no_result: {
    explanation: 'unset-register',
    assembly: ['exit'],
  },
  result_out_of_range: {
    explanation: 'result-range',
    section: 'cgroup/sock_create',
    assembly: ['r0 = 5', 'exit'],
  },
  result_unknown: {
    explanation: 'result-range',
    section: 'cgroup/sock_create',
    assembly: [...random, 'exit'],
  },
  without_end: {
    explanation: 'endless-loop',
    assembly: ['r0 = 0', '1:', 'if r1 == 0 goto 2f', 'goto 1b', '2:', 'exit'],
  },
  stacks_of_calls: {
    explanation: 'stack-of-calls',
    assembly: ['r1 = 0', '*(u64 *)(r10 - 304) = r1', 'call deepest', 'exit'],
    functions: { deepest: ['r1 = 0', '*(u64 *)(r10 - 304) = r1', ...exit] },
  },
  too_many_frames: {
    explanation: 'frames',
    assembly: ['call deep1', 'exit'],
    functions: deepCalls(),
  },
  unknown_helper: {
    explanation: 'helper-not-available',
    assembly: ['call 9999', ...exit],
  },
  helper_of_others: {
    explanation: 'helper-not-available',
    assembly: ['r2 = 0', 'r3 = r10', 'r3 += -8', 'r4 = 0', 'r5 = 0', call('skbStoreBytes'), ...exit],
  },
  outside_the_context: {
    explanation: 'context-access',
    section: 'xdp',
    assembly: ['r0 = *(u32 *)(r1 + 100)', 'exit'],
  },
  context_moved: {
    explanation: 'context-access',
    assembly: ['r1 += 4', 'r0 = *(u32 *)(r1 + 0)', 'exit'],
  },
  reserved_and_kept: {
    explanation: 'not-released',
    assembly: ['r1 = %[ring] ll', 'r2 = 8', 'r3 = 0', call('ringReserve'), ...exit],
  },
  wrong_argument: {
    explanation: 'wrong-argument',
    assembly: ['r1 = 1', 'r2 = r10', 'r2 += -4', call('mapLookup'), ...exit],
  },
  wrong_map: {
    explanation: 'wrong-map',
    assembly: [
      'r1 = 0',
      '*(u64 *)(r10 - 8) = r1',
      'r1 = %[map] ll',
      'r2 = r10',
      'r2 += -8',
      'r3 = 0',
      call('mapPush'),
      ...exit,
    ],
  },
  sum_of_pointers: {
    explanation: 'pointer-arithmetic',
    assembly: [...value, 'r0 += r0', ...exit],
  },
  bits_of_a_pointer: {
    explanation: 'pointer-arithmetic',
    assembly: [...value, 'r0 |= r10', ...exit],
    unprivileged: true,
  },
  half_a_pointer: {
    explanation: 'pointer-arithmetic',
    assembly: [...value, 'w0 += 1', 'r0 = 0', 'exit'],
  },
  address_in_a_map: {
    explanation: 'address-leak',
    assembly: [...value, '*(u64 *)(r0 + 0) = r10', ...exit],
    unprivileged: true,
  },
  address_returned: {
    explanation: 'address-leak',
    assembly: ['r0 = r10', 'exit'],
    unprivileged: true,
  },
  address_compared: {
    explanation: 'pointer-comparison',
    assembly: ['r0 = 0', 'r2 = r10', 'if r2 > 5 goto 1f', 'r0 = 1', '1:', 'exit'],
    unprivileged: true,
  },
  misaligned: {
    explanation: 'misaligned',
    assembly: ['r1 = 0', '*(u64 *)(r10 - 12) = r1', ...exit],
  },
  constant_written: {
    explanation: 'constant-memory',
    assembly: ['r1 = %[constant] ll', 'r2 = 1', '*(u32 *)(r1 + 0) = r2', ...exit],
  },
  packet_to_helper: {
    explanation: 'packet-to-helper',
    section: 'xdp',
    assembly: [
      ...packet,
      'r4 = r2',
      'r4 += 8',
      'if r4 > r3 goto 1f',
      'r1 = r2',
      'r2 = 8',
      call('tracePrintk'),
      '1:',
      ...exit,
    ],
  },
  packet_written: {
    explanation: 'packet-is-read-only',
    section: 'cgroup_skb/ingress',
    assembly: [
      'r2 = *(u32 *)(r1 + 76)',
      'r3 = *(u32 *)(r1 + 80)',
      ...['r4 = r2', 'r4 += 8', 'if r4 > r3 goto 1f', 'r5 = 0', '*(u8 *)(r2 + 0) = r5', '1:', 'r0 = 1', 'exit'],
    ],
  },
  divided_by_zero: {
    explanation: 'division-by-zero',
    assembly: ['r0 = 7', 'r0 /= 0', 'exit'],
  },
  shifted_too_far: {
    explanation: 'shift',
    assembly: ['r0 = 7', 'r0 <<= 64', 'exit'],
  },
  tail_call_under_calls: {
    explanation: 'tail-call-under-calls',
    assembly: ['r6 = r1', 'r2 = 0', '*(u64 *)(r10 - 304) = r2', 'r1 = r6', 'call tail_calls', 'exit'],
    functions: { tail_calls: ['r2 = %[programs] ll', 'r3 = 0', call('tailCall'), ...exit] },
  },
  two_kinds_of_memory: {
    explanation: 'wrong-memory',
    assembly: [
      'r6 = r1',
      ...random,
      'if r0 > 5 goto 1f',
      'r6 = r10',
      'r6 += -8',
      'r0 = 0',
      '*(u64 *)(r10 - 8) = r0',
      '1:',
      'r0 = *(u32 *)(r6 + 0)',
      'exit',
    ],
  },
  number_or_memory: {
    explanation: 'number-as-address',
    assembly: ['r6 = r1', ...random, 'if r0 > 5 goto 1f', 'r6 = 5', '1:', 'r0 = *(u32 *)(r6 + 0)', 'exit'],
  },
  atomic_or: {
    explanation: 'atomic-not-available',
    takenSince: '5.12',
    assembly: ['r1 = 0', '*(u64 *)(r10 - 8) = r1', 'lock *(u64 *)(r10 - 8) |= r1', ...exit],
  },
  no_room_to_read: {
    explanation: 'empty-length',
    section: 'kprobe/none',
    assembly: ['r1 = r10', 'r1 += -8', 'r2 = 0', call('currentComm'), ...exit],
  },
};

/** An object of all of them, for clang. */
export function sourceOfRefused(): string {
  const operands = ['map', 'ring', 'programs', 'constant'].map((name) => `[${name}]"i"(&${name})`).join(',');
  const define = (before: string, name: string, assembly: readonly string[]) =>
    `${before} __attribute__((naked)) int ${name}(void)\n{ asm volatile("${assembly.join('\\n')}" :: ${operands}); }\n`;
  const functions = Object.entries(refusedPrograms).map(
    ([name, { section = 'socket', assembly, functions: called = {} }]) =>
      [
        // A function stands before those that call it.
        ...Object.entries(called)
          .reverse()
          .map(([inner, body]) => define('static __attribute__((noinline, used))', inner, body)),
        define(`SEC("${section}")`, name, assembly),
      ].join(''),
  );
  return `
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); } map SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } ring SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u32); } programs SEC(".maps");
const volatile __u32 constant = 7;
${functions.join('')}`;
}
