/** The names that `tsbpf` exports for programs and maps, and what each takes. */
import type { MapKind, ProgramKind } from '../model.js';

export interface ProgramSpelling {
  readonly kind: ProgramKind;
  /** How many arguments precede the function. */
  readonly targets: number;
  /** The right call, for people. */
  readonly usage: string;
}

const spelling = (kind: ProgramKind, targets: readonly string[] = []): ProgramSpelling => ({
  kind,
  targets: targets.length,
  usage: `@${kind}${targets.length ? `(${targets.join(', ')})` : ''} on a function, or ${kind}(${[...targets, 'function'].join(', ')})`,
});

/** Decorators and calls, by their exported names. */
export const programSpellings: ReadonlyMap<string, ProgramSpelling> = new Map(
  [
    spelling('socketFilter'),
    spelling('kprobe', ["'sys_close'"]),
    spelling('kretprobe', ["'sys_close'"]),
    spelling('uprobe', ["'/usr/bin/bash'", "'readline'"]),
    spelling('uretprobe', ["'/usr/bin/bash'", "'readline'"]),
    spelling('tracepoint', ["'syscalls:sys_enter_openat'"]),
    spelling('rawTracepoint', ["'sched_switch'"]),
    spelling('tc', ["'ingress'"]),
    spelling('tcAction'),
    spelling('xdp'),
  ].map((entry) => [entry.kind, entry]),
);

/** Program classes: `new SocketFilter(match)`. */
export const programClasses: ReadonlyMap<string, ProgramKind> = new Map([
  ['SocketFilter', 'socketFilter'],
  ['IngressFilter', 'ingressFilter'],
  ['EgressFilter', 'egressFilter'],
]);

/** Map classes, each with the type arguments it needs, as a person would write them. */
export const mapTypeArguments: Readonly<Record<MapKind, string>> = {
  HashMap: 'u32, u64',
  LruHashMap: 'u32, u64',
  PerCpuHashMap: 'u32, u64',
  LruPerCpuHashMap: 'u32, u64',
  ArrayMap: 'u64',
  PerCpuArray: 'u64',
  LpmTrie: 'Prefix, u64',
  Queue: 'u64',
  Stack: 'u64',
  BloomFilter: 'u64',
  StackTraceMap: '',
  ProgramArray: '',
  DevMap: '',
  CpuMap: '',
  XskMap: '',
  HashOfMaps: 'u32, HashMap<u32, u64>',
  ArrayOfMaps: 'HashMap<u32, u64>',
  SocketStorage: 'Entry',
  TaskStorage: 'Entry',
  CgroupArray: '',
  PerfQueue: 'Event',
  RingBuffer: 'Event',
  UserRingBuffer: 'Event',
};

export function asMapKind(name: string | undefined): MapKind | undefined {
  return name !== undefined && Object.hasOwn(mapTypeArguments, name) ? (name as MapKind) : undefined;
}
