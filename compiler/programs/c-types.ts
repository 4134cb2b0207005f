/** Which of our integer types a C type of the kernel is: `pid_t` is `i32`, any pointer is a `u64` address. */

export type IntegerName = 'u8' | 'u16' | 'u32' | 'u64' | 'i8' | 'i16' | 'i32' | 'i64';

/** On 64-bit machines, as the kernel's own headers define them; `_` stands for the space in `unsigned int` too. */
const NAMES: Readonly<Record<IntegerName, string>> = {
  u8: 'u8 __u8 unsigned_char uint8_t bool',
  u16: 'u16 __u16 unsigned_short uint16_t umode_t __kernel_sa_family_t __be16 __le16',
  u32: 'u32 __u32 unsigned unsigned_int uint32_t uid_t gid_t qid_t dev_t gfp_t fmode_t blk_opf_t __be32 __le32 __wsum',
  u64: 'u64 __u64 unsigned_long unsigned_long_long uint64_t size_t aio_context_t uintptr_t sector_t ino_t blkcnt_t __be64 cap_user_header_t cap_user_data_t',
  i8: 's8 __s8 char signed_char int8_t',
  i16: 's16 __s16 short int16_t',
  i32: 's32 __s32 int int32_t pid_t key_t clockid_t timer_t mqd_t key_serial_t rwf_t',
  i64: 's64 __s64 long long_long int64_t loff_t off_t ssize_t ktime_t time64_t',
};

/** Made when first asked for: a tool that starts seldom needs it. */
const makeIntegers = (): ReadonlyMap<string, IntegerName> =>
  new Map(
    Object.entries(NAMES).flatMap(([name, cNames]) =>
      cNames.split(' ').map((cName): [string, IntegerName] => [cName, name as IntegerName]),
    ),
  );

let integers: ReadonlyMap<string, IntegerName> | undefined;

/**
 * The integer that a value of a C type is.
 *
 * @param cType as the kernel prints it: `const char *`, `unsigned int`.
 * @returns undefined for types that are not in the table, such as structs.
 */
export function integerOfCType(cType: string): IntegerName | undefined {
  if (cType.includes('*')) return 'u64';
  const bare = cType
    .replace(/\b(const|volatile)\b/g, '')
    .trim()
    .replace(/\s+/g, '_');
  if (bare.startsWith('enum_')) return 'u32';
  return (integers ??= makeIntegers()).get(bare);
}

/** The integer of a size in bytes and a sign; undefined for sizes that no integer has. */
export function integerOfSize(size: number, signed: boolean): IntegerName | undefined {
  if (size !== 1 && size !== 2 && size !== 4 && size !== 8) return undefined;
  return `${signed ? 'i' : 'u'}${(size * 8) as 8 | 16 | 32 | 64}`;
}

/** The size of an integer in bytes. */
export function sizeOfInteger(name: IntegerName): 1 | 2 | 4 | 8 {
  return (Number(name.slice(1)) / 8) as 1 | 2 | 4 | 8;
}
