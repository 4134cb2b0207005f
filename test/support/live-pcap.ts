/** What libpcap compiles for a live capture on an interface, and the kernel as its interpreter. */
import { allocate, setSocketOption } from '../../runtime/native/libc.js';
import { readString, viewMemory, type Pointer } from '../../runtime/native/library.js';
import { libpcap } from '../../runtime/native/libpcap.js';

const native = {
  create: libpcap.declare<(source: string, error: Uint8Array) => Pointer>('void *pcap_create(const char *, void *)'),
  activate: libpcap.declare<(handle: Pointer) => number>('int pcap_activate(void *handle)'),
  close: libpcap.declare<(handle: Pointer) => void>('void pcap_close(void *handle)'),
  compile: libpcap.declare<
    (handle: Pointer, program: Uint8Array, text: string, optimize: number, mask: number) => number
  >('int pcap_compile(void *handle, void *program, const char *expression, int optimize, uint32_t netmask)'),
  error: libpcap.declare<(handle: Pointer) => Pointer>('void *pcap_geterr(void *handle)'),
  freeCode: libpcap.declare<(program: Uint8Array) => void>('void pcap_freecode(void *program)'),
};

const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;

/**
 * Compiles expressions as a live capture does: on Linux, `vlan` asks for the tag beside the packet.
 *
 * @returns `struct bpf_insn`s for each.
 */
export function compileLive(interfaceName: string, expressions: readonly string[]): readonly Uint8Array[] {
  const handle = native.create(interfaceName, new Uint8Array(256));
  try {
    if (native.activate(handle) < 0) throw new Error(readString(native.error(handle)));
    return expressions.map((expression) => {
      const program = new Uint8Array(16);
      if (native.compile(handle, program, expression, 1, 0xffffffff) !== 0)
        throw new Error(`${expression}: ${readString(native.error(handle))}`);
      const view = new DataView(program.buffer);
      const code = new Uint8Array(viewMemory(view.getBigUint64(8, true), view.getUint32(0, true) * 8)).slice();
      native.freeCode(program);
      return code;
    });
  } finally {
    native.close(handle);
  }
}

/** Has the kernel filter what a socket gets by a classic filter. */
export function attachClassic(fd: number, code: Uint8Array): void {
  const memory = allocate(code.length);
  memory.bytes.set(code);
  // struct sock_fprog of linux/filter.h.
  const program = new Uint8Array(16);
  const view = new DataView(program.buffer);
  view.setUint16(0, code.length / 8, true);
  view.setBigUint64(8, memory.pointer, true);
  const status = setSocketOption(fd, SOL_SOCKET, SO_ATTACH_FILTER, program);
  memory.free();
  if (status < 0) throw new Error(`the kernel takes no such classic filter: errno ${-status}`);
}
