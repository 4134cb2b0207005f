/** The map types of the kernel: numbers of enum bpf_map_type (linux/bpf.h), and the Linux that brought each. */

/** Map types by the names that `BpfMap.create` takes; values are the kernel's numbers. */
export const MapType = {
  hash: 1,
  array: 2,
  programArray: 3,
  perfEventArray: 4,
  perCpuHash: 5,
  perCpuArray: 6,
  stackTrace: 7,
  cgroupArray: 8,
  lruHash: 9,
  lruPerCpuHash: 10,
  lpmTrie: 11,
  arrayOfMaps: 12,
  hashOfMaps: 13,
  devMap: 14,
  socketMap: 15,
  cpuMap: 16,
  xskMap: 17,
  queue: 22,
  stack: 23,
  socketStorage: 24,
  devMapHash: 25,
  ringBuffer: 27,
  inodeStorage: 28,
  taskStorage: 29,
  bloomFilter: 30,
  userRingBuffer: 31,
} as const;

export type MapTypeName = keyof typeof MapType;

/** BPF_F_… flags of map creation that the runtime itself sets or reads. */
export const MapFlag = { noPrealloc: 1, mmapable: 1 << 10 } as const;

/** Whether a value is an array of values, one for each possible CPU. */
export function isPerCpu(type: number): boolean {
  return type === MapType.perCpuHash || type === MapType.perCpuArray || type === MapType.lruPerCpuHash;
}

/** Maps whose values are not what goes through: perf event arrays hold descriptors, ring buffers have no value at all. */
export function carriesEvents(type: number): boolean {
  return type === MapType.perfEventArray || type === MapType.ringBuffer || type === MapType.userRingBuffer;
}

/** The name of a map type: `'hash'`; `'type 99'` for one that is not known here. */
export function mapTypeName(type: number): string {
  return Object.entries(MapType).find(([, number]) => number === type)?.[0] ?? `type ${type}`;
}

const introduced: Readonly<Record<number, string>> = {
  [MapType.perCpuHash]: '4.6',
  [MapType.perCpuArray]: '4.6',
  [MapType.stackTrace]: '4.6',
  [MapType.cgroupArray]: '4.8',
  [MapType.lruHash]: '4.10',
  [MapType.lruPerCpuHash]: '4.10',
  [MapType.lpmTrie]: '4.11',
  [MapType.arrayOfMaps]: '4.12',
  [MapType.hashOfMaps]: '4.12',
  [MapType.devMap]: '4.14',
  [MapType.socketMap]: '4.14',
  [MapType.cpuMap]: '4.15',
  [MapType.xskMap]: '4.18',
  [MapType.queue]: '4.20',
  [MapType.stack]: '4.20',
  [MapType.socketStorage]: '5.2',
  [MapType.devMapHash]: '5.4',
  [MapType.ringBuffer]: '5.8',
  [MapType.inodeStorage]: '5.10',
  [MapType.taskStorage]: '5.11',
  [MapType.bloomFilter]: '5.16',
  [MapType.userRingBuffer]: '6.1',
};

/** The Linux version that brought a map type: `'5.8'`; undefined where it is older than 4.6 or not known. */
export function mapTypeSince(type: number): string | undefined {
  return introduced[type];
}
