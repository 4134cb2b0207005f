// Made by scripts/generate/helpers.mjs from linux/bpf.h and helper-facts.mjs; edit those.
import type { PtRegs, SkBuff, XdpContext } from './contexts.js';
import type { Bytes, CharArray, i64, u64 } from './types.js';

/** What C takes as a pointer and a length: a struct, an array, bytes or text. */
export type Memory = object | string;
/** A callback that gives nothing, 0 or false goes on; 1 or true stops. */
export type CallbackResult = number | boolean | void;
/** A 64-bit parameter. */
export type Wide = bigint | number;

/** The kernel's helper functions; since = first kernel, GPL = for GPL-compatible programs only. */
export interface BpfHelpers {
  /** The entry of a map. Since 3.19. */
  mapLookupElem<V>(map: object, key: unknown): V | undefined;
  /** Sets an entry of a map; flags are BPF_ANY, BPF_NOEXIST or BPF_EXIST. Since 3.19. */
  mapUpdateElem(map: object, key: unknown, value: unknown, flags?: Wide): number;
  /** Removes an entry of a map. Since 3.19. */
  mapDeleteElem(map: object, key: unknown): number;
  /** Reads kernel or user memory; probeReadKernel and probeReadUser say which. Since 4.1, GPL. */
  probeRead<T>(unsafePtr: Wide): T;
  /** Nanoseconds since boot, without the time spent suspended. Since 4.1. */
  ktimeGetNs(): u64;
  /** Prints to the trace pipe; console.log is the usual way. Since 4.1, GPL. */
  tracePrintk(fmt: string, ...values: Wide[]): number;
  /** A pseudo-random number. Since 4.1. */
  getPrandomU32(): number;
  /** The number of the CPU that runs the program. Since 4.1. */
  getSmpProcessorId(): number;
  /** Writes bytes into the packet at an offset. Since 4.1. */
  skbStoreBytes(skb: SkBuff, offset: number, from: Memory, flags?: Wide): number;
  /** Updates the IP checksum at an offset after a change. Since 4.1. */
  l3CsumReplace(skb: SkBuff, offset: number, from: Wide, to: Wide, size: Wide): number;
  /** Updates the TCP, UDP or ICMP checksum after a change. Since 4.1. */
  l4CsumReplace(skb: SkBuff, offset: number, from: Wide, to: Wide, flags?: Wide): number;
  /** Jumps to a program of a ProgramArray; goes on where there is none. Since 4.2. */
  tailCall(ctx: object, progArrayMap: object, index: number): number;
  /** Sends a copy of the packet to another interface. Since 4.2. */
  cloneRedirect(skb: SkBuff, ifindex: number, flags?: Wide): number;
  /** Process id in the upper 32 bits, thread id in the lower. Since 4.2. */
  getCurrentPidTgid(): u64;
  /** Group id in the upper 32 bits, user id in the lower. Since 4.2. */
  getCurrentUidGid(): u64;
  /** The name of the current thread. Since 4.2. */
  getCurrentComm(): CharArray<16>;
  /** The net_cls class of the cgroup that sent the packet. Since 4.3. */
  getCgroupClassid(skb: SkBuff): number;
  /** Adds a VLAN tag to the packet. Since 4.3. */
  skbVlanPush(skb: SkBuff, vlanProto: number, vlanTci: number): number;
  /** Removes the outer VLAN tag of the packet. Since 4.3. */
  skbVlanPop(skb: SkBuff): number;
  /** The tunnel metadata of the packet, a struct bpf_tunnel_key. Since 4.3. */
  skbGetTunnelKey<T>(skb: SkBuff, flags?: Wide): T;
  /** Sets the tunnel metadata of the packet. Since 4.3. */
  skbSetTunnelKey(skb: SkBuff, key: Memory, flags?: Wide): number;
  /** The counter of a perf event. Since 4.3, GPL. */
  perfEventRead(map: object, flags?: Wide): u64;
  /** Sends the packet to another interface; return what it returns. Since 4.4. */
  redirect(ifindex: number, flags?: Wide): number;
  /** The realm of the route of the packet. Since 4.4. */
  getRouteRealm(skb: SkBuff): number;
  /** Writes a record to a perf event array; PerfQueue.push is the usual way. Since 4.4, GPL. */
  perfEventOutput(ctx: object, map: object, flags: Wide, data: Memory): number;
  /** Copies bytes out of the packet. Since 4.5. */
  skbLoadBytes<N extends number>(skb: SkBuff, offset: number): Bytes<N>;
  /** Walks the stack and gives the id of the trace in a StackTraceMap. Since 4.6, GPL. */
  getStackid(ctx: object, map: object, flags?: Wide): number;
  /** The checksum difference between two buffers. Since 4.6. */
  csumDiff(from: Memory | undefined, to: Memory | undefined, seed: number): i64;
  /** The tunnel options of the packet. Since 4.6. */
  skbGetTunnelOpt<T>(skb: SkBuff): T;
  /** Sets the tunnel options of the packet. Since 4.6. */
  skbSetTunnelOpt(skb: SkBuff, opt: Memory): number;
  /** Turns an IPv4 packet into an IPv6 one, or back. Since 4.8. */
  skbChangeProto(skb: SkBuff, proto: number, flags?: Wide): number;
  /** Changes the packet type (PACKET_HOST and so on). Since 4.8. */
  skbChangeType(skb: SkBuff, type: number): number;
  /** Whether the packet belongs to a cgroup of a map. Since 4.8. */
  skbUnderCgroup(skb: SkBuff, map: object, index: number): number;
  /** The flow hash of the packet, computed if need be. Since 4.8. */
  getHashRecalc(skb: SkBuff): number;
  /** The address of the current task_struct. Since 4.8, GPL. */
  getCurrentTask(): u64;
  /** Writes to the memory of the current process. Since 4.8, GPL. */
  probeWriteUser(dst: Wide, src: Memory): number;
  /** Whether the current task is in a cgroup of a map. Since 4.9. */
  currentTaskUnderCgroup(map: object, index: number): number;
  /** Grows or cuts the packet to a length. Since 4.9. */
  skbChangeTail(skb: SkBuff, len: number, flags?: Wide): number;
  /** Makes the first bytes of the packet linear and writable. Since 4.9. */
  skbPullData(skb: SkBuff, len: number): number;
  /** Adds to the checksum that the driver computed. Since 4.9. */
  csumUpdate(skb: SkBuff, csum: number): i64;
  /** Forgets the flow hash of the packet. Since 4.9. */
  setHashInvalid(skb: SkBuff): void;
  /** The NUMA node of the CPU that runs the program. Since 4.10. */
  getNumaNodeId(): number;
  /** Makes room in front of the packet. Since 4.10. */
  skbChangeHead(skb: SkBuff, len: number, flags?: Wide): number;
  /** Moves the start of the packet. Since 4.10. */
  xdpAdjustHead(xdpMd: XdpContext, delta: number): number;
  /** Reads a string; probeReadKernelStr and probeReadUserStr say from where. Since 4.11, GPL. */
  probeReadStr<N extends number>(unsafePtr: Wide): CharArray<N>;
  /** A number that stays unique to the socket of the context. Since 4.12. */
  getSocketCookie(skb: SkBuff): u64;
  /** The user who owns the socket of the packet. Since 4.12. */
  getSocketUid(skb: SkBuff): number;
  /** Sets the flow hash of the packet. Since 4.13. */
  setHash(skb: SkBuff, hash: number): number;
  /** Sets an option of a socket. Since 4.13. */
  setsockopt(bpfSocket: object, level: number, optname: number, optval: Memory): number;
  /** Grows or shrinks the room at a header of the packet. Since 4.13. */
  skbAdjustRoom(skb: SkBuff, lenDiff: number, mode: number, flags?: Wide): number;
  /** Sends the packet where a DevMap, CpuMap or socket map says. Since 4.14. */
  redirectMap(map: object, key: Wide, flags?: Wide): number;
  /** Sends the packet to a socket of a map. Since 4.14. */
  skRedirectMap(skb: SkBuff, map: object, key: number, flags?: Wide): number;
  /** Puts the socket of the context into a map. Since 4.14. */
  sockMapUpdate(skops: object, map: object, key: unknown, flags?: Wide): number;
  /** Moves the start of the metadata in front of the packet. Since 4.15. */
  xdpAdjustMeta(xdpMd: XdpContext, delta: number): number;
  /** The counter of a perf event and how long it ran, a struct bpf_perf_event_value. Since 4.15, GPL. */
  perfEventReadValue<T>(map: object, flags?: Wide): T;
  /** The counter of the event that runs the program. Since 4.15, GPL. */
  perfProgReadValue<T>(ctx: object): T;
  /** An option of a socket. Since 4.15. */
  getsockopt<T>(bpfSocket: object, level: number, optname: number): T;
  /** Makes the probed function return a value without running it. Since 4.16, GPL. */
  overrideReturn(regs: PtRegs, rc: Wide): number;
  /** Chooses the TCP events that the program is called for. Since 4.16. */
  sockOpsCbFlagsSet(bpfSock: object, argval: number): number;
  /** Sends a message to a socket of a map. Since 4.17. */
  msgRedirectMap(msg: object, map: object, key: number, flags?: Wide): number;
  /** Applies the verdict to the next bytes of a message. Since 4.17. */
  msgApplyBytes(msg: object, bytes: number): number;
  /** Waits for more bytes of a message before the next verdict. Since 4.17. */
  msgCorkBytes(msg: object, bytes: number): number;
  /** Makes a part of a message linear. Since 4.17. */
  msgPullData(msg: object, start: number, end: number, flags?: Wide): number;
  /** Binds the socket of the context to an address. Since 4.17. */
  bind(ctx: object, addr: Memory): number;
  /** Moves the end of the packet. Since 4.18. */
  xdpAdjustTail(xdpMd: XdpContext, delta: number): number;
  /** The IPsec state of the packet, a struct bpf_xfrm_state. Since 4.18. */
  skbGetXfrmState<T>(skb: SkBuff, index: number, flags?: Wide): T;
  /** The kernel or user stack as an array of addresses. Since 4.18, GPL. */
  getStack<T>(ctx: object, flags?: Wide): T;
  /** Copies bytes out of the packet, counted from a header. Since 4.18. */
  skbLoadBytesRelative<N extends number>(skb: SkBuff, offset: number, startHeader: number): Bytes<N>;
  /** Looks a route up; the struct bpf_fib_lookup is filled in. Since 4.18, GPL. */
  fibLookup(ctx: object, params: object, flags?: number): number;
  /** Puts the socket of the context into a hash of sockets. Since 4.18. */
  sockHashUpdate(skops: object, map: object, key: unknown, flags?: Wide): number;
  /** Sends a message to a socket of a hash. Since 4.18. */
  msgRedirectHash(msg: object, map: object, key: unknown, flags?: Wide): number;
  /** Sends the packet to a socket of a hash. Since 4.18. */
  skRedirectHash(skb: SkBuff, map: object, key: unknown, flags?: Wide): number;
  /** Puts an outer header around the packet. Since 4.18. */
  lwtPushEncap(skb: SkBuff, type: number, hdr: Memory): number;
  /** Writes into the segment routing header. Since 4.18. */
  lwtSeg6StoreBytes(skb: SkBuff, offset: number, from: Memory): number;
  /** Grows or shrinks the segment routing header. Since 4.18. */
  lwtSeg6AdjustSrh(skb: SkBuff, offset: number, delta: number): number;
  /** Applies a segment routing action. Since 4.18. */
  lwtSeg6Action(skb: SkBuff, action: number, param: Memory): number;
  /** Reports a repeated key of a remote control. Since 4.18, GPL. */
  rcRepeat(ctx: object): number;
  /** Reports a key of a remote control. Since 4.18, GPL. */
  rcKeydown(ctx: object, protocol: number, scancode: Wide, toggle: number): number;
  /** The id of the cgroup of the socket of the packet. Since 4.18. */
  skbCgroupId(skb: SkBuff): u64;
  /** The id of the cgroup of the current task. Since 4.18. */
  getCurrentCgroupId(): u64;
  /** The storage of the cgroup that the program is attached to. Since 4.19. */
  getLocalStorage<V>(map: object, flags?: Wide): V | undefined;
  /** Chooses the socket that gets the packet. Since 4.19. */
  skSelectReuseport(reuse: object, map: object, key: unknown, flags?: Wide): number;
  /** The id of an ancestor of the cgroup of the packet. Since 4.19. */
  skbAncestorCgroupId(skb: SkBuff, ancestorLevel: number): u64;
  /** The TCP socket of an address pair, or 0n; release it with skRelease. Since 4.20. */
  skLookupTcp(ctx: object, tuple: Memory, netns: Wide, flags?: Wide): u64;
  /** The UDP socket of an address pair, or 0n; release it with skRelease. Since 4.20. */
  skLookupUdp(ctx: object, tuple: Memory, netns: Wide, flags?: Wide): u64;
  /** Gives back a socket that a lookup returned. Since 4.20. */
  skRelease(sock: Wide): number;
  /** Adds a value to a queue, a stack or a Bloom filter. Since 4.20. */
  mapPushElem(map: object, value: unknown, flags?: Wide): number;
  /** Takes a value from a queue or a stack. Since 4.20. */
  mapPopElem<V>(map: object): V;
  /** Reads the next value of a queue or a stack. Since 4.20. */
  mapPeekElem<V>(map: object): V;
  /** Makes room inside a message. Since 4.20. */
  msgPushData(msg: object, start: number, len: number, flags?: Wide): number;
  /** Removes bytes of a message. Since 5.0. */
  msgPopData(msg: object, start: number, len: number, flags?: Wide): number;
  /** Reports a movement of a remote control. Since 5.0, GPL. */
  rcPointerRel(ctx: object, relX: number, relY: number): number;
  /** Takes the lock inside a map value. Since 5.1. */
  spinLock(lock: object): number;
  /** Releases the lock inside a map value. Since 5.1. */
  spinUnlock(lock: object): number;
  /** The full socket of a socket, or 0n. Since 5.1. */
  skFullsock(sk: Wide): u64;
  /** The TCP socket of a socket, or 0n. Since 5.1. */
  tcpSock(sk: Wide): u64;
  /** Marks the packet as having met congestion. Since 5.1. */
  skbEcnSetCe(skb: SkBuff): number;
  /** The listening socket of a socket, or 0n. Since 5.1. */
  getListenerSock(sk: Wide): u64;
  /** As skLookupTcp, also for sockets that are not full ones. Since 5.2. */
  skcLookupTcp(ctx: object, tuple: Memory, netns: Wide, flags?: Wide): u64;
  /** Whether the headers carry a valid SYN cookie. Since 5.2, GPL. */
  tcpCheckSyncookie(sk: Wide, iph: Memory, th: Memory): number;
  /** The name of the sysctl that is accessed. Since 5.2. */
  sysctlGetName<N extends number>(ctx: object, flags?: Wide): CharArray<N>;
  /** The value of the sysctl. Since 5.2. */
  sysctlGetCurrentValue<N extends number>(ctx: object): CharArray<N>;
  /** The value that is written to the sysctl. Since 5.2. */
  sysctlGetNewValue<N extends number>(ctx: object): CharArray<N>;
  /** Replaces the value that is written to the sysctl. Since 5.2. */
  sysctlSetNewValue(ctx: object, buf: Memory): number;
  /** The signed number at the start of a text; flags give the base. Since 5.2. */
  strtol(buf: Memory, flags?: Wide): i64;
  /** The unsigned number at the start of a text; flags give the base. Since 5.2. */
  strtoul(buf: Memory, flags?: Wide): u64;
  /** The storage of a socket. Since 5.2. */
  skStorageGet<V>(map: object, sk: Wide, value: unknown | undefined, flags?: Wide): V | undefined;
  /** Removes the storage of a socket. Since 5.2. */
  skStorageDelete(map: object, sk: Wide): number;
  /** Sends a signal to the current process. Since 5.3. */
  sendSignal(sig: number): number;
  /** Makes a SYN cookie for the headers. Since 5.3, GPL. */
  tcpGenSyncookie(sk: Wide, iph: Memory, th: Memory): i64;
  /** Writes a record with packet bytes to a perf event array, from tracing programs. Since 5.5, GPL. */
  skbOutput(ctx: Wide, map: object, flags: Wide, data: Memory): number;
  /** Reads a value from user memory. Since 5.5, GPL. */
  probeReadUser<T>(unsafePtr: Wide): T;
  /** Reads a value from kernel memory. Since 5.5, GPL. */
  probeReadKernel<T>(unsafePtr: Wide): T;
  /** Reads a NUL-terminated string from user memory. Since 5.5, GPL. */
  probeReadUserStr<N extends number>(unsafePtr: Wide): CharArray<N>;
  /** Reads a NUL-terminated string from kernel memory. Since 5.5, GPL. */
  probeReadKernelStr<N extends number>(unsafePtr: Wide): CharArray<N>;
  /** Sends a TCP acknowledgement. Since 5.5. */
  tcpSendAck(tp: Wide, rcvNxt: number): number;
  /** Sends a signal to the current thread. Since 5.5. */
  sendSignalThread(sig: number): number;
  /** The kernel timer ticks since boot. Since 5.6. */
  jiffies64(): u64;
  /** The branch records of the perf event. Since 5.7, GPL. */
  readBranchRecords<T>(ctx: object, flags?: Wide): T;
  /** Process and thread id as a PID namespace sees them, a struct bpf_pidns_info. Since 5.7. */
  getNsCurrentPidTgid<T>(dev: Wide, ino: Wide): T;
  /** Writes a record with packet bytes to a perf event array, from tracing programs. Since 5.7, GPL. */
  xdpOutput(ctx: Wide, map: object, flags: Wide, data: Memory): number;
  /** A number that stays unique to the network namespace. Since 5.7. */
  getNetnsCookie(ctx: object | undefined): u64;
  /** The id of an ancestor of the cgroup of the current task. Since 5.7. */
  getCurrentAncestorCgroupId(ancestorLevel: number): u64;
  /** Gives the packet to a socket. Since 5.7. */
  skAssign(skb: SkBuff, sk: Wide, flags?: Wide): number;
  /** Nanoseconds since boot, with the time spent suspended. Since 5.8. */
  ktimeGetBootNs(): u64;
  /** Prints into the output of an iterator. Since 5.8, GPL. */
  seqPrintf(m: Wide, fmt: string, data: Memory | undefined): number;
  /** Writes bytes into the output of an iterator. Since 5.8, GPL. */
  seqWrite(m: Wide, data: Memory): number;
  /** The id of the cgroup of a socket. Since 5.8. */
  skCgroupId(sk: Wide): u64;
  /** The id of an ancestor of the cgroup of a socket. Since 5.8. */
  skAncestorCgroupId(sk: Wide, ancestorLevel: number): u64;
  /** Copies a record into a ring buffer; RingBuffer.push is the usual way. Since 5.8. */
  ringbufOutput(ringbuf: object, data: Memory, flags?: Wide): number;
  /** Room for a record of a ring buffer; RingBuffer.reserve is the usual way. Since 5.8. */
  ringbufReserve<V>(ringbuf: object, flags?: Wide): V | undefined;
  /** Hands a reserved record to user space. Since 5.8. */
  ringbufSubmit(data: object, flags?: Wide): void;
  /** Drops a reserved record. Since 5.8. */
  ringbufDiscard(data: object, flags?: Wide): void;
  /** A number about a ring buffer, such as how much is unread. Since 5.8. */
  ringbufQuery(ringbuf: object, flags?: Wide): u64;
  /** Says how deep the checksum of the packet was verified. Since 5.8. */
  csumLevel(skb: SkBuff, level: Wide): number;
  /** The tcp6_sock of a socket, or 0n. Since 5.9. */
  skcToTcp6Sock(sk: Wide): u64;
  /** The tcp_sock of a socket, or 0n. Since 5.9. */
  skcToTcpSock(sk: Wide): u64;
  /** The tcp_timewait_sock of a socket, or 0n. Since 5.9. */
  skcToTcpTimewaitSock(sk: Wide): u64;
  /** The tcp_request_sock of a socket, or 0n. Since 5.9. */
  skcToTcpRequestSock(sk: Wide): u64;
  /** The udp6_sock of a socket, or 0n. Since 5.9. */
  skcToUdp6Sock(sk: Wide): u64;
  /** The stack of a task as an array of addresses. Since 5.9. */
  getTaskStack<T>(task: Wide, flags?: Wide): T;
  /** Finds a TCP header option; the buffer names it and is filled in. Since 5.10. */
  loadHdrOpt(skops: object, searchbyRes: object, flags?: Wide): number;
  /** Writes a TCP header option. Since 5.10. */
  storeHdrOpt(skops: object, from: Memory, flags?: Wide): number;
  /** Makes room for a TCP header option. Since 5.10. */
  reserveHdrOpt(skops: object, len: number, flags?: Wide): number;
  /** The storage of an inode. Since 5.10. */
  inodeStorageGet<V>(map: object, inode: Wide, value: unknown | undefined, flags?: Wide): V | undefined;
  /** Removes the storage of an inode. Since 5.10. */
  inodeStorageDelete(map: object, inode: Wide): number;
  /** The full path of a struct path. Since 5.10. */
  dPath<N extends number>(path: Wide): CharArray<N>;
  /** Reads user memory; may sleep, so only for sleepable programs. Since 5.10. */
  copyFromUser<T>(userPtr: Wide): T;
  /** Prints a kernel object by its type. Since 5.10. */
  snprintfBtf<N extends number>(ptr: Memory, flags?: Wide): CharArray<N>;
  /** Prints a kernel object by its type into the output of an iterator. Since 5.10, GPL. */
  seqPrintfBtf(m: Wide, ptr: Memory, flags?: Wide): number;
  /** The net_cls class of the socket of the packet. Since 5.10. */
  skbCgroupClassid(skb: SkBuff): u64;
  /** Sends the packet to another interface and fills in its link-layer addresses. Since 5.10. */
  redirectNeigh(ifindex: number, params: Memory | undefined, flags?: Wide): number;
  /** The address of a per-CPU kernel variable on a CPU, or 0n. Since 5.10. */
  perCpuPtr(percpuPtr: Wide, cpu: number): u64;
  /** The address of a per-CPU kernel variable on this CPU. Since 5.10. */
  thisCpuPtr(percpuPtr: Wide): u64;
  /** Sends the packet to the peer of an interface in another namespace. Since 5.10. */
  redirectPeer(ifindex: number, flags?: Wide): number;
  /** The storage of a task. Since 5.11. */
  taskStorageGet<V>(map: object, task: Wide, value: unknown | undefined, flags?: Wide): V | undefined;
  /** Removes the storage of a task. Since 5.11. */
  taskStorageDelete(map: object, task: Wide): number;
  /** The current task as a typed pointer. Since 5.11, GPL. */
  getCurrentTaskBtf(): u64;
  /** Sets options of a program that is about to be executed. Since 5.11. */
  bprmOptsSet(bprm: Wide, flags?: Wide): number;
  /** Nanoseconds since boot, cheap and only as exact as the timer tick. Since 5.11. */
  ktimeGetCoarseNs(): u64;
  /** The integrity hash of an inode. Since 5.11. */
  imaInodeHash<N extends number>(inode: Wide): Bytes<N>;
  /** The socket of a file, or 0n. Since 5.11. */
  sockFromFile(file: Wide): u64;
  /** Whether the packet fits the MTU, which is filled in. Since 5.12, GPL. */
  checkMtu(ctx: object, ifindex: number, mtuLen: object, lenDiff: number, flags?: Wide): number;
  /** Calls a function for each entry; map.forEach is the usual way. Since 5.13. */
  forEachMapElem(map: object, callbackFn: (map: object, key: unknown, value: unknown) => CallbackResult, flags?: Wide): number;
  /** Prints into a text. Since 5.13, GPL. */
  snprintf<N extends number>(fmt: string, data: Memory | undefined): CharArray<N>;
  /** The bpf system call, from syscall programs. Since 5.14. */
  sysBpf(cmd: number, attr: object): number;
  /** The id of a kernel type. Since 5.14. */
  btfFindByNameKind(name: Memory, kind: number, flags?: number): number;
  /** The close system call, from syscall programs. Since 5.14. */
  sysClose(fd: number): number;
  /** Sets up a timer inside a map value; flags name the clock. Since 5.15, GPL. */
  timerInit(timer: object, map: object, flags?: Wide): number;
  /** Sets the function that a timer calls. Since 5.15, GPL. */
  timerSetCallback(timer: object, callbackFn: (map: object, key: unknown, value: unknown) => CallbackResult): number;
  /** Starts a timer; it fires after so many nanoseconds. Since 5.15, GPL. */
  timerStart(timer: object, nsecs: Wide, flags?: Wide): number;
  /** Stops a timer. Since 5.15, GPL. */
  timerCancel(timer: object): number;
  /** The address of the probed function. Since 5.15, GPL. */
  getFuncIp(ctx: object): u64;
  /** The number that was given when the program was attached. Since 5.15. */
  getAttachCookie(ctx: object): u64;
  /** The address of the user registers of a task. Since 5.15, GPL. */
  taskPtRegs(task: Wide): u64;
  /** The last branches that the CPU took. Since 5.16, GPL. */
  getBranchSnapshot<T>(flags?: Wide): T;
  /** Prints to the trace pipe with more than three values, given as an array of u64. Since 5.16, GPL. */
  traceVprintk(fmt: string, data: Memory | undefined): number;
  /** The unix_sock of a socket, or 0n. Since 5.16. */
  skcToUnixSock(sk: Wide): u64;
  /** The address of a kernel symbol, from syscall programs. Since 5.16. */
  kallsymsLookupName(name: Memory, flags?: number): u64;
  /** Calls a function with the memory area of a task at an address. Since 5.17. */
  findVma(task: Wide, addr: Wide, callbackFn: (task: u64, area: u64) => CallbackResult, flags?: Wide): number;
  /** Calls a function so many times, or until it returns 1 or true; gives the number of calls. Since 5.17. */
  loop(nrLoops: number, callbackFn: (index: number) => CallbackResult, flags?: Wide): number;
  /** Compares a text with a constant, as strncmp(3) does. Since 5.17. */
  strncmp(s1: Memory, s2: string): number;
  /** An argument of the traced function. Since 5.17. */
  getFuncArg(ctx: object, n: number): u64;
  /** The return value of the traced function. Since 5.17. */
  getFuncRet(ctx: object): u64;
  /** The number of arguments of the traced function. Since 5.17. */
  getFuncArgCnt(ctx: object): number;
  /** The return value that the system call will have. Since 5.18. */
  getRetval(): number;
  /** Sets the return value that the system call will have. Since 5.18. */
  setRetval(retval: number): number;
  /** The length of the packet, all fragments counted. Since 5.18. */
  xdpGetBuffLen(xdpMd: XdpContext): u64;
  /** Copies bytes out of the packet, fragments too. Since 5.18. */
  xdpLoadBytes<N extends number>(xdpMd: XdpContext, offset: number): Bytes<N>;
  /** Writes bytes into the packet, fragments too. Since 5.18. */
  xdpStoreBytes(xdpMd: XdpContext, offset: number, buf: Memory): number;
  /** Reads memory of another process; may sleep. Since 5.18, GPL. */
  copyFromUserTask<T>(userPtr: Wide, tsk: Wide, flags?: Wide): T;
  /** Sets the timestamp of the packet and its clock. Since 5.18. */
  skbSetTstamp(skb: SkBuff, tstamp: Wide, tstampType: number): number;
  /** The integrity hash of a file. Since 5.18. */
  imaFileHash<N extends number>(file: Wide): Bytes<N>;
  /** Exchanges the kernel pointer in a map value. Since 5.19. */
  kptrXchg(dst: object, ptr: Wide | undefined): u64;
  /** The entry of a per-CPU map on a CPU. Since 5.19. */
  mapLookupPercpuElem<V>(map: object, key: unknown, cpu: number): V | undefined;
  /** The mptcp_sock of a socket, or 0n. Since 5.19. */
  skcToMptcpSock(sk: Wide): u64;
  /** Sets up a dynamic pointer to map memory. Since 5.19. */
  dynptrFromMem(data: Memory, flags: Wide, ptr: object): number;
  /** Room for a ring buffer record whose size is known at run time. Since 5.19. */
  ringbufReserveDynptr(ringbuf: object, size: number, flags: Wide, ptr: object): number;
  /** Hands a record to user space. Since 5.19. */
  ringbufSubmitDynptr(ptr: object, flags?: Wide): void;
  /** Drops a record. Since 5.19. */
  ringbufDiscardDynptr(ptr: object, flags?: Wide): void;
  /** Reads a value at an offset of a dynamic pointer. Since 5.19. */
  dynptrRead<T>(src: object, offset: Wide, flags?: Wide): T;
  /** Writes a value at an offset of a dynamic pointer. Since 5.19. */
  dynptrWrite(dst: object, offset: Wide, src: Memory, flags?: Wide): number;
  /** The address of a part of a dynamic pointer, or 0n. Since 5.19. */
  dynptrData(ptr: object, offset: Wide, len: Wide): u64;
  /** Makes a SYN cookie for an IPv4 packet. Since 6.0, GPL. */
  tcpRawGenSyncookieIpv4(iph: Memory, th: Memory): i64;
  /** Makes a SYN cookie for an IPv6 packet. Since 6.0, GPL. */
  tcpRawGenSyncookieIpv6(iph: Memory, th: Memory): i64;
  /** Checks a SYN cookie of an IPv4 packet; 0 when valid. Since 6.0, GPL. */
  tcpRawCheckSyncookieIpv4(iph: Memory, th: Memory): number;
  /** Checks a SYN cookie of an IPv6 packet; 0 when valid. Since 6.0, GPL. */
  tcpRawCheckSyncookieIpv6(iph: Memory, th: Memory): number;
  /** Nanoseconds of international atomic time. Since 6.1. */
  ktimeGetTaiNs(): u64;
  /** Calls a function for each record that user space sent. Since 6.1. */
  userRingbufDrain(map: object, callbackFn: (record: object) => CallbackResult, flags?: Wide): number;
  /** The storage of a cgroup. Since 6.2. */
  cgrpStorageGet<V>(map: object, cgroup: Wide, value: unknown | undefined, flags?: Wide): V | undefined;
  /** Removes the storage of a cgroup. Since 6.2. */
  cgrpStorageDelete(map: object, cgroup: Wide): number;
}
