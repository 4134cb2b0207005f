/**
 * What `strict` accepts, the verifier accepts: programs whose checks TypeScript asks for, in the shapes that people
 * write them in and that LLVM likes to rewrite.
 */
import { describePrograms } from '../../support/kernel-programs.js';

const prelude = `
import {
  ArrayMap, HashMap, LruHashMap, PerCpuArray, PerCpuHashMap, Queue, Stack, bpf, shared, socketFilter, tc, xdp,
} from 'tsbpf';
import type {
  Bytes, CharArray, EthHdr, FixedArray, IpHdr, Ipv6Hdr, TcpHdr, UdpHdr, VlanHdr, XdpContext, u16, u32, u64, u8,
} from 'tsbpf';
interface Entry { count: u32; next: u32; total: u64; flags: u8 }
interface Ring { head: u32; items: FixedArray<u32, 8>; names: FixedArray<CharArray<8>, 4> }
interface Bucket { hits: FixedArray<u64, 16> }
export const entries = new HashMap<u32, Entry>({ maxEntries: 64 });
export const others = new HashMap<u32, Entry>({ maxEntries: 64 });
export const lru = new LruHashMap<u32, Entry>({ maxEntries: 64 });
export const numbers = new HashMap<u32, u32>({ maxEntries: 64 });
export const rings = new ArrayMap<Ring>({ maxEntries: 4 });
export const buckets = new PerCpuArray<Bucket>({ maxEntries: 1 });
export const perCpu = new PerCpuHashMap<u32, Entry>({ maxEntries: 4 });
export const queue = new Queue<Entry>({ maxEntries: 4 });
export const stack = new Stack<u32>({ maxEntries: 4 });
export const state = shared<{ limit: u32; table: FixedArray<u32, 16>; last: Entry }>({
  limit: 3, table: Array(16).fill(0), last: { count: 0, next: 0, total: 0n, flags: 0 },
});
function fill(key: number, count: number, next: number): void {
  entries.set(key, { count, next, total: 1n, flags: 1 });
}
function clear(): void { entries.delete(1); entries.delete(2); entries.delete(3); others.delete(1); numbers.delete(1); numbers.delete(2); }
function ensure(key: number): Entry { return entries.getOrInsert(key, { count: 0, next: 0, total: 0n, flags: 0 }); }
function lookup(key: number): Entry | undefined { return entries.get(key); }
function findNext(entry: Entry): Entry | undefined { if (entry.next === 0) return undefined; return entries.get(entry.next); }
`;

/** Ethernet and IPv4 with `words` 32-bit words of header, then UDP to port 53. */
const ipv4 = (words: number): number[] => [
  ...Array<number>(12).fill(2),
  ...[0x08, 0x00],
  ...[0x40 | words, 0, 0, 60, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2],
  ...Array<number>((words - 5) * 4).fill(1),
  ...[0x30, 0x39, 0, 53, 0, 20, 0, 0],
];
/** Ethernet, 802.1Q tags with these numbers, and IPv4. */
const vlans = (...tags: number[]): number[] => [
  ...Array<number>(12).fill(2),
  ...tags.flatMap((tag) => [0x81, 0x00, tag >> 8, tag & 255]),
  ...ipv4(5).slice(12),
];
/** Ethernet and IPv6 with extension headers (`next`, their length in 8 bytes), then UDP. */
const ipv6 = (...lengths: number[]): number[] => [
  ...Array<number>(12).fill(2),
  ...[0x86, 0xdd, 0x60, 0, 0, 0, 0, 64, lengths.length > 0 ? 60 : 17, 64],
  ...Array<number>(32).fill(1),
  ...lengths.flatMap((length, index) => [
    index + 1 < lengths.length ? 60 : 17,
    length,
    ...Array<number>(6 + 8 * length).fill(0),
  ]),
  ...[0x30, 0x39, 0, 53, 0, 20, 0, 0],
];
/** Ethernet, IPv4, TCP with these options. */
const tcp = (...options: number[]): number[] => {
  const padded = [...options, ...Array<number>((4 - (options.length % 4)) % 4).fill(0)];
  return [
    ...ipv4(5).slice(0, 34),
    ...[0x30, 0x39, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, (5 + padded.length / 4) << 4, 2, 255, 255, 0, 0, 0, 0],
    ...padded,
  ];
};

describePrograms('lookups', { prelude }, (program) => {
  program(
    'two tests that are kept in constants',
    `xdp(() => { clear(); const x = entries.get(1) !== undefined, y = entries.get(2) !== undefined; if (!x && !y) return 1; return 2; })`,
  ).returns(1);
  program(
    'two tests of scalar maps in constants',
    `xdp(() => { clear(); numbers.set(2, 5); const x = numbers.get(1) !== undefined, y = numbers.get(2) !== undefined; if (!x && y) return 1; if (x || y) return 3; return 2; })`,
  ).returns(1);
  program(
    'a test in a constant, then a use',
    `xdp(() => { clear(); fill(1, 7, 0); const x = entries.get(1); const known = x !== undefined; if (!known) return 1; return x.count; })`,
  ).returns(7);
  program(
    'two maps, one chosen by a condition',
    `xdp((ctx) => { clear(); fill(1, 7, 0); const map = ctx.packet.getUint8(0) > 3 ? entries.get(1) : others.get(1); return map ? map.count : 1; })`,
  )
    .returns(1)
    .returns(7, [4]);
  program(
    'two maps, the second where the first has none',
    `xdp(() => { clear(); fill(1, 7, 0); const e = others.get(1) ?? entries.get(1); return e?.count ?? 1; })`,
  ).returns(7);
  program(
    'three lookups joined by ||',
    `xdp(() => { clear(); fill(3, 9, 0); const e = entries.get(1) || entries.get(2) || entries.get(3); if (e === undefined) return 1; e.count += 1; return e.count; })`,
  ).returns(10);
  program(
    'a lookup joined by && with a condition',
    `xdp((ctx) => { clear(); fill(1, 9, 0); const e = ctx.packet.byteLength > 20 && entries.get(1); if (!e) return 1; return e.count; })`,
  ).returns(9);
  program(
    'a chain of lookups by ?.',
    `xdp(() => { clear(); fill(1, 9, 2); fill(2, 8, 3); const n = entries.get(entries.get(1)?.next ?? 0)?.count; return n === undefined ? 1 : n; })`,
  ).returns(8);
  program(
    'a chain of && that narrows',
    `xdp(() => { clear(); fill(1, 9, 2); fill(2, 8, 3); const a = entries.get(1); const b = a && entries.get(a.next); const c = b && entries.get(b.next); return c ? 1 : b ? b.count : 2; })`,
  ).returns(8);
  program(
    'a list that is walked in a loop by a variable',
    `xdp(() => { clear(); fill(1, 1, 2); fill(2, 2, 3); fill(3, 4, 0); let e = entries.get(1); let sum = 0; for (let i = 0; i < 8 && e; i++) { sum += e.count; e = e.next === 0 ? undefined : entries.get(e.next); } return sum; })`,
  ).returns(7);
  program(
    'a list that is walked by while',
    `xdp(() => { clear(); fill(1, 1, 2); fill(2, 2, 3); fill(3, 4, 0); let e: Entry | undefined = entries.get(1); let sum = 0, steps = 0; while (e !== undefined && steps++ < 10) { sum += e.count; e = findNext(e); } return sum; })`,
  ).returns(7);
  program(
    'the largest of the entries, kept in a variable',
    `xdp(() => { clear(); fill(1, 1, 2); fill(2, 5, 3); fill(3, 4, 0); let best: Entry | undefined; for (let k = 1; k < 4; k++) { const e = entries.get(k); if (e && (!best || e.count > best.count)) best = e; } if (!best) return 1; best.flags = 7; return best.count * 10 + best.flags; })`,
  ).returns(57);
  program(
    'the last entry that was found',
    `xdp(() => { clear(); fill(2, 5, 3); let last: Entry | undefined; for (let k = 1; k < 4; k++) last = entries.get(k) ?? last; return last?.count ?? 1; })`,
  ).returns(5);
  program(
    'a switch on the truth of a lookup',
    `xdp(() => { clear(); fill(1, 3, 0); const e = entries.get(1); switch (e === undefined) { case true: return 1; default: return e!.count; } })`,
  ).returns(3);
  program(
    'a switch on a field that may be undefined',
    `xdp(() => { clear(); fill(1, 3, 0); switch (entries.get(1)?.count) { case undefined: return 1; case 3: return 2; default: return 3; } })`,
  ).returns(2);
  program(
    'a switch on a number that may be undefined',
    `xdp(() => { clear(); switch (numbers.get(1)) { case 0: return 1; case undefined: return 2; default: return 3; } })`,
  ).returns(2);
  program(
    'an early return in a helper function',
    `xdp(() => { clear(); fill(1, 3, 0); const count = (key: number): number => { const e = lookup(key); if (!e) return 0; if (e.count > 2) return e.count; return 1; }; return count(1) * 10 + count(2); })`,
  ).returns(30);
  program(
    'a helper function that gives the entry',
    `xdp(() => { clear(); fill(2, 3, 0); const pick = (a: number, b: number) => { const x = entries.get(a); if (x) return x; return entries.get(b); }; const e = pick(1, 2); if (!e) return 1; e.count++; return e.count; })`,
  ).returns(4);
  program(
    'getOrInsert in a function, then two entries at once',
    `xdp(() => { clear(); const a = ensure(1), b = ensure(2); a.count = 5; b.count = a.count + 1; return a.count * 10 + b.count; })`,
  ).returns(56);
  program(
    'an entry chosen from two that are there',
    `xdp((ctx) => { clear(); fill(1, 3, 0); fill(2, 4, 0); const a = entries.get(1), b = entries.get(2); if (!a || !b) return 1; const smaller = a.count < b.count ? a : b; smaller.count += ctx.packet.getUint8(0); return smaller.count * 10 + b.count; })`,
  ).returns(34);
  program(
    'an entry chosen from two of different maps that are there',
    `xdp((ctx) => { clear(); fill(1, 3, 0); others.set(1, { count: 4, next: 0, total: 0n, flags: 0 }); const a = entries.get(1), b = others.get(1); if (!a || !b) return 1; const e = ctx.packet.getUint8(0) > 0 ? a : b; e.count += 1; return e.count; })`,
  )
    .returns(5)
    .returns(4, [1]);
  program(
    'four lookups at once, any of them',
    `xdp(() => { clear(); fill(3, 4, 0); const a = entries.get(1), b = entries.get(2), c = entries.get(3), d = others.get(1); if (a || b || c || d) { return (a ? a.count : 0) + (b ? b.count : 0) + (c?.count ?? 0) + (d?.count ?? 0); } return 9; })`,
  ).returns(4);
  program(
    'tests counted as numbers',
    `xdp(() => { clear(); fill(3, 4, 0); let n = 0; for (let k = 1; k <= 3; k++) n += entries.get(k) ? 1 : 0; return n * 10 + Number(entries.get(1) !== undefined) + Number(!entries.get(3)); })`,
  ).returns(10);
  program(
    'tests compared with one another',
    `xdp(() => { clear(); fill(3, 4, 0); const a = !entries.get(1), b = !entries.get(3); return a !== b ? 5 : 6; })`,
  ).returns(5);
  program(
    'booleans of lookups by & and |',
    `xdp(() => { clear(); fill(3, 4, 0); const a = entries.has(1), b = entries.has(3); return (Number(a) | Number(b)) * 10 + (Number(a) & Number(b)); })`,
  ).returns(10);
  program(
    'a boolean variable over lookups in a loop',
    `xdp(() => { clear(); fill(3, 4, 0); let all = true, some = false; for (let k = 1; k <= 3; k++) { all &&= entries.has(k); some ||= entries.get(k) !== undefined; } return (all ? 1 : 0) + (some ? 2 : 0); })`,
  ).returns(2);
  program(
    'a number that may be undefined, kept over a loop',
    `xdp(() => { clear(); numbers.set(2, 8); let least: number | undefined; for (let k = 1; k < 4; k++) { const n = numbers.get(k); if (n !== undefined && (least === undefined || n < least)) least = n; } return least ?? 1; })`,
  ).returns(8);
  program(
    'undefined assigned again in a loop',
    `xdp(() => { clear(); fill(1, 1, 0); fill(2, 2, 0); let e: Entry | undefined; let n = 0; for (let k = 1; k < 5; k++) { e = entries.get(k); if (e) n += e.count; e = undefined; } return e === undefined ? n : 9; })`,
  ).returns(3);
  program(
    'a per-CPU entry and a plain one',
    `xdp(() => { clear(); const p = perCpu.getOrInsert(1, { count: 1, next: 0, total: 0n, flags: 0 }); p.count = 4; const q = lru.get(9); return p.count + (q?.count ?? 1); })`,
  ).returns(5);
  program(
    'a queue and a stack that may be empty',
    `xdp(() => { while_empty: for (let i = 0; i < 5; i++) { if (!queue.pop()) break while_empty; } queue.push({ count: 5, next: 1, total: 1n, flags: 0 }); const head = queue.peek(); const e = queue.pop(); const none = queue.pop(); stack.push(3); const top = stack.pop() ?? 0; const left = stack.pop(); return (head?.count ?? 0) * 100 + (e ? e.count : 0) * 10 + (none ? 1 : 0) + top + (left === undefined ? 0 : 1); })`,
  ).returns(553);
  program(
    'a non-null assertion ends the program',
    `xdp(() => { clear(); return entries.get(1)!.count + 1; }, { defaultResult: 7 })`,
  ).returns(7);
  program(
    'optional parameters that stand for entries',
    `xdp(() => { clear(); fill(1, 6, 0); const of = (e?: Entry, by = 1) => (e ? e.count * by : 1); return of(entries.get(1), 2) * 10 + of(entries.get(2)) + of(); })`,
  ).returns(122);
  program(
    'entries in a closure that is called twice',
    `xdp(() => { clear(); fill(1, 6, 0); let sum = 0; const add = (e: Entry | undefined) => { if (!e) return; sum += e.count; }; add(entries.get(1)); add(entries.get(2)); return sum; })`,
  ).returns(6);
  program(
    'destructuring of an entry with defaults',
    `xdp(() => { clear(); fill(1, 6, 2); const { count, next } = entries.get(1) ?? { count: 1, next: 9 }; const { count: none = 5 } = entries.get(2) ?? {}; return count * 100 + next * 10 + none; })`,
  ).returns(625);
  program(
    'entries compared through their fields, both tested by one condition',
    `xdp(() => { clear(); fill(1, 6, 2); fill(2, 6, 3); const a = entries.get(1), b = entries.get(2); return a && b && a.count === b.count ? (a.next < b.next ? 4 : 5) : 1; })`,
  ).returns(4);
  program(
    'nested conditions on three lookups',
    `xdp(() => { clear(); fill(1, 6, 2); fill(2, 5, 3); const a = entries.get(1), b = entries.get(2), c = entries.get(3); return a ? (b ? (c ? 1 : a.count + b.count) : 2) : c ? 3 : 4; })`,
  ).returns(11);
  program(
    'negations and De Morgan',
    `xdp(() => { clear(); fill(1, 6, 2); const a = entries.get(1), b = entries.get(2); if (!(a && b) && !(!a && !b)) { const e = a ?? b!; return e.count; } return 1; })`,
  ).returns(6);
});

describePrograms('indexes', { prelude }, (program) => {
  program(
    'a checked index into an array of a map entry',
    `xdp((ctx) => { const r = rings.get(0); if (!r) return 9; const i = ctx.packet.getUint8(0); if (i >= 8) return 1; r.items[i] = 5; return r.items[i]!; })`,
  )
    .returns(5)
    .returns(5, [7])
    .returns(1, [8]);
  program(
    'an index that the kernel kept in the entry',
    `xdp((ctx) => { const r = rings.get(1); if (!r) return 9; r.head = (r.head + 1) % 8; r.items[r.head] = ctx.packet.getUint8(0); return r.items[r.head] + r.head; })`,
  )
    .returns(8, [7])
    .returns(9, [7]);
  program(
    'an index of an entry without a test ends the program',
    `xdp((ctx) => { const r = rings.get(2); if (!r) return 9; r.head = ctx.packet.getUint8(0); r.items[r.head] += 1; return r.items[r.head] > 0 ? 3 : 4; }, { defaultResult: 6 })`,
  )
    .returns(3, [7])
    .returns(6, [8]);
  program(
    'an index that is tested after it was computed',
    `xdp((ctx) => { const r = rings.get(0); if (!r) return 9; const i = ctx.packet.getUint8(0) * 2 - 3; if (i < 0 || i >= r.items.length) return 1; r.items[i] = 6; return r.items[i]; })`,
  )
    .returns(1)
    .returns(6, [3])
    .returns(1, [6]);
  program(
    'two indexes into one array',
    `xdp((ctx) => { const r = rings.get(0); if (!r) return 9; const i = ctx.packet.getUint8(0) & 7, j = ctx.packet.getUint8(1) % 8; [r.items[i], r.items[j]] = [3, 4]; const t = r.items[i]; r.items[i] = r.items[j]; r.items[j] = t; return r.items[i] * 10 + r.items[j]; })`,
  )
    .returns(43, [1, 2])
    .returns(44, [2, 2]);
  program(
    'an index plus one, tested before the addition',
    `xdp((ctx) => { const r = rings.get(0); if (!r) return 9; r.items.fill(2); const i = ctx.packet.getUint8(0); if (i < 7) { r.items[i + 1] = 5; return r.items[i] + r.items[i + 1]; } return 1; })`,
  )
    .returns(7, [6])
    .returns(1, [7]);
  program(
    'an index minus one, tested before the subtraction',
    `xdp((ctx) => { const r = rings.get(0); if (!r) return 9; r.items.fill(2); const i = ctx.packet.getUint8(0); if (i > 0 && i <= 8) return r.items[i - 1] + i; return 1; })`,
  )
    .returns(1)
    .returns(10, [8])
    .returns(1, [9]);
  program(
    'a 64-bit index',
    `xdp((ctx) => { const b = buckets.get(0); if (!b) return 9; const i = ctx.packet.getBigUint64(0); if (i >= 16n) return 1; b.hits[Number(i)] = 3n; return Number(b.hits[Number(i)]); })`,
  )
    .returns(3, [0, 0, 0, 0, 0, 0, 0, 9])
    .returns(1, [1]);
  program(
    'a logarithmic histogram',
    `xdp((ctx) => { const b = buckets.get(0); if (!b) return 9; b.hits.fill(0n); const slot = Math.min(15, 31 - Math.clz32(ctx.packet.getUint32(0) | 1)); b.hits[slot] += 1n; return b.hits.findIndex((n) => n > 0n); })`,
  )
    .returns(0)
    .returns(8, [0, 0, 1, 0])
    .returns(15, [255, 0, 1, 0]);
  program(
    'a loop over an array of a map entry that stops early',
    `xdp((ctx) => { const r = rings.get(0); if (!r) return 9; r.items.fill(1); r.items[3] = 8; for (let i = 0; i < r.items.length; i++) if (r.items[i] > 5) return i + ctx.packet.getUint8(0); return 1; })`,
  ).returns(5, [2]);
  program(
    'a loop with a bound of run time over an array of a map entry',
    `xdp((ctx) => { const r = rings.get(0); if (!r) return 9; r.items.fill(2); const n = ctx.packet.getUint8(0); let sum = 0; for (let i = 0; i < n && i < 8; i++) sum += r.items[i]!; return sum; })`,
  )
    .returns(6, [3])
    .returns(16, [200]);
  program(
    'a loop downwards',
    `xdp(() => { const r = rings.get(0); if (!r) return 9; r.items.fill(1); r.items[2] = 5; let i = r.items.length; while (i-- > 0) if (r.items[i] === 5) return i; return 9; })`,
  ).returns(2);
  program(
    'two indexes that run towards one another',
    `xdp(() => { const r = rings.get(0); if (!r) return 9; for (let i = 0; i < 8; i++) r.items[i] = i; for (let i = 0, j = 7; i < j; i++, j--) [r.items[i], r.items[j]] = [r.items[j], r.items[i]]; return r.items[0] * 10 + r.items[7]; })`,
  ).returns(70);
  program(
    'texts in an array of a map entry',
    `xdp((ctx) => { const r = rings.get(3); if (!r) return 9; const i = ctx.packet.getUint8(0) & 3; r.names[i] = 'eth0'; return (r.names[i] === 'eth0' ? 1 : 0) + r.names[i].length * 10 + (r.names[i].startsWith('et') ? 100 : 0); })`,
  ).returns(141, [2]);
  program(
    'an index from one entry into another',
    `xdp(() => { clear(); fill(1, 6, 2); const r = rings.get(0), e = entries.get(1); if (!r || !e) return 9; r.items.fill(3); r.items[e.next] = 7; if (e.count < r.items.length) r.items[e.count] += r.items[e.next]; return r.items[6]; })`,
  ).returns(10);
  program(
    'a table of shared data under an index of the packet',
    `xdp((ctx) => { const i = ctx.packet.getUint8(0); if (i >= state.table.length) return 1; state.table[i] = 4; state.table[i] += 2; state.last.count = state.table[i]; return state.last.count; })`,
  )
    .returns(6, [15])
    .returns(1, [16]);
  program(
    'bits that were set, as indexes',
    `xdp((ctx) => { const r = rings.get(0); if (!r) return 9; r.items.fill(0); let bits = ctx.packet.getUint8(0); for (let i = 0; i < 8; i++) { if (bits & (1 << i)) r.items[i] = i; } let sum = 0; for (const x of r.items) sum += x; return sum; })`,
  ).returns(13, [0b1001_0100]);
  program(
    'an index that a function clamps',
    `xdp((ctx) => { const r = rings.get(0); if (!r) return 9; r.items.fill(1); const clamp = (x: number, most: number) => (x > most ? most : x < 0 ? 0 : x); const i = clamp(ctx.packet.getInt8(0), 7); r.items[i] = 4; return r.items[i] + i; })`,
  )
    .returns(11, [100])
    .returns(4, [0xff]);
});

describePrograms('packets', { prelude }, (program) => {
  program(
    'headers one behind the other, with a header length of run time',
    `xdp((ctx) => { const ip = ctx.packet.at<IpHdr>(14); if (!ip || ip.version !== 4) return 1; const udp = ctx.packet.at<UdpHdr>(14 + ip.ihl * 4); if (!udp) return 2; return udp.dest; })`,
  )
    .returns(53, ipv4(5))
    .returns(53, ipv4(15), 90)
    .returns(2, ipv4(5), 40)
    .returns(1);
  program(
    'headers joined by &&',
    `xdp((ctx) => { const eth = ctx.packet.at<EthHdr>(0); const ip = eth && eth.h_proto === 0x0800 && ctx.packet.at<IpHdr>(14); const udp = ip && ip.protocol === 17 && ctx.packet.at<UdpHdr>(14 + (ip.ihl << 2)); return udp ? udp.dest : 1; })`,
  )
    .returns(53, ipv4(6))
    .returns(1);
  program(
    'headers by ?.',
    `xdp((ctx) => ctx.packet.at<UdpHdr>(14 + (ctx.packet.at<IpHdr>(14)?.ihl ?? 5) * 4)?.dest ?? 1)`,
  ).returns(53, ipv4(7));
  program(
    'a stack of VLAN tags',
    `xdp((ctx) => { let offset = 14; let proto = ctx.packet.at<EthHdr>(0)?.h_proto ?? 0; for (let i = 0; i < 4; i++) { if (proto !== 0x8100) break; const tag = ctx.packet.at<VlanHdr>(offset); if (!tag) return 1; proto = tag.h_vlan_encapsulated_proto; offset += 4; } if (proto !== 0x0800) return 2; const ip = ctx.packet.at<IpHdr>(offset); if (!ip) return 3; const udp = ctx.packet.at<UdpHdr>(offset + ip.ihl * 4); return udp ? udp.dest + offset * 100 : 4; })`,
  )
    .returns(1453, vlans())
    .returns(1853, vlans(7))
    .returns(2253, vlans(7, 8))
    .returns(2, vlans(1, 2, 3, 4, 5));
  program(
    'extension headers of IPv6',
    `xdp((ctx) => { const ip = ctx.packet.at<Ipv6Hdr>(14); if (!ip) return 1; let next: number = ip.nexthdr; let offset = 54; for (let i = 0; i < 6 && next !== 17; i++) { if (next !== 60 && next !== 0 && next !== 43) return 2; next = ctx.packet.getUint8(offset); offset += (ctx.packet.getUint8(offset + 1) + 1) * 8; } if (next !== 17) return 3; return ctx.packet.at<UdpHdr>(offset)?.dest ?? 4; })`,
  )
    .returns(53, ipv6())
    .returns(53, ipv6(0))
    .returns(53, ipv6(0, 1, 2), 128);
  program(
    'options of TCP, looked through for a maximum segment size',
    `xdp((ctx) => { const tcp = ctx.packet.at<TcpHdr>(34); if (!tcp) return 1; const end = 34 + tcp.doff * 4; let at = 54; for (let i = 0; i < 12; i++) { if (at >= end) return 2; const kind = ctx.packet.getUint8(at); if (kind === 0) return 3; if (kind === 1) { at += 1; continue; } const length = ctx.packet.getUint8(at + 1); if (kind === 2 && length === 4) return ctx.packet.getUint16(at + 2); if (length < 2) return 4; at += length; } return 5; })`,
  )
    .returns(1460, tcp(2, 4, 5, 180))
    .returns(1460, tcp(1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 2, 4, 5, 180), 80)
    .returns(3, tcp(1, 1, 1, 0));
  program(
    'a sum over the bytes of a payload',
    `xdp((ctx) => { let sum = 0; const length = ctx.packet.byteLength; for (let i = 14; i < 14 + 50; i++) { if (i >= length) break; sum = (sum + ctx.packet.getUint8(i)) & 0xffff; } return sum; })`,
  )
    .returns(5, [...Array<number>(14).fill(9), 2, 3])
    .returns(5, [...Array<number>(14).fill(9), 2, 3], 20);
  program(
    'a checksum over 16-bit words with a header length of run time',
    `xdp((ctx) => { const ip = ctx.packet.at<IpHdr>(14); if (!ip) return 1; const words = ip.ihl * 2; let sum = 0; for (let i = 0; i < 30; i++) { if (i >= words) break; sum += ctx.packet.getUint16(14 + i * 2); } sum = (sum & 0xffff) + (sum >>> 16); sum = (sum & 0xffff) + (sum >>> 16); return (~sum & 0xffff) % 256; })`,
  ).returns(
    (() => {
      const bytes = ipv4(5).slice(14, 34);
      let sum = 0;
      for (let at = 0; at < 20; at += 2) sum += bytes[at]! * 256 + bytes[at + 1]!;
      while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
      return (~sum & 0xffff) % 256;
    })(),
    ipv4(5),
  );
  program(
    'one length test that covers the reads under it',
    `xdp((ctx) => { if (ctx.packet.byteLength > 34) { return ctx.packet.getUint16(12) + ctx.packet.getUint8(14) + ctx.packet.getUint8(34); } return 1; })`,
  )
    .returns(0x0800 + 0x45 + 0x30, ipv4(5))
    .returns(1, ipv4(5), 34);
  program(
    'a length test in a helper function',
    `xdp((ctx) => { const has = (n: number) => ctx.packet.byteLength >= n; if (!has(36)) return 1; if (has(38)) return ctx.packet.getUint16(36); return ctx.packet.getUint16(34); })`,
  )
    .returns(53, ipv4(5))
    .returns(0x3039, ipv4(5), 37)
    .returns(1, ipv4(5), 35);
  program(
    'headers that a function parses',
    `xdp((ctx) => { const parse = (packet: XdpContext): { port: number; protocol: number } | undefined => { const ip = packet.packet.at<IpHdr>(14); if (!ip) return undefined; const udp = packet.packet.at<UdpHdr>(14 + ip.ihl * 4); if (!udp) return undefined; return { port: udp.dest, protocol: ip.protocol }; }; const found = parse(ctx); return found ? found.port * 100 + found.protocol : 1; })`,
  )
    .returns(5317, ipv4(5))
    .returns(1, ipv4(5), 30);
  program(
    'a header written to behind a variable offset',
    `xdp((ctx) => { const ip = ctx.packet.at<IpHdr>(14); if (!ip) return 1; const udp = ctx.packet.at<UdpHdr>(14 + ip.ihl * 4); if (!udp) return 2; [udp.source, udp.dest] = [udp.dest, udp.source]; ip.ttl -= 1; return udp.source * 100 + ip.ttl; })`,
  ).returns(5363, ipv4(6));
  program(
    'one of two headers by the version',
    `xdp((ctx) => { const version = ctx.packet.getUint8(14) >> 4; const offset = version === 4 ? 14 + (ctx.packet.getUint8(14) & 15) * 4 : version === 6 ? 54 : undefined; if (offset === undefined) return 1; const udp = ctx.packet.at<UdpHdr>(offset); return udp === undefined ? 2 : udp.dest; })`,
  )
    .returns(53, ipv4(8))
    .returns(53, ipv6())
    .returns(1);
  program(
    'a header kept in a variable across a loop',
    `xdp((ctx) => { let udp: UdpHdr | undefined; for (let words = 5; words < 9 && !udp; words++) { const candidate = ctx.packet.at<UdpHdr>(14 + words * 4); if (candidate && candidate.dest === 53) udp = candidate; } return udp ? udp.len : 1; })`,
  )
    .returns(20, ipv4(7))
    .returns(1);
  program(
    'packet bytes as an index into an entry',
    `xdp((ctx) => { const r = rings.get(0); if (!r) return 9; r.items.fill(0); for (let i = 0; i < 6; i++) { const slot = ctx.packet.getUint8(i) & 7; r.items[slot] += 1; } return r.items[2]; })`,
  ).returns(6, ipv4(5));
  program(
    'an entry as an offset into the packet',
    `xdp((ctx) => { clear(); fill(1, 36, 0); const e = entries.get(1); if (!e) return 9; return ctx.packet.getUint16(e.count); })`,
  )
    .returns(53, ipv4(5))
    .returns(2, ipv4(5), 37);
  program(
    'headers in a tc program',
    `tc('ingress', (ctx) => { const ip = ctx.packet.at<IpHdr>(14); if (!ip) return 1; const udp = ctx.packet.at<UdpHdr>(14 + ip.ihl * 4); return udp ? udp.dest : 2; })`,
  )
    .returns(53, ipv4(5))
    .returns(53, ipv4(15), 90)
    .returns(2, ipv4(5), 40);
  program(
    'a loop over a payload in a tc program',
    `tc('ingress', (ctx) => { let sum = 0; for (let i = 14; i < 40; i++) { if (i >= ctx.packet.byteLength) break; sum += ctx.packet.getUint8(i); } return sum; })`,
  ).returns(
    ipv4(5)
      .slice(14, 40)
      .reduce((a, b) => a + b, 0),
    ipv4(5),
  );
  program(
    'a header written to in a tc program, between two that are read',
    `tc('ingress', (ctx) => { const eth = ctx.packet.at<EthHdr>(0), ip = ctx.packet.at<IpHdr>(14); if (!eth || !ip) return 1; const udp = ctx.packet.at<UdpHdr>(14 + ip.ihl * 4); if (!udp) return 2; ip.ttl = 9; udp.dest = 80; return udp.dest + ip.ttl + (eth.h_proto === 0x0800 ? 1000 : 0); })`,
  ).returns(1089, ipv4(5));
  program(
    'a header that is written to after the packet was changed by a setter',
    `tc('ingress', (ctx) => { const ip = ctx.packet.at<IpHdr>(14); if (!ip) return 1; ip.ttl = 9; ctx.packet.setUint8(23, 6); ip.tos = 3; return ip.ttl * 100 + ip.protocol * 10 + ip.tos; })`,
  ).returns(963);
  program(
    'headers that are only read, before and after a setter',
    `tc('ingress', (ctx) => { const eth = ctx.packet.at<EthHdr>(0); const ip = ctx.packet.at<IpHdr>(14); if (!ip) return 1; const udp = ctx.packet.at<UdpHdr>(14 + ip.ihl * 4); const before = ip.ttl; ctx.packet.setUint8(22, 7); if (!eth || !udp) return 2; return before + ip.protocol + (eth.h_proto === 0x0800 ? 1000 : 0) + (udp.dest === ctx.packet.getUint16(36) ? 100 : 0); })`,
  ).returns(1000 + 100 + 64 + 17, ipv4(5));
  program(
    'a walk over lengths in the packet',
    `xdp((ctx) => { let at = 0; let sum = 0; for (let i = 0; i < 6; i++) { const step = ctx.packet.getUint8(at); if (step === 0) break; at += step; sum += step; } return sum; })`,
  ).returns(5, [2, 0, 3, 0, 0, 0]);
});

describePrograms('what may be undefined, in objects and functions', { prelude }, (program) => {
  program(
    'a tuple of lookups',
    `xdp(() => { clear(); const pair = [entries.get(1), entries.get(2)] as const; const [a, b] = pair; return a || b ? 1 : 5; })`,
  ).returns(5);
  program(
    'an object with a lookup',
    `xdp(() => { clear(); fill(2, 6, 0); const a = { e: entries.get(1), n: 3 }, b = { e: entries.get(2), n: 3 }; return (a.e ? a.e.count : a.n) * 10 + (b.e ? b.e.count : b.n); })`,
  ).returns(36);
  program(
    'an object with a lookup as a result',
    `xdp(() => { clear(); const f = (k: number) => ({ e: entries.get(k), k }); const { e, k } = f(7); return e?.count ?? k; })`,
  ).returns(7);
  program(
    'a function that throws where there is none',
    `xdp(() => { clear(); const must = (e: Entry | undefined): Entry => { if (!e) throw new Error('none'); return e; }; return must(entries.get(1)).count; }, { defaultResult: 8 })`,
  ).returns(8);
  program(
    'a type guard',
    `xdp(() => { clear(); fill(1, 6, 0); const is = (e: Entry | undefined): e is Entry => e !== undefined && e.count > 0; const e = entries.get(1); return is(e) ? e.count : 1; })`,
  ).returns(6);
  program(
    'lookups in some, every, find and reduce',
    `xdp(() => { clear(); fill(2, 6, 0); const keys = [1, 2, 3]; const first = keys.find((k) => entries.has(k)); return (keys.some((k) => entries.get(k) !== undefined) ? 100 : 0) + (keys.every((k) => entries.has(k)) ? 200 : 0) + (first ?? 0) * 10 + keys.reduce((sum, k) => sum + (entries.get(k)?.count ?? 0), 0); })`,
  ).returns(126);
  program(
    '??= with another lookup',
    `xdp(() => { clear(); fill(2, 6, 0); let e = entries.get(1); e ??= entries.get(2); return e ? e.count : 1; })`,
  ).returns(6);
  program(
    'null for what was not found',
    `xdp(() => { clear(); const find = (k: number): Entry | null => { const e = entries.get(k); if (!e) return null; return e; }; const e = find(1); return e === null ? 4 : e.count; })`,
  ).returns(4);
});

const mapsPrelude = `${prelude}
import { LpmTrie } from 'tsbpf';
import type { be32, i32 } from 'tsbpf';
interface Route { prefixlen: u32; address: be32 }
export const routes = new LpmTrie<Route, u32>({ maxEntries: 16 });
export const counts = new HashMap<u32, u64>({ maxEntries: 16 });
export const signed = new HashMap<u32, i32>({ maxEntries: 16 });
export const bytes = new HashMap<u32, u8>({ maxEntries: 16 });
export const cells = new ArrayMap<u32>({ maxEntries: 4 });
export const byName = new HashMap<CharArray<8>, u32>({ maxEntries: 16 });
export const byAddress = new HashMap<Bytes<6>, u32>({ maxEntries: 16 });
`;

describePrograms('maps', { prelude: mapsPrelude }, (program) => {
  program(
    'the longest prefix',
    `xdp(() => { routes.set({ prefixlen: 8, address: 0x0a000000 }, 1); routes.set({ prefixlen: 16, address: 0x0a010000 }, 2); return (routes.get({ prefixlen: 32, address: 0x0a010203 }) ?? 9) * 100 + (routes.get({ prefixlen: 32, address: 0x0a020203 }) ?? 9) * 10 + (routes.get({ prefixlen: 32, address: 0x0b020203 }) ?? 9); })`,
  ).returns(219);
  program(
    'map[key] of signed and of narrow integers',
    `xdp(() => { signed.delete(1); signed[1] -= 5; signed[1] += 3; bytes.delete(1); bytes[1] += 250; bytes[1] += 10; return -signed[1] * 10 + bytes[1]; })`,
  ).returns(24);
  program(
    'map[key] of an array, inside and past its end',
    `xdp(() => { cells[2] = 7; cells[2] += 1; cells[9] = 3; return cells[2] * 10 + cells[9]; })`,
  ).returns(80);
  program(
    'increment by keys of texts',
    `xdp(() => { byName.delete('ab'); byName.increment('ab', 5); byName.increment('ab', 2); return (byName.get('ab') ?? 0) * 10 + (byName.get('abc') ?? 1); })`,
  ).returns(71);
  program(
    'keys of bytes',
    `xdp(() => { const m: Bytes<6> = new Uint8Array([1, 2, 3, 4, 5, 6]); byAddress.set(m, 3); m[5] = 7; return (byAddress.get(m) ?? 1) * 10 + (byAddress.get(new Uint8Array([1, 2, 3, 4, 5, 6])) ?? 1); })`,
  ).returns(13);
  program(
    'set copies, and get refers',
    `xdp(() => { const o: Entry = { count: 1, next: 2, total: 0n, flags: 0 }; entries.set(2, o); o.count = 9; entries.get(2)!.next = 5; return entries.get(2)!.count * 100 + entries.get(2)!.next * 10 + o.next; })`,
  ).returns(152);
  program(
    'maps given to functions, and changed in a loop',
    `xdp(() => { const bump = (map: HashMap<u32, u64>, key: number) => { map[key] += 1n; return Number(map[key]); }; counts.delete(5); let sum = 0; for (const key of [5, 5, 5]) sum += bump(counts, key); return sum; })`,
  ).returns(6);
});

// Atomic instructions other than a plain addition, and those that give the old value, are Linux 5.12's.
describePrograms('maps, with the atomic instructions of 5.12', { prelude: mapsPrelude, since: '5.12' }, (program) => {
  program(
    'every compound assignment of map[key]',
    `xdp(() => { counts.delete(1); counts[1] += 5n; counts[1] -= 1n; counts[1] |= 8n; counts[1] ^= 1n; counts[1] &= 0xfn; counts[1]++; ++counts[1]; counts[1]--; counts[1] *= 3n; counts[1] <<= 1n; return Number(counts[1]); })`,
  ).returns((((((5 - 1) | 8) ^ 1) & 15) + 1) * 3 * 2);
  program(
    'the values of compound assignments of map[key]',
    `xdp(() => { counts.delete(1); const a = (counts[1] += 5n); const b = counts[1]++; const c = ++counts[1]; const d = (counts[1] &= 6n); return Number(a * 1000n + b * 100n + c * 10n + d); })`,
  ).returns(5000 + 500 + 70 + 6);
  program(
    'compound assignments of shared data, and their values',
    `xdp(() => { state.limit = 3; const before = state.limit++; const after = (state.limit += 5); state.limit |= 16; state.limit *= 2; return before * 1000 + after * 100 + state.limit; })`,
  ).returns(3000 + 900 + 50);
});
