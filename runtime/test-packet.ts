/** Packets of test runs: what the kernel takes (bpf_prog_test_run_skb and bpf_prog_test_run_xdp, net/bpf/test_run.c), and why not. */
import { TsbpfError } from './errors.js';
import { pageSize } from './native/libc.js';
import { ProgramType, type Program } from './program.js';

/** sizeof(struct ethhdr): what the kernel's test run takes off the packet of a socket filter. */
export const ETHERNET_HEADER = 14;
/** XDP_PACKET_HEADROOM, and the room for struct skb_shared_info at the end, of a page. */
const RESERVED = 256 + 320;
/** Types of Ethernet, and how many bytes of a packet are its header and the smallest one of that protocol. */
const WHOLE_HEADERS: ReadonlyMap<number, number> = new Map([
  [0x0800, 34],
  [0x86dd, 54],
]);

/**
 * The bytes that the kernel is given. A socket's filter sees the packet from its Ethernet header on, so a header is put before it
 * for the kernel to drop.
 *
 * @throws TsbpfError (TSBPF2030) for a packet that no kernel takes, or that this program would not see whole.
 */
export function inputPacket(program: Program, packet: Uint8Array | undefined): Uint8Array {
  const bytes = packet ?? new Uint8Array(ETHERNET_HEADER);
  if (bytes.length < ETHERNET_HEADER)
    throw unfit(program, `at least ${ETHERNET_HEADER}`, bytes, 'Give whole Ethernet frames; zeros at the end do.');
  const most = pageSize() - RESERVED;
  if (bytes.length > most && program.type === ProgramType.xdp && !program.section.includes('frags')) {
    const hint =
      'The kernel puts the rest into other buffers, which XDP programs have with `{ frags: true }` (Linux 5.18).';
    throw unfit(program, `at most ${most}`, bytes, hint);
  }
  if (program.type !== ProgramType.socketFilter) return bytes;
  // The kernel takes skb.protocol and pkt_type from this header, so it is a copy of the packet's own.
  return new Uint8Array([...bytes.subarray(0, ETHERNET_HEADER), ...bytes]);
}

function unfit(program: Program, length: string, { length: given }: Uint8Array, hint: string): TsbpfError {
  return new TsbpfError(`A test run needs a packet of ${length} bytes, not ${given}.`, {
    code: 'TSBPF2030',
    operation: 'run program',
    subject: program.name,
    hint,
  });
}

/**
 * Why the kernel may have called a packet or context invalid.
 *
 * @param packet as the kernel was given it.
 */
export function whyInvalid(program: Program, packet: Uint8Array, hasContext: boolean): string {
  const most = pageSize() - RESERVED;
  const dropped = program.type === ProgramType.socketFilter ? ETHERNET_HEADER : 0;
  if (packet.length > most)
    return `Test runs take packets of one page, less what the kernel needs of it: at most ${most - dropped} bytes.`;
  const type = packet.length >= ETHERNET_HEADER ? (packet[12]! << 8) | packet[13]! : 0;
  const whole = WHOLE_HEADERS.get(type);
  if (whole !== undefined && packet.length < whole)
    return `Newer kernels take no packet that says it is IP and ends inside the IP header: give at least ${whole - dropped} bytes, or another type at byte 12.`;
  if (!hasContext && packet.length === ETHERNET_HEADER)
    return 'Newer kernels take no packet without a byte behind its Ethernet header.';
  return 'The kernel takes no such packet or context: which fields may be set depends on its version (mark, priority, cb, ifindex can).';
}
