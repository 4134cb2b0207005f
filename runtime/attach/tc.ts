/**
 * Programs on the packets that come in and go out of an interface: tc classifiers in direct-action mode.
 *
 * Filters of tsbpf have a priority and handles of their own (0x7462 are the letters `tb`), by which every process
 * recognises them: slot 0 of each direction is for IngressFilter and EgressFilter, the others are for `@tc` programs.
 * Filters of others and a qdisc that was there are left as they are. A tc filter outlives the process, by its nature.
 */
import type { SkBuff } from '../contexts.js';
import { systemError, TsbpfError, UnsupportedFeatureError } from '../errors.js';
import { Link } from '../link.js';
import {
  AttachType,
  linkCreate,
  tcAttach,
  tcDetach,
  tcHookCreate,
  tcHookDestroy,
  tcQuery,
  type TcDirection,
  type TcHook,
  type TcSlot,
} from '../native/attach.js';
import { withMessages } from '../native/libbpf.js';
import { hasTcFilters } from '../native/netlink.js';
import { describeProgram, programInfo } from '../native/program-info.js';
import { Program } from '../program.js';
import { requireProgram } from './handle.js';
import { requireInterface } from './interfaces.js';
import { KernelLink } from './kernel-link.js';

export type { TcDirection };

const PRIORITY = 0x7462;
const HANDLE = 0x74620000;
const SLOTS = 16;
const EEXIST = 17;
const EINVAL = 22;
/** BPF_F_BEFORE, without a program that it names: before all. */
const BEFORE = 1 << 3;

/** Where among the tcx links of an interface: each sees the packet before the one behind it. */
export type TcPosition = 'first' | 'last';

const slot = (index: number): TcSlot => ({ handle: HANDLE + index, priority: PRIORITY });

/** The function that a filter class is given: any but 0 drops the packet. */
type FilterFunction = (context: SkBuff) => number | boolean;

/** What both directions share; see IngressFilter. */
abstract class PacketFilter implements Disposable {
  readonly program: Program;
  readonly #installed = new Map<string, Link>();
  protected abstract readonly direction: TcDirection;

  constructor(program: Program | FilterFunction, _options?: object) {
    this.program = requireProgram(program, `new ${new.target.name}()`);
  }

  /**
   * Installs the filter on an interface, in the place of a filter of the same class that is there, of whatever
   * process. It stays until `close`, or until somebody clears it, also after the end of the process.
   *
   * @param interfaceName `'eth0'`
   * @throws TsbpfError (ENODEV) with the list of interfaces for an unknown one.
   */
  install(interfaceName: string): this {
    const hook = { interfaceIndex: requireInterface(interfaceName), direction: this.direction };
    this.#installed.set(interfaceName, installAt(this.program, hook, interfaceName, 0, true)!);
    return this;
  }

  /** Removes the filter where this object installed it, unless another has taken its place. */
  close(): void {
    for (const link of this.#installed.values()) link.close();
    this.#installed.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * A filter on the packets that come in: a result other than 0 drops the packet, 0 lets it pass.
 *
 * ```ts
 * const drop = new IngressFilter((skb: SkBuff) => skb.len > 1000);
 * drop.install('eth0');
 * ```
 */
export class IngressFilter extends PacketFilter {
  protected readonly direction = 'ingress';
}

/** A filter on the packets that go out: a result other than 0 drops the packet, 0 lets it pass. */
export class EgressFilter extends PacketFilter {
  protected readonly direction = 'egress';
}

/**
 * Removes all filters of tsbpf from the incoming side of an interface, of whatever process; those of others stay. The
 * clsact qdisc goes with the last filter.
 *
 * @param interfaceName `'eth0'`
 * @returns how many there were.
 * @throws TsbpfError (ENODEV) for an unknown interface, PermissionError without CAP_NET_ADMIN.
 */
export function clearIngressFilter(interfaceName: string): number {
  return clear(interfaceName, 'ingress');
}

/**
 * Removes all filters of tsbpf from the outgoing side of an interface, of whatever process; those of others stay. The
 * clsact qdisc goes with the last filter.
 *
 * @param interfaceName `'eth0'`
 * @returns how many there were.
 * @throws TsbpfError (ENODEV) for an unknown interface, PermissionError without CAP_NET_ADMIN.
 */
export function clearEgressFilter(interfaceName: string): number {
  return clear(interfaceName, 'egress');
}

function clear(interfaceName: string, direction: TcDirection): number {
  const hook = { interfaceIndex: requireInterface(interfaceName), direction };
  let removed = 0;
  for (let index = 0; index < SLOTS; index++) {
    if (quietly(() => tcQuery(hook, slot(index))) < 0) continue;
    require(() => tcDetach(hook, slot(index)), 'remove the tc filter from', `${interfaceName} ${direction}`);
    removed++;
  }
  // Nobody is left who would remove the qdisc that our filters needed.
  removeQdisc(hook, removed > 0);
  return removed;
}

/**
 * Attaches a `@tc` program, which returns TC_ACT_*. A program of the same name that tsbpf left there is replaced.
 *
 * @param interfaceName `'eth0'`
 * @throws TsbpfError that says who holds the places when all are taken.
 */
export function attachTc(program: Program, interfaceName: string, direction: TcDirection): Link {
  const hook = { interfaceIndex: requireInterface(interfaceName), direction };
  program.load();
  const name = programInfo(program.fd)?.name;
  const holders = Array.from({ length: SLOTS - 1 }, (_, index) => quietly(() => tcQuery(hook, slot(index + 1))));
  const own = holders.findIndex((id) => id > 0 && describeProgram(id).endsWith(`('${name}')`));
  if (own >= 0) return installAt(program, hook, interfaceName, own + 1, true)!;
  for (const [index, holder] of holders.entries()) {
    const link = holder > 0 ? undefined : installAt(program, hook, interfaceName, index + 1, false);
    if (link) return link;
  }
  throw new TsbpfError(`All ${SLOTS - 1} places for tc programs of tsbpf on ${interfaceName} ${direction} are taken.`, {
    code: 'EEXIST',
    operation: 'attach tc program',
    subject: interfaceName,
    hint: `They hold ${holders.map(describeProgram).join(', ')}; \`tsbpf tc clear ${interfaceName}\` removes them.`,
  });
}

/**
 * Attaches a `@tc` program by a link of the kernel (tcx, Linux 6.6), which goes with the process unless it is pinned. What
 * the interface has of clsact, and links of others, stay; a program hands the packet on to the next by TC_ACT_UNSPEC.
 *
 * @param position before or behind the links that are there.
 * @throws UnsupportedFeatureError before Linux 6.6.
 */
export function attachTcx(
  program: Program,
  interfaceName: string,
  direction: TcDirection,
  position: TcPosition = 'last',
): KernelLink {
  const index = requireInterface(interfaceName);
  const type = direction === 'ingress' ? AttachType.tcxIngress : AttachType.tcxEgress;
  const fd = linkCreate(program.fd, index, type, position === 'first' ? BEFORE : 0);
  if (fd >= 0) return new KernelLink(`tcx ${direction} of ${interfaceName}`, fd);
  if (-fd === EINVAL) {
    throw new UnsupportedFeatureError({
      feature: 'tc programs by links (tcx)',
      needs: "Linux 6.6; `hook: 'clsact'` works on every kernel",
      code: 'EINVAL',
      subject: interfaceName,
    });
  }
  const hint = -fd === EEXIST ? 'This program is attached there already; its link can be replaced.' : undefined;
  throw systemError(-fd, 'attach to', `tcx ${direction} of ${interfaceName}`, hint);
}

/** Undefined if the slot is taken and nothing may be replaced. */
function installAt(
  program: Program,
  hook: TcHook,
  interfaceName: string,
  index: number,
  replace: boolean,
): Link | undefined {
  const target = `tc ${hook.direction} of ${interfaceName}`;
  const fd = program.fd;
  const id = programInfo(fd)?.id;
  const created = require(() => tcHookCreate(hook), 'prepare', target, -EEXIST) === 0;
  const release = () => {
    if (quietly(() => tcQuery(hook, slot(index))) === id) quietly(() => tcDetach(hook, slot(index)));
    removeQdisc(hook, created);
  };
  try {
    const result = require(() => tcAttach(hook, slot(index), fd, replace), 'attach to', target, -EEXIST);
    if (result === 0) return new Link(target, release);
    if (replace) throw systemError(-result, 'attach to', target);
  } catch (error) {
    removeQdisc(hook, created);
    throw error;
  }
  return undefined;
}

/** The qdisc that we made goes with the last filter; one that others have put filters on is theirs too. */
function removeQdisc(hook: TcHook, created: boolean): void {
  if (created && hasTcFilters(hook.interfaceIndex) === false) quietly(() => tcHookDestroy(hook.interfaceIndex));
}

function quietly(call: () => number): number {
  return withMessages(call).result;
}

/** Throws on a negative result, other than `expected`, with what the kernel says about it. */
function require(call: () => number, operation: string, target: string, expected = 0): number {
  const { result, messages } = withMessages(call);
  if (result >= 0 || result === expected) return result;
  const reason = messages.find((message) => message.startsWith('Kernel error message: '));
  throw systemError(-result, operation, target, reason && `The kernel says: ${reason.slice(22)}.`);
}
