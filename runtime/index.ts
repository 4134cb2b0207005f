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
  XdpProgramOptions,
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
export * from './constants.js';
export type * from './contexts.js';
export type * from './headers.js';
export { bpf } from './helpers.js';
export type { BpfHelpers, CallbackResult, Memory, Wide } from './helpers.js';
export type { Bpf, KernelStruct, Pointer } from './kernel-structs.js';
export * from './types.js';

// Data shared between kernel and user space.
export { ArrayMap } from './maps/array.js';
export { CgroupArray, CpuMap, DevMap, ProgramArray, XskMap } from './maps/descriptor-maps.js';
export type { MapOptions } from './maps/definition.js';
export { FilteredMap } from './maps/filtered.js';
export type { FilterOptions, PartOf, Permission, PermissionTree } from './maps/filtered.js';
export { HashMap, LruHashMap } from './maps/hash.js';
export { KeyedMap } from './maps/keyed.js';
export { SocketStorage, TaskStorage } from './maps/local-storage.js';
export { LpmTrie } from './maps/lpm-trie.js';
export type { LpmKey } from './maps/lpm-trie.js';
export { BpfMap } from './maps/map.js';
export { ArrayOfMaps, HashOfMaps } from './maps/maps-of-maps.js';
export type { MapOfMapsOptions } from './maps/maps-of-maps.js';
export type { CreateOptions, RecordOptions } from './maps/open.js';
export { LruPerCpuHashMap, PerCpuArray, PerCpuHashMap } from './maps/per-cpu.js';
export type { PerCpu } from './maps/per-cpu.js';
export { openMaps, pinMaps } from './maps/pin.js';
export type { OpenedMaps } from './maps/pin.js';
export { BloomFilter, Queue, Stack } from './maps/queue.js';
export type { UpdateFlags, UpdateMode } from './maps/raw.js';
export { Record } from './maps/record.js';
export type { RecordType } from './maps/record.js';
export { StackTraceMap } from './maps/stack-trace.js';
export type { StackFrame, StackOptions } from './maps/stack-trace.js';
export { MapType } from './maps/types.js';
export { shared } from './shared.js';

// Watching events without writing BPF.
export { trace } from './trace/trace.js';
export type { Trace, TraceCallback, TraceCallbacks, TraceEvent, TraceOptions, TraceValue } from './trace/trace.js';
export type { SocketAddress } from './trace/socket-address.js';

// Objects compiled elsewhere, and runs without events.
export { compileC } from './compile-c.js';
export type { CompileCOptions } from './compile-c.js';
export { loadObject } from './object.js';
export type { LoadedObject, LoadObjectOptions, ObjectMap } from './object.js';
export { testRun } from './test-run.js';
export type { TestRunOptions, TestRunResult } from './test-run.js';

// Types as the kernel and the objects describe them.
export { Btf } from '../compiler/object/btf.js';
export { ObjectError } from '../compiler/object/object-error.js';

// Packets in both worlds.
export { checksum, updateChecksum } from './checksum.js';
export type { ChecksummedHeader, ChecksumOptions, Covered } from './checksum.js';

// What goes wrong.
export { PermissionError, TsbpfError, UnsupportedFeatureError, VerifierError } from './errors.js';

// Attaching.
export { attach } from './attach/attach.js';
export type { AttachOptions } from './attach/attach.js';
export type { ProgramReference } from './attach/handle.js';
export { syscallSymbol } from './attach/kernel-symbols.js';
export { SocketFilter } from './attach/socket-filter.js';
export type { FilterableSocket } from './attach/socket-filter.js';
export { clearEgressFilter, clearIngressFilter, EgressFilter, IngressFilter } from './attach/tc.js';
export { KernelLink } from './attach/kernel-link.js';
export { attachXdp, detachXdp, XdpLink } from './attach/xdp.js';
export type { XdpMode, XdpOptions } from './attach/xdp.js';
export { Link } from './link.js';

// Events and packets.
export { PerfQueue } from './events/perf-queue.js';
export type { PerfQueueOptions } from './events/perf-queue.js';
export { RingBuffer } from './events/ring-buffer.js';
export type { RingBufferOptions } from './events/ring-buffer.js';
export { UserRingBuffer } from './events/user-ring-buffer.js';
export type { UserRingBufferOptions } from './events/user-ring-buffer.js';
export type { EventDecoder } from './events/decoder.js';
export { traceFields } from './events/trace-pipe.js';
export type { TraceFields } from './events/trace-pipe.js';
export { CaptureFileError } from './packet/capture-file-error.js';
export type { CapturedPacket, PacketDirection } from './packet/captured-packet.js';
export { readPcap } from './packet/read-pcap.js';
export type { PcapFile, PcapStream } from './packet/read-pcap.js';
export { pcapFilter } from './pcap-filter.js';
export type { PacketBytes } from './pcap-filter.js';
export type { LinkType } from './link-type-names.js';
export { RawSocket } from './packet/raw-socket.js';
export type { Packet, PacketType, RawSocketOptions } from './packet/raw-socket.js';
