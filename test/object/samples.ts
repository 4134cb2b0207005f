/** C sources for the tests of the object reader, and their compilation by clang. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The whole ISA but what `-mcpu` v4 alone has, so that it compiles for every level from v3. */
export const arithmetic = `
typedef unsigned long long u64; typedef long long s64; typedef unsigned u32; typedef int s32;
#define CODE __attribute__((section("t"), used))
CODE u64 atomics(u64 *p, u32 *q, u64 x, u32 y) {
  u64 r = __sync_fetch_and_add(p, x) + __sync_fetch_and_or(p, x) + __sync_fetch_and_and(p, x);
  r += __sync_fetch_and_xor(p, x) + __sync_lock_test_and_set(p, x) + __sync_val_compare_and_swap(p, x, r);
  r += __sync_fetch_and_add(q, y) + __sync_lock_test_and_set(q, y) + __sync_val_compare_and_swap(q, y, (u32)r);
  __sync_fetch_and_add(q, y); __sync_fetch_and_or(q, y); __sync_fetch_and_add(p, x); __sync_fetch_and_and(p, x);
  return r;
}
CODE u64 operators(u64 a, u64 b, u32 c, u32 d) {
  return a / b + a % 7 + c / d + c % d + (a << b) + (c >> 4) + (a ^ b) + (a | b) + (a & 0x7f) + (c ^ d) + a * b + c * d - a
    + ((s64)a >> 3) + ((s32)c >> d) + -a + -c;
}
CODE u64 memory(signed char *p, short *q, s32 *r, u64 *s) {
  s[0] = p[0]; s[1] = q[3]; s[-2] = r[5]; p[1] = 7; q[2] = -3; r[1] = 9; s[4] = -1;
  s[5] = *(unsigned char *)p; s[6] = *(unsigned short *)q; s[7] = *(u32 *)r; p[5] = s[2]; q[9] = s[3]; r[9] = s[1];
  return (s64)(signed char)s[0] + (short)s[9] + (s32)s[8];
}
CODE u64 jumps(u64 a, s64 b, u32 c, s32 d) {
  if (a > b) return 1; if (b < 5) return 2; if (c >= d) return 3; if (d <= -6) return 4; if (a & 64) return 5;
  if (c == 9) return 6; if (b > a) return 7; if ((s64)a >= b) return 8; if (c < (u32)d) return 10;
  return 0x123456789abcdefULL;
}
CODE u64 swaps(u64 a, u32 b, unsigned short c) { return __builtin_bswap64(a) + __builtin_bswap32(b) + __builtin_bswap16(c); }
u64 ldb(void *, u64) asm("llvm.bpf.load.byte"); u64 ldh(void *, u64) asm("llvm.bpf.load.half");
u64 ldw(void *, u64) asm("llvm.bpf.load.word");
CODE u64 packet(void *skb, u64 x) { return ldb(skb, 12) + ldh(skb, x) + ldw(skb, x + 4); }
`;

/** What level v4 adds. */
export const signedArithmetic = `
${arithmetic}
CODE s64 division(s64 a, s64 b, s32 c, s32 d) { return a / b + a % b + c / d + c % d; }
`;

export const tracer = `typedef unsigned int u32; typedef unsigned long long u64;
#define SEC(name) __attribute__((section(name), used))
#define __uint(name, value) int (*name)[value]
#define __type(name, value) typeof(value) *name
#define __array(name, value) typeof(value) *name[]
enum color { RED, GREEN = 5 };
struct inner { u32 a : 3; u32 b : 5; union { u64 c; char d[3]; }; enum color color; };
struct event { u32 pid; u64 ts; char comm[16]; struct inner inner; struct event *next; };
struct { __uint(type, 1); __uint(max_entries, 1024); __type(key, u32); __type(value, struct event); } counts SEC(".maps");
struct { __uint(type, 27); __uint(max_entries, 4096); } ring SEC(".maps");
struct numbers { __uint(type, 2); __uint(max_entries, 1); __type(key, u32); __type(value, u32); } first SEC(".maps");
struct { __uint(type, 12); __uint(max_entries, 2); __type(key, u32); __array(values, struct numbers); } outer SEC(".maps") =
  { .values = { (void *)&first } };
static void *(*const lookup)(void *map, const void *key) = (void *)1;
static u64 (*const pidtgid)(void) = (void *)14;
const volatile u32 limit = 3;
u64 total = 0; u64 started = 7; static u64 hidden[4]; u64 own SEC(".data.own") = 9;
static __attribute__((noinline)) u64 helper(u64 a, u64 b) { hidden[a & 3] += b; return a * b + total; }
struct __attribute__((preserve_access_index)) task_struct { int pid; int tgid; struct task_struct *parent; };
SEC("kprobe/close") int onClose(void *ctx) {
  u32 key = pidtgid() >> 32;
  struct event *event = lookup(&counts, &key);
  if (!event) return 0;
  __sync_fetch_and_add(&event->ts, helper(key, limit));
  total += event->pid; own += hidden[1];
  return ((struct task_struct *)ctx)->parent->tgid;
}
SEC("xdp") int onPacket(void *ctx) {
  u32 key = 0;
  if (!lookup(&outer, &key)) return 2;
  for (int i = 0; i < 10 && started; i++) helper(i, started);
  lookup(&ring, &key);
  return 1;
}
char _license[] SEC("license") = "GPL";
`;

/** Compiled as `sample.c` of a folder of its own, which is where LLVM reads the lines that it puts into BTF.ext. */
export function compile(source: string, ...flags: string[]): Uint8Array {
  const folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-sample-'));
  try {
    writeFileSync(path.join(folder, 'sample.c'), source);
    const fixed = ['-target', 'bpf', '-O2', '-fdebug-compilation-dir=.', '-c', 'sample.c', '-o', 'sample.o'];
    execFileSync('clang-19', [...flags, ...fixed], { cwd: folder, stdio: 'pipe' });
    return new Uint8Array(readFileSync(path.join(folder, 'sample.o')));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
