/**
 * libbpf 1.x, called through koffi. Thin and typed: results are libbpf's own (negative is -errno); who calls decides
 * what an error means. libbpf prints nothing: what it says during a load is collected for the error message.
 */
import { TsbpfError } from '../errors.js';
import { foreignCallback, foreignLibrary, lastErrno, readString, type Pointer } from './library.js';
import { formatMessage, raiseMemoryLock } from './libc.js';

/** The library itself; `declare` on it what is not below. */
export const libbpf = foreignLibrary(
  ['libbpf.so.1'],
  (detail) =>
    new TsbpfError(`libbpf cannot be used: ${detail}.`, {
      code: 'TSBPF2001',
      operation: 'open',
      subject: 'libbpf.so.1',
      hint: 'Install libbpf 1.0 or later: `apt install libbpf1` (Debian, Ubuntu), `dnf install libbpf` (Fedora).',
    }),
  // Without this, libbpf writes its warnings to stderr.
  (library) => void library.func('void *libbpf_set_print(void *callback)')(null),
);

type Bytes = Uint8Array | null;
/** `struct bpf_object *`, `struct bpf_program *`, `struct bpf_map *`, `struct bpf_link *`. */
export type ObjectPointer = Pointer;
export type ProgramPointer = Pointer;
export type MapPointer = Pointer;
export type LinkPointer = Pointer;

const declare = libbpf.declare;

const setPrint = declare<(callback: Pointer | null) => Pointer | null>('void *libbpf_set_print(void *callback)');
const printLevel = { warn: 0 };

let printer: Pointer | undefined;
let collected: string[] | undefined;

/** Called by libbpf for each message while `withMessages` runs. */
function collectMessage(level: number, format: Pointer, list: Pointer): number {
  if (level === printLevel.warn && collected && collected.length < 1000) collected.push(formatMessage(format, list));
  return 0;
}

/**
 * Runs calls of libbpf and collects its warnings, without their `libbpf: ` prefix.
 */
export function withMessages<T>(run: () => T): { readonly result: T; readonly messages: readonly string[] } {
  printer ??= foreignCallback(collectMessage, 'int', ['int', 'void *', 'void *']).pointer;
  const messages: string[] = [];
  const outer = collected;
  collected = messages;
  setPrint(printer);
  try {
    const result = run();
    return { result, messages: messages.map((message) => message.replace(/^libbpf: /, '').trimEnd()) };
  } finally {
    collected = outer;
    if (!outer) setPrint(null);
  }
}

const openMem = declare<(bytes: Uint8Array, size: number, options: BigUint64Array | null) => ObjectPointer | null>(
  'void *bpf_object__open_mem(void *bytes, size_t size, void *options)',
);

/**
 * bpf_object__open_mem.
 *
 * @returns the object, or -errno.
 */
export function openObject(bytes: Uint8Array): ObjectPointer | number {
  raiseMemoryLock();
  return openMem(bytes, bytes.length, null) ?? -lastErrno();
}

export const objectLoad = declare<(object: ObjectPointer) => number>('int bpf_object__load(void *object)');
export const objectClose = declare<(object: ObjectPointer) => void>('void bpf_object__close(void *object)');
export const objectFindProgram = declare<(object: ObjectPointer, name: string) => ProgramPointer | null>(
  'void *bpf_object__find_program_by_name(void *object, const char *name)',
);
export const objectNextProgram = declare<
  (object: ObjectPointer, before: ProgramPointer | null) => ProgramPointer | null
>('void *bpf_object__next_program(void *object, void *before)');
export const objectFindMap = declare<(object: ObjectPointer, name: string) => MapPointer | null>(
  'void *bpf_object__find_map_by_name(void *object, const char *name)',
);
export const objectNextMap = declare<(object: ObjectPointer, before: MapPointer | null) => MapPointer | null>(
  'void *bpf_object__next_map(void *object, void *before)',
);
export const objectBtfFd = declare<(object: ObjectPointer) => number>('int bpf_object__btf_fd(void *object)');

export const programName = declare<(program: ProgramPointer) => string>('const char *bpf_program__name(void *program)');
export const programSection = declare<(program: ProgramPointer) => string>(
  'const char *bpf_program__section_name(void *program)',
);
export const programType = declare<(program: ProgramPointer) => number>('int bpf_program__type(void *program)');
export const programSetType = declare<(program: ProgramPointer, type: number) => number>(
  'int bpf_program__set_type(void *program, int type)',
);
export const programExpectedAttachType = declare<(program: ProgramPointer) => number>(
  'int bpf_program__expected_attach_type(void *program)',
);
export const programSetExpectedAttachType = declare<(program: ProgramPointer, type: number) => number>(
  'int bpf_program__set_expected_attach_type(void *program, int type)',
);
export const programSetAutoload = declare<(program: ProgramPointer, autoload: boolean) => number>(
  'int bpf_program__set_autoload(void *program, bool autoload)',
);
export const programFlags = declare<(program: ProgramPointer) => number>('uint32_t bpf_program__flags(void *program)');
export const programSetFlags = declare<(program: ProgramPointer, flags: number) => number>(
  'int bpf_program__set_flags(void *program, uint32_t flags)',
);
export const programSetInterfaceIndex = declare<(program: ProgramPointer, index: number) => void>(
  'void bpf_program__set_ifindex(void *program, uint32_t index)',
);
export const programFd = declare<(program: ProgramPointer) => number>('int bpf_program__fd(void *program)');
/** The buffer has to stay where it is until the object is loaded or closed. */
export const programSetLogBuffer = declare<(program: ProgramPointer, buffer: Pointer | null, size: number) => number>(
  'int bpf_program__set_log_buf(void *program, void *buffer, size_t size)',
);
export const programSetLogLevel = declare<(program: ProgramPointer, level: number) => number>(
  'int bpf_program__set_log_level(void *program, uint32_t level)',
);
export const programSetAttachTarget = declare<(program: ProgramPointer, fd: number, name: string | null) => number>(
  'int bpf_program__set_attach_target(void *program, int fd, const char *name)',
);
export const programPin = declare<(program: ProgramPointer, path: string) => number>(
  'int bpf_program__pin(void *program, const char *path)',
);

export const mapName = declare<(map: MapPointer) => string>('const char *bpf_map__name(void *map)');
export const mapFd = declare<(map: MapPointer) => number>('int bpf_map__fd(void *map)');
export const mapType = declare<(map: MapPointer) => number>('int bpf_map__type(void *map)');
export const mapKeySize = declare<(map: MapPointer) => number>('uint32_t bpf_map__key_size(void *map)');
export const mapValueSize = declare<(map: MapPointer) => number>('uint32_t bpf_map__value_size(void *map)');
export const mapMaxEntries = declare<(map: MapPointer) => number>('uint32_t bpf_map__max_entries(void *map)');
export const mapSetMaxEntries = declare<(map: MapPointer, entries: number) => number>(
  'int bpf_map__set_max_entries(void *map, uint32_t entries)',
);
export const mapSetFlags = declare<(map: MapPointer, flags: number) => number>(
  'int bpf_map__set_map_flags(void *map, uint32_t flags)',
);
export const mapFlags = declare<(map: MapPointer) => number>('uint32_t bpf_map__map_flags(void *map)');
export const mapReuseFd = declare<(map: MapPointer, fd: number) => number>('int bpf_map__reuse_fd(void *map, int fd)');
export const mapSetAutocreate = declare<(map: MapPointer, create: boolean) => number>(
  'int bpf_map__set_autocreate(void *map, bool create)',
);
export const mapSetPinPath = declare<(map: MapPointer, path: string | null) => number>(
  'int bpf_map__set_pin_path(void *map, const char *path)',
);
export const mapIsInternal = declare<(map: MapPointer) => boolean>('bool bpf_map__is_internal(void *map)');
export const mapSetInnerMapFd = declare<(map: MapPointer, fd: number) => number>(
  'int bpf_map__set_inner_map_fd(void *map, int fd)',
);
export const mapSetInitialValue = declare<(map: MapPointer, value: Uint8Array, size: number) => number>(
  'int bpf_map__set_initial_value(void *map, void *value, size_t size)',
);
/** The map's contents before the load; the address of `size` gets the number of bytes. */
export const mapInitialValue = declare<(map: MapPointer, size: BigUint64Array) => Pointer | null>(
  'void *bpf_map__initial_value(void *map, void *size)',
);

export const mapCreate = declare<
  (type: number, name: string | null, keySize: number, valueSize: number, entries: number, options: Bytes) => number
>(
  'int bpf_map_create(int type, const char *name, uint32_t keySize, uint32_t valueSize, uint32_t entries, void *options)',
);
export const btfLoad = declare<(bytes: Uint8Array, size: number, options: Bytes) => number>(
  'int bpf_btf_load(void *bytes, size_t size, void *options)',
);
export const mapLookup = declare<(fd: number, key: Bytes, value: Uint8Array) => number>(
  'int bpf_map_lookup_elem(int fd, void *key, void *value)',
);
export const mapUpdate = declare<(fd: number, key: Bytes, value: Uint8Array, flags: number) => number>(
  'int bpf_map_update_elem(int fd, void *key, void *value, uint64_t flags)',
);
export const mapDelete = declare<(fd: number, key: Bytes) => number>('int bpf_map_delete_elem(int fd, void *key)');
export const mapTake = declare<(fd: number, key: Bytes, value: Uint8Array) => number>(
  'int bpf_map_lookup_and_delete_elem(int fd, void *key, void *value)',
);
export const mapNextKey = declare<(fd: number, key: Bytes, next: Uint8Array) => number>(
  'int bpf_map_get_next_key(int fd, void *key, void *next)',
);
export const mapFreeze = declare<(fd: number) => number>('int bpf_map_freeze(int fd)');

export const mapLookupBatch = declare<
  (
    fd: number,
    from: Bytes,
    to: Uint8Array,
    keys: Uint8Array,
    values: Uint8Array,
    count: Uint32Array,
    options: Bytes,
  ) => number
>('int bpf_map_lookup_batch(int fd, void *from, void *to, void *keys, void *values, void *count, void *options)');
export const mapUpdateBatch = declare<
  (fd: number, keys: Uint8Array, values: Uint8Array, count: Uint32Array, options: BigUint64Array | null) => number
>('int bpf_map_update_batch(int fd, void *keys, void *values, void *count, void *options)');
export const mapDeleteBatch = declare<
  (fd: number, keys: Uint8Array, count: Uint32Array, options: BigUint64Array | null) => number
>('int bpf_map_delete_batch(int fd, void *keys, void *count, void *options)');

export const objectPin = declare<(fd: number, path: string) => number>('int bpf_obj_pin(int fd, const char *path)');
export const objectGet = declare<(path: string) => number>('int bpf_obj_get(const char *path)');
export const objectInfo = declare<(fd: number, info: Uint8Array, size: Uint32Array) => number>(
  'int bpf_obj_get_info_by_fd(int fd, void *info, void *size)',
);
export const mapFdById = declare<(id: number) => number>('int bpf_map_get_fd_by_id(uint32_t id)');
export const mapNextId = declare<(after: number, next: Uint32Array) => number>(
  'int bpf_map_get_next_id(uint32_t after, void *next)',
);
export const programFdById = declare<(id: number) => number>('int bpf_prog_get_fd_by_id(uint32_t id)');
export const btfFdById = declare<(id: number) => number>('int bpf_btf_get_fd_by_id(uint32_t id)');
/** Options as struct bpf_test_run_opts (bpf.h), 80 bytes, the pointers inside by `addressOf`. */
export const programTestRun = declare<(fd: number, options: Uint8Array) => number>(
  'int bpf_prog_test_run_opts(int fd, void *options)',
);

const possible = declare<() => number>('int libbpf_num_possible_cpus()');
let cpus = 0;

/** How many CPUs this machine may ever have: per-CPU maps have a value for each, online or not. */
export function possibleCpus(): number {
  return (cpus ||= Math.max(1, possible()));
}

/** 1 where the kernel has the map type, 0 where not, -errno where that cannot be found out. */
export const probeMapType = declare<(type: number, options: null) => number>(
  'int libbpf_probe_bpf_map_type(int type, void *options)',
);
/** 1 where the kernel has the program type, 0 where not, -errno where that cannot be found out. */
export const probeProgramType = declare<(type: number, options: null) => number>(
  'int libbpf_probe_bpf_prog_type(int type, void *options)',
);
/** 1 where programs of the type may call the helper, 0 where not, -errno where that cannot be found out. */
export const probeHelper = declare<(type: number, helper: number, options: null) => number>(
  'int libbpf_probe_bpf_helper(int type, int helper, void *options)',
);

export const libbpfVersion = declare<() => string>('const char *libbpf_version_string()');

// Attaching: links are released by linkDestroy, which detaches what is not pinned.
export const linkDestroy = declare<(link: LinkPointer) => number>('int bpf_link__destroy(void *link)');
export const linkFd = declare<(link: LinkPointer) => number>('int bpf_link__fd(void *link)');
export const linkPin = declare<(link: LinkPointer, path: string) => number>(
  'int bpf_link__pin(void *link, const char *path)',
);

export { lastErrno, readString };
