/** Everything that a user's program imports from 'tsbpf'. */

// Programs: decorators and calls.
export {
  kprobe,
  kretprobe,
  rawTracepoint,
  socketFilter,
  tc,
  tcAction,
  tracepoint,
  uprobe,
  uretprobe,
  xdp,
} from './programs.js';
export type {
  PacketProgram,
  PacketProgramOptions,
  ProgramDecorator,
  ProgramOptions,
  ProgramResult,
  SymbolProgram,
  TcDirection,
  TcProgram,
  TracepointProgram,
  UserProbe,
} from './programs.js';
export { Program, ProgramType } from './program.js';
export type { ProgramLoadOptions } from './program.js';

// What program functions are given, and call.
export type * from './contexts.js';
export { bpf } from './helpers.js';
export type { BpfHelpers, CallbackResult, Memory, Wide } from './helpers.js';
export * from './types.js';

// Data shared between kernel and user space.
export { ArrayMap } from './maps/array.js';
export {
  ArrayOfMaps,
  CgroupArray,
  CpuMap,
  DevMap,
  HashOfMaps,
  ProgramArray,
  SocketStorage,
  TaskStorage,
} from './maps/descriptor-maps.js';
export type { MapOptions } from './maps/definition.js';
export { HashMap, LruHashMap } from './maps/hash.js';
export { KeyedMap } from './maps/keyed.js';
export { LpmTrie } from './maps/lpm-trie.js';
export type { LpmKey } from './maps/lpm-trie.js';
export { BpfMap } from './maps/map.js';
export type { CreateOptions } from './maps/open.js';
export { LruPerCpuHashMap, PerCpuArray, PerCpuHashMap } from './maps/per-cpu.js';
export type { PerCpu } from './maps/per-cpu.js';
export { BloomFilter, Queue, Stack } from './maps/queue.js';
export type { UpdateFlags, UpdateMode } from './maps/raw.js';
export { Record } from './maps/record.js';
export type { RecordType } from './maps/record.js';
export { StackTraceMap } from './maps/stack-trace.js';
export type { StackFrame } from './maps/stack-trace.js';
export { MapType } from './maps/types.js';
export { shared } from './shared.js';

// Objects compiled elsewhere, and runs without events.
export { loadObject } from './object.js';
export type { LoadedObject, ObjectMap } from './object.js';
export { testRun } from './test-run.js';
export type { TestRunOptions, TestRunResult } from './test-run.js';

// What goes wrong.
export { PermissionError, TsbpfError, UnsupportedFeatureError, VerifierError } from './errors.js';

// Attaching, events and packets: a line for each file of attach/, events/ and packet/ goes below.
