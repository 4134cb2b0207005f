/**
 * libpcap, called through koffi: tcpdump expressions to classic BPF, and its interpreter of that. No packet is captured
 * by it: handles are those of `pcap_open_dead`, which are for compiling alone.
 */
import { TsbpfError } from '../errors.js';
import { hostIsLittleEndian as littleEndian } from '../maps/layout.js';
import { allocate, foreignLibrary, readString, viewMemory, type Pointer } from './library.js';

/** The Debian package to install where libpcap is missing. */
export const libpcapPackage = 'libpcap0.8';

/** The library itself; `declare` on it what is not below. */
export const libpcap = foreignLibrary(
  ['libpcap.so.0.8', 'libpcap.so.1'],
  (detail) =>
    new TsbpfError(`libpcap, which compiles tcpdump expressions, cannot be used: ${detail}.`, {
      code: 'TSBPF2120',
      operation: 'open',
      subject: 'libpcap.so.0.8',
      hint: `Install it: \`apt install ${libpcapPackage}\` (Debian, Ubuntu), \`dnf install libpcap\` (Fedora).`,
    }),
);

const { declare } = libpcap;

const native = {
  openDead: declare<(linkType: number, snapshotLength: number) => Pointer | null>(
    'void *pcap_open_dead(int linktype, int snaplen)',
  ),
  close: declare<(handle: Pointer) => void>('void pcap_close(void *handle)'),
  compile: declare<
    (handle: Pointer, program: Uint8Array, expression: string, optimize: number, netmask: number) => number
  >('int pcap_compile(void *handle, void *program, const char *expression, int optimize, uint32_t netmask)'),
  error: declare<(handle: Pointer) => Pointer>('void *pcap_geterr(void *handle)'),
  freeCode: declare<(program: Uint8Array) => void>('void pcap_freecode(void *program)'),
  filter: declare<(program: Pointer, header: Pointer, packet: Uint8Array) => number>(
    'int pcap_offline_filter(void *program, void *header, void *packet)',
  ),
  linkTypeValue: declare<(name: string) => number>('int pcap_datalink_name_to_val(const char *name)'),
};

/** PCAP_NETMASK_UNKNOWN of pcap.h: `ip broadcast` is refused then. */
const NETMASK_UNKNOWN = 0xffffffff;
/** MAXIMUM_SNAPLEN of libpcap: what an accepting filter returns. */
const SNAPSHOT_LENGTH = 262144;
/**
 * Instructions past which libpcap's optimizer is not asked: it takes cubic time, 0.3 s for a list of 150 ports and hours
 * for some thousands.
 */
const MOST_OPTIMIZED = 10_000;
/** libpcap takes minutes for longer expressions, and overflows the stack of the process for some ten times as long. */
const MOST_CHARACTERS = 4096;
const MOST_WORDS = 1000;
/** sizeof(struct bpf_insn) */
const INSTRUCTION_SIZE = 8;

/**
 * The number of a link type (`DLT_*`).
 *
 * @param name libpcap's own, in any case: `'EN10MB'`, `'linux_sll2'`.
 * @returns undefined where libpcap knows none of that name.
 */
export function linkTypeNumber(name: string): number | undefined {
  const value = name.includes('\0') ? -1 : native.linkTypeValue(name);
  return value < 0 ? undefined : value;
}

export type ExpressionResult =
  /** `struct bpf_insn`s in the machine's byte order, 8 bytes each. */
  | { readonly code: Uint8Array; readonly error?: undefined }
  /** libpcap's own words. */
  | { readonly code?: undefined; readonly error: string };

/**
 * Compiles a tcpdump expression, as `tcpdump -d` does for a file of that link type.
 *
 * @param expression in the language of pcap-filter(7); the empty one takes every packet.
 * @param linkType a `DLT_*` number.
 * @throws TsbpfError (TSBPF2120) where the machine has no libpcap.
 */
export function compileExpression(expression: string, linkType: number): ExpressionResult {
  if (expression.includes('\0')) return { error: 'there is a NUL character in it' };
  if (expression.length > MOST_CHARACTERS || expression.split(/\s+/).length > MOST_WORDS)
    return { error: `it has more than ${MOST_CHARACTERS} characters or ${MOST_WORDS} words; keep long lists in a map` };
  const plain = compileOnce(expression, linkType, false);
  if (!plain.code || plain.code.length > MOST_OPTIMIZED * INSTRUCTION_SIZE) return plain;
  return compileOnce(expression, linkType, true);
}

function compileOnce(expression: string, linkType: number, optimize: boolean): ExpressionResult {
  const handle = native.openDead(linkType, SNAPSHOT_LENGTH);
  if (handle === null) return { error: 'libpcap has no memory for it' };
  const program = new Uint8Array(16);
  try {
    if (native.compile(handle, program, expression, optimize ? 1 : 0, NETMASK_UNKNOWN) !== 0) {
      return { error: readString(native.error(handle)) };
    }
    const view = new DataView(program.buffer);
    const length = view.getUint32(0, littleEndian) * INSTRUCTION_SIZE;
    const code = new Uint8Array(viewMemory(view.getBigUint64(8, littleEndian), length)).slice();
    native.freeCode(program);
    return { code };
  } finally {
    native.close(handle);
  }
}

/** A filter as libpcap itself runs it. */
export interface OfflineFilter {
  /**
   * What libpcap's interpreter says of a packet.
   *
   * @param length of the packet on the wire, in bytes; as many as were captured unless given.
   */
  matches(packet: Uint8Array, length?: number): boolean;
  free(): void;
}

/**
 * libpcap's interpreter, `pcap_offline_filter`.
 *
 * @param code `struct bpf_insn`s in the machine's byte order, as `compileExpression` gives them.
 * @throws TsbpfError (TSBPF2120) where the machine has no libpcap.
 */
export function offlineFilter(code: Uint8Array): OfflineFilter {
  // struct bpf_program, struct pcap_pkthdr, and the instructions behind them.
  const header = 16;
  const instructions = 40;
  const memory = allocate(instructions + code.length);
  const view = new DataView(memory.bytes.buffer, memory.bytes.byteOffset, memory.bytes.byteLength);
  memory.bytes.set(code, instructions);
  view.setUint32(0, code.length / INSTRUCTION_SIZE, littleEndian);
  view.setBigUint64(8, memory.pointer + BigInt(instructions), littleEndian);
  const nothing = new Uint8Array(1);
  return {
    matches(packet, length = packet.length) {
      view.setUint32(header + 16, packet.length, littleEndian);
      view.setUint32(header + 20, length, littleEndian);
      return native.filter(memory.pointer, memory.pointer + BigInt(header), packet.length > 0 ? packet : nothing) !== 0;
    },
    free: () => memory.free(),
  };
}
