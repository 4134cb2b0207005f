/**
 * The calls of libbpf that attach programs. Results are libbpf's own: negative is -errno.
 */
import { libbpf, type LinkPointer, type ProgramPointer } from './libbpf.js';

const declare = libbpf.declare;

/** enum bpf_attach_type (linux/bpf.h). */
export const AttachType = { xdp: 37, perfEvent: 41, tcxIngress: 46, tcxEgress: 47 } as const;

const native = {
  linkCreate: declare<(program: number, target: number, type: number, options: Uint8Array) => number>(
    'int bpf_link_create(int program, int target, int type, void *options)',
  ),
  tcHookCreate: declare<(hook: Uint8Array) => number>('int bpf_tc_hook_create(void *hook)'),
  tcHookDestroy: declare<(hook: Uint8Array) => number>('int bpf_tc_hook_destroy(void *hook)'),
  tcAttach: declare<(hook: Uint8Array, options: Uint8Array) => number>('int bpf_tc_attach(void *hook, void *options)'),
  tcDetach: declare<(hook: Uint8Array, options: Uint8Array) => number>('int bpf_tc_detach(void *hook, void *options)'),
  tcQuery: declare<(hook: Uint8Array, options: Uint8Array) => number>('int bpf_tc_query(void *hook, void *options)'),
  xdpQueryId: declare<(index: number, flags: number, id: Uint32Array) => number>(
    'int bpf_xdp_query_id(int index, int flags, void *id)',
  ),
  xdpAttach: declare<(index: number, program: number, flags: number, options: Uint8Array | null) => number>(
    'int bpf_xdp_attach(int index, int program, uint32_t flags, void *options)',
  ),
  linkUpdate: declare<(link: number, program: number, options: null) => number>(
    'int bpf_link_update(int link, int program, void *options)',
  ),
  linkNextId: declare<(id: number, next: Uint32Array) => number>('int bpf_link_get_next_id(uint32_t id, void *next)'),
};

/** A link of the kernel between a raw tracepoint and a program; a descriptor or -errno. */
export const rawTracepointOpen = declare<(name: string, program: number) => number>(
  'int bpf_raw_tracepoint_open(const char *name, int program)',
);
/** bpf_program__attach: for the sections that libbpf alone knows. Null with errno where it fails. */
export const programAttach = declare<(program: ProgramPointer) => LinkPointer | null>(
  'void *bpf_program__attach(void *program)',
);
export const linkFdById = declare<(id: number) => number>('int bpf_link_get_fd_by_id(uint32_t id)');
/** Detaches a link that somebody else holds; it stays, without effect. */
export const linkDetach = declare<(fd: number) => number>('int bpf_link_detach(int fd)');

const LINK_OPTIONS = 64;

/**
 * bpf_link_create.
 *
 * @param target a descriptor, or an interface index for XDP.
 * @param flags of the hook.
 * @returns a descriptor, whose closing detaches, or -errno.
 */
export function linkCreate(program: number, target: number, type: number, flags = 0): number {
  const options = new DataView(new ArrayBuffer(LINK_OPTIONS));
  options.setBigUint64(0, BigInt(LINK_OPTIONS), true);
  options.setUint32(8, flags, true);
  return native.linkCreate(program, target, type, new Uint8Array(options.buffer));
}

/** Puts another program in the place of a link's. */
export function linkUpdate(link: number, program: number): number {
  return native.linkUpdate(link, program, null);
}

/** The ids of all links in the kernel; needs CAP_SYS_ADMIN and ends early without. */
export function* linkIds(): Generator<number> {
  const next = new Uint32Array(1);
  for (let id = 0; native.linkNextId(id, next) === 0; yield id) id = next[0]!;
}

/** Which side of an interface a tc filter is on. */
export type TcDirection = 'ingress' | 'egress';

const TC_POINT: Readonly<Record<TcDirection, number>> = { ingress: 1, egress: 2 };
const TC_HOOK = 24;
const TC_OPTIONS = 32;
const TC_REPLACE = 1;

/** The two places at which a filter can be. */
export interface TcHook {
  readonly interfaceIndex: number;
  readonly direction: TcDirection;
}

/** What names a filter at a hook. */
export interface TcSlot {
  readonly handle: number;
  readonly priority: number;
}

function hookBytes(hook: TcHook, point = TC_POINT[hook.direction]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(TC_HOOK));
  bytes.setBigUint64(0, BigInt(TC_HOOK), true);
  bytes.setInt32(8, hook.interfaceIndex, true);
  bytes.setUint32(12, point, true);
  return new Uint8Array(bytes.buffer);
}

function slotOptions(slot: TcSlot, program = 0, flags = 0): DataView {
  const bytes = new DataView(new ArrayBuffer(TC_OPTIONS));
  bytes.setBigUint64(0, BigInt(TC_OPTIONS), true);
  bytes.setInt32(8, program, true);
  bytes.setUint32(12, flags, true);
  bytes.setUint32(20, slot.handle, true);
  bytes.setUint32(24, slot.priority, true);
  return bytes;
}

const bytesOf = (view: DataView) => new Uint8Array(view.buffer);

/** Makes the interface's clsact qdisc; -EEXIST where there is one. */
export function tcHookCreate(hook: TcHook): number {
  return native.tcHookCreate(hookBytes(hook));
}

/** Removes the interface's clsact qdisc, with every filter on both sides. */
export function tcHookDestroy(interfaceIndex: number): number {
  return native.tcHookDestroy(hookBytes({ interfaceIndex, direction: 'ingress' }, TC_POINT.ingress | TC_POINT.egress));
}

/** Installs a program in a slot, in the place of what is there if `replace`. */
export function tcAttach(hook: TcHook, slot: TcSlot, program: number, replace: boolean): number {
  return native.tcAttach(hookBytes(hook), bytesOf(slotOptions(slot, program, replace ? TC_REPLACE : 0)));
}

export function tcDetach(hook: TcHook, slot: TcSlot): number {
  return native.tcDetach(hookBytes(hook), bytesOf(slotOptions(slot)));
}

/** The id of the program in a slot, or -errno. */
export function tcQuery(hook: TcHook, slot: TcSlot): number {
  const options = slotOptions(slot);
  const result = native.tcQuery(hookBytes(hook), bytesOf(options));
  return result < 0 ? result : options.getUint32(16, true);
}

/** XDP_FLAGS_* (linux/if_link.h). */
export const XdpFlag = { onlyIfNone: 1, generic: 2, native: 4, offload: 8, replace: 16 } as const;

const XDP_OPTIONS = 16;

/** The id of the XDP program on an interface, 0 if there is none, or -errno. */
export function xdpQuery(interfaceIndex: number, flags = 0): number {
  const id = new Uint32Array(1);
  const result = native.xdpQueryId(interfaceIndex, flags, id);
  return result < 0 ? result : id[0]!;
}

/** Puts a program on an interface over netlink, where it stays; -1 as the program removes it. */
export function xdpAttach(interfaceIndex: number, program: number, flags: number): number {
  return native.xdpAttach(interfaceIndex, program, flags, null);
}

/** Puts a program in the place of another, if that is still there; -EEXIST where it is not. */
export function xdpReplace(interfaceIndex: number, program: number, old: number, flags: number): number {
  const options = new DataView(new ArrayBuffer(XDP_OPTIONS));
  options.setBigUint64(0, BigInt(XDP_OPTIONS), true);
  options.setInt32(8, old, true);
  return native.xdpAttach(interfaceIndex, program, flags | XdpFlag.replace, new Uint8Array(options.buffer));
}
