/** What a test asks of the kernel it runs on; where that is missing, it says so and runs on another one. */
import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { describe } from 'vitest';

interface Ability {
  readonly present: () => boolean;
  /** Completes the sentence "skipped: …". */
  readonly otherwise: string;
}

const hasKprobes = () => existsSync('/sys/bus/event_source/devices/kprobe');

const abilities = {
  kprobes: {
    present: hasKprobes,
    otherwise: 'this kernel was built without kprobes',
  },
  uprobes: {
    present: () => existsSync('/sys/bus/event_source/devices/uprobe'),
    otherwise: 'this kernel was built without uprobes',
  },
  fentry: {
    // A locked-down kernel refuses these though it lists its functions; those at hand lack kprobes too.
    present: () => hasKprobes() && symbolExists('bpf_trampoline_link_prog'),
    otherwise: 'this kernel has no fentry or is locked down',
  },
  actions: {
    present: () => symbolExists('tcf_bpf_act'),
    otherwise: 'this kernel was built without tc actions',
  },
  tun: {
    present: () => existsSync('/dev/net/tun'),
    otherwise: 'this kernel has no tun devices',
  },
  btf: {
    present: () => existsSync('/sys/kernel/btf/vmlinux'),
    otherwise: 'this kernel carries no BTF',
  },
  xdpSockets: {
    present: () => symbolExists('xsk_map_alloc'),
    otherwise: 'this kernel was built without AF_XDP sockets',
  },
} satisfies Record<string, Ability>;

export type Need = keyof typeof abilities;

export interface Requirements {
  readonly needs?: readonly Need[];
  /** The first kernel version that has what is tested, `5.17`. */
  readonly since?: string;
}

/** The version of the running kernel, `[6, 1]`. */
export function kernelVersion(): readonly [number, number] {
  const [major = 0, minor = 0] = release()
    .split('.')
    .map((part) => Number.parseInt(part, 10));
  return [major, minor];
}

/** Whether the running kernel is of that version or newer. */
export function kernelIsAtLeast(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [ownMajor, ownMinor] = kernelVersion();
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

/** What the machine lacks for a test, as the end of the sentence "skipped: …"; undefined where it lacks nothing. */
export function missing({ needs = [], since }: Requirements = {}): string | undefined {
  if (process.getuid?.() !== 0) return 'the kernel loads programs for root alone';
  if (since !== undefined && !kernelIsAtLeast(since)) return `this kernel is older than ${since}`;
  const lacking = needs.find((need) => !abilities[need].present());
  return lacking === undefined ? undefined : abilities[lacking].otherwise;
}

/**
 * A suite of tests that load programs into the kernel. Where the kernel at hand lacks what they need they are
 * skipped, and count as skipped only if no guest of another kernel ran them.
 *
 * @param name of the suite.
 * @param requirements beyond root.
 * @param body declares the tests.
 */
export function describeKernel(name: string, requirements: Requirements, body: () => void): void {
  const reason = missing(requirements);
  if (reason === undefined) describe(name, body);
  else describe.skip(name, { meta: { missing: reason } }, body);
}

function symbolExists(symbol: string): boolean {
  // Behind a module's functions stands its name.
  return new RegExp(`\\s${symbol}(\\s|$)`, 'm').test(readFileSync('/proc/kallsyms', 'latin1'));
}
