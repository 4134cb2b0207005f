/**
 * XDP programs: on an interface's packets before the kernel makes anything of them.
 */
import { systemError, TsbpfError, UnsupportedFeatureError } from '../errors.js';
import {
  AttachType,
  linkCreate,
  linkDetach,
  linkFdById,
  linkIds,
  xdpAttach,
  XdpFlag,
  xdpQuery,
  xdpReplace,
} from '../native/attach.js';
import { closeDescriptor } from '../native/libc.js';
import { programFdById, withMessages } from '../native/libbpf.js';
import { linkTarget } from '../native/link-info.js';
import { describeProgram, programInfo } from '../native/program-info.js';
import type { Program } from '../program.js';
import { requireProgram, type ProgramReference } from './handle.js';
import { requireInterface } from './interfaces.js';
import { KernelLink } from './kernel-link.js';

/**
 * Who runs the program: the network stack on any interface (`generic`), the driver (`native`), the card itself
 * (`offload`), or the driver where it can and else the stack (`auto`).
 */
export type XdpMode = 'auto' | 'generic' | 'native' | 'offload';

export interface XdpOptions {
  /** `'eth0'` */
  readonly interface: string;
  /** `auto` by default. */
  readonly mode?: XdpMode;
  /** Leave it attached when the link is closed and the process ends; `detachXdp` removes it. False by default. */
  readonly pinned?: boolean;
}

const MODE_FLAGS: Readonly<Record<XdpMode, number>> = {
  auto: 0,
  generic: XdpFlag.generic,
  native: XdpFlag.native,
  offload: XdpFlag.offload,
};
const EEXIST = 17;
const EBUSY = 16;
const EINVAL = 22;
const EOPNOTSUPP = 95;
const MODES = [
  ['native', XdpFlag.native],
  ['generic', XdpFlag.generic],
  ['offload', XdpFlag.offload],
] as const;
const ALL_MODES = MODES.map(([, flag]) => flag);
const NO_DESCRIPTOR = -1;

/** An XDP program on an interface. */
export class XdpLink extends KernelLink {
  /** Who runs the program: of `auto`, what the kernel chose. */
  readonly mode: Exclude<XdpMode, 'auto'>;

  /** @param fd the link's descriptor, which this object owns from now on. */
  constructor(target: string, fd: number, mode: Exclude<XdpMode, 'auto'>) {
    super(target, fd);
    this.mode = mode;
  }
}

/**
 * Attaches an XDP program to an interface. Unless pinned it is held by a link of the kernel (Linux 5.9), so that it is
 * gone with the process, however that ends.
 *
 * @param reference an XDP program: a function of a compiled module, or a program of an object.
 * @returns a link that says in which mode; closing it detaches, unless pinned. With `pinned`, a program of the same name that
 *   was left there is replaced, so that to install twice does no harm.
 * @throws TsbpfError (ENODEV) with the list of interfaces for an unknown one; (EBUSY) that says which program holds
 *   the interface.
 */
export function attachXdp(reference: ProgramReference, options: XdpOptions): XdpLink {
  const program = requireProgram(reference, 'attachXdp()');
  const index = requireInterface(options.interface);
  const flags = modeFlags(options.mode ?? 'auto');
  if (flags === XdpFlag.offload) program.load({ interfaceIndex: index });
  const target = `xdp of ${options.interface}`;
  if (options.pinned) {
    leave(program, index, flags, options);
    // Nothing holds it but the interface; a descriptor of nothing is closed without harm.
    return new XdpLink(target, NO_DESCRIPTOR, modeOf(program, index));
  }
  const fd = linkCreate(program.fd, index, AttachType.xdp, flags);
  if (fd < 0) throw refusal(-fd, index, options, []);
  return new XdpLink(target, fd, modeOf(program, index));
}

/** Attaches a program over netlink, where it stays; in the place of one of its name that was left so. */
function leave(program: Program, index: number, flags: number, options: XdpOptions): void {
  const { result, messages } = withMessages(() => xdpAttach(index, program.fd, flags | XdpFlag.onlyIfNone));
  if (result >= 0) return;
  const holder = xdpProgramId(index);
  const isOurs = holder > 0 && describeProgram(holder).endsWith(`('${programInfo(program.fd)?.name}')`);
  const old = isOurs ? programFdById(holder) : -1;
  if (old < 0) throw refusal(-result, index, options, messages);
  try {
    // The new one goes where the old one is: two modes at once the kernel does not allow.
    const there = MODES.find(([, flag]) => withMessages(() => xdpQuery(index, flag)).result === holder)?.[1] ?? flags;
    const replaced = withMessages(() => xdpReplace(index, program.fd, old, flags || there));
    if (replaced.result < 0) throw refusal(-replaced.result, index, options, replaced.messages);
  } finally {
    closeDescriptor(old);
  }
}

/** In which mode a program is on an interface. */
function modeOf(program: Program, index: number): XdpLink['mode'] {
  const id = programInfo(program.fd)?.id;
  return MODES.find(([, flag]) => withMessages(() => xdpQuery(index, flag)).result === id)?.[0] ?? 'native';
}

function modeFlags(mode: XdpMode): number {
  const flags = MODE_FLAGS[mode];
  if (flags !== undefined) return flags;
  throw new TsbpfError(`There is no XDP mode '${mode as string}'.`, {
    code: 'TSBPF2108',
    operation: 'attach XDP program',
    subject: String(mode),
    hint: `Modes are ${Object.keys(MODE_FLAGS).join(', ')}.`,
  });
}

function refusal(errno: number, index: number, options: XdpOptions, messages: readonly string[]): TsbpfError {
  const name = options.interface;
  const holder = xdpProgramId(index);
  if ((errno === EBUSY || errno === EEXIST) && holder > 0) {
    return new TsbpfError(`Interface '${name}' has an XDP program already: ${describeProgram(holder)}.`, {
      code: 'EBUSY',
      operation: 'attach XDP program',
      subject: name,
      hint: `\`tsbpf xdp detach ${name}\` or detachXdp('${name}') removes it.`,
    });
  }
  const mode = options.mode ?? 'auto';
  if (errno === EOPNOTSUPP && (mode === 'native' || mode === 'offload')) {
    return new UnsupportedFeatureError({
      feature: `XDP in ${mode} mode on '${name}'`,
      needs: `a driver with it; mode 'generic' works on every interface`,
      code: 'EOPNOTSUPP',
      subject: name,
    });
  }
  const reason = messages.find((message) => message.startsWith('Kernel error message: '))?.slice(22);
  const before59 = errno === EINVAL && !options.pinned ? 'Before Linux 5.9 only `pinned: true` works.' : undefined;
  return systemError(errno, 'attach XDP program to', name, reason ? `The kernel says: ${reason}.` : before59);
}

/** The program on an interface in any mode; 0 if there is none. */
function xdpProgramId(index: number): number {
  return Math.max(0, ...ALL_MODES.map((flags) => withMessages(() => xdpQuery(index, flags)).result));
}

/**
 * Removes the XDP program of an interface, in whatever mode and by whichever process it was attached. Harmless where
 * there is none.
 *
 * @param interfaceName `'eth0'`
 * @returns whether there was one.
 * @throws TsbpfError (ENODEV) for an unknown interface, PermissionError without CAP_NET_ADMIN.
 */
export function detachXdp(interfaceName: string): boolean {
  const index = requireInterface(interfaceName);
  let removed = false;
  for (const flags of ALL_MODES) {
    if (withMessages(() => xdpQuery(index, flags)).result <= 0) continue;
    const { result } = withMessages(() => xdpAttach(index, -1, flags));
    const failure = result < 0 && detachLinks(index) === 0 ? result : 0;
    if (failure < 0) throw systemError(-failure, 'detach XDP program from', interfaceName);
    removed = true;
  }
  return removed;
}

/** A program that a link holds is detached by its link alone. */
function detachLinks(index: number): number {
  let detached = 0;
  for (const id of linkIds()) {
    const fd = linkFdById(id);
    if (fd < 0) continue;
    const target = linkTarget(fd);
    if (target?.type === 'xdp' && target.interfaceIndex === index && linkDetach(fd) === 0) detached++;
    closeDescriptor(fd);
  }
  return detached;
}
