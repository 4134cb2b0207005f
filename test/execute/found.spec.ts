/** What random programs found (test/fuzz), a row for each, from the specification. */
import { describeTwoWorlds, everyLevel } from '../support/two-worlds.js';

const prelude = `
import { bpf, shared } from 'tsbpf';
interface State { a: u32; b: u64; low: Bits<4>; high: Bits<4> }
const state = shared<State>({ a: 0, b: 0n, low: 0, high: 0 });
`;

describeTwoWorlds('constants spread', { prelude: 'const LIST = [3, 1, 400];' }, (testFunction) => {
  testFunction(
    'the least and greatest of a spread constant',
    '(a: i32) => Math.max(...LIST, a) * 1000 + Math.min(a, ...LIST)',
  )
    .with(0)
    .with(401)
    .with(-7);
});

describeTwoWorlds('shared objects as a whole', { prelude }, (testFunction) => {
  testFunction(
    'a shared object is spread',
    '(a: u32) => { state.a = a; state.low = 5; state.high = a & 3; const s: State = { ...state, b: 9n }; state.a = 1; return s.a * 10 + s.low + s.high; }',
  )
    .gives(78, 7)
    .gives(1005, 100);
  testFunction(
    'a shared object or none, or another',
    '(a: u32) => { state.a = a; const one = a > 3 ? state : undefined; const other: State = { a: 8, b: 0n, low: 0, high: 0 }; let some: State = other; if (a > 5) some = state; const copy: { s: State } = { s: state }; state.a += 1; return (one?.a ?? 100) + some.a * 1000 + copy.s.a * 1000000; }',
  )
    .gives(3 * 1000000 + 8 * 1000 + 100, 3)
    .gives(4 * 1000000 + 8 * 1000 + 5, 4)
    .gives(6 * 1000000 + 6 * 1000 + 7, 6);
  testFunction(
    'the rest of a shared object',
    '(a: u32) => { state.a = a; state.b = 7n; state.low = 3; const { low, ...rest } = state; return rest.a * 10 + low + Number(rest.b); }',
  ).gives(60, 5);
});

describeTwoWorlds(
  'the rest of what may be undefined',
  {
    prelude: `interface Entry { list: FixedArray<u8, 3>; a: u32; b: u16 } import { PerCpuHashMap } from 'tsbpf'; const found = new HashMap<u32, Entry>({ maxEntries: 4 }); const own = new PerCpuHashMap<u32, Entry>({ maxEntries: 4 });`,
  },
  (testFunction) => {
    const set =
      'found.set(1, { list: [7, 8, 9], a: 5, b: x }); const entry = found.get(1); if (entry === undefined) return 0;';
    testFunction(
      'of an entry of this CPU',
      '(x: u32) => { own.set(1, { list: [7, 8, 9], a: 5, b: x }); const entry = own.get(1); if (entry === undefined) return 0; const { a, ...rest } = entry; return a + rest.b * 10; }',
    ).gives(65, 6);
    testFunction('of an object', `(x: u32) => { ${set} const { a, ...rest } = entry; return a + rest.b * 10; }`).gives(
      65,
      6,
    );
    testFunction(
      'of an array',
      `(x: u32) => { ${set} const [first, ...rest] = entry.list; const all: FixedArray<u8, 4> = [...entry.list, 1]; return first + rest.length * 10 + rest[1] * 100 + all.length * 1000; }`,
    ).gives(4927, 6);
  },
);

describeTwoWorlds('helper loops without rounds', { prelude, since: '5.17' }, (testFunction) => {
  testFunction(
    'none of a constant',
    '(a: u32) => { let n = a; bpf.loop(1, (i) => { n += 1; }); const ran = bpf.loop(0, (i) => { n += 10; }); return n * 100 + ran; }',
  ).gives(300, 2);
  testFunction(
    'none where the run decides',
    '(a: u32) => { let n = 0; const ran = bpf.loop(a & 3, (i) => { n += i + 1; }); return n * 10 + ran; }',
  )
    .gives(0, 0)
    .gives(63, 3);
  testFunction(
    'some of a count that becomes known while it is lowered',
    '(a: u32) => { let n = 0; const three = (x: number) => x & 7; bpf.loop(three(11), (i) => { n += 1; }); bpf.loop(-1 & 3, (i) => { n += 10; }); return n + a; }',
  ).gives(33, 0);
  testFunction(
    'behind a way out that is always taken',
    '(a: u32) => { let n = a; for (;;) { n += 1; break; const ran = bpf.loop(a & 3, (i) => { n += 1; }); n += ran; } return n; }',
  ).gives(3, 2);
  testFunction(
    'none where the verifier alone knows it',
    '(a: u32) => { let n = 0; if (a < 1) { const ran = bpf.loop(a, (i) => { n += 1; }); return n * 10 + ran + 5; } return n; }',
  )
    .gives(5, 0)
    .gives(0, 3);
});

describeTwoWorlds('numbers that were undefined', {}, (testFunction) => {
  const filled = 'let x: number | undefined = a > 5 ? a : undefined; x ??= 300;';
  testFunction('are cut by the result', `(a: u32): u8 => { ${filled} return x; }`).gives(44, 1).gives(1, 257);
  testFunction('are cut by a variable', `(a: u32) => { ${filled} const y: u8 = x; return y; }`)
    .gives(44, 1)
    .gives(1, 257);
  testFunction('are cut by a parameter', `(a: u32) => { ${filled} const f = (y: u8) => y + 1; return f(x); }`)
    .gives(45, 1)
    .gives(2, 257);
  testFunction(
    'are cut where they may still be undefined',
    '(a: u32) => { const x: u8 | undefined = a > 5 ? a : undefined; return x ?? 1000; }',
  )
    .gives(1000, 1)
    .gives(1, 257);
  testFunction(
    'are cut by a result that may be undefined',
    '(a: u32) => { const f = (b: u32): i8 | undefined => (b > 5 ? b : undefined); return f(a) ?? 1000; }',
  )
    .gives(1000, 1)
    .gives(-1, 255);
  testFunction(
    'compare after that with undefined, too',
    '(a: u32) => { const x: u8 | undefined = a > 5 ? a : undefined; return x === undefined ? 1 : x === 0 ? 2 : 3; }',
  )
    .gives(1, 0)
    .gives(2, 256)
    .gives(3, 7);
});

// Memory of the stack takes an index of run time from 5.12 on.
describeTwoWorlds('numbers that were undefined, in arrays', { since: '5.12' }, (testFunction) => {
  const filled = 'let x: number | undefined = a > 5 ? a : undefined; x ??= 300;';
  testFunction(
    'stand in an array that has an index of run time',
    `(a: u32) => { ${filled} const list: FixedArray<u8, 3> = [x, 2, 3]; return list[a & 1]; }`,
  )
    .gives(44, 2)
    .gives(2, 1);
  testFunction(
    'stand in an object that is passed on',
    `(a: u32) => { ${filled} const list: { a: u8; b: FixedArray<u8, 2> } = { a: x, b: [x, 7] }; const f = (o: { a: u8; b: FixedArray<u8, 2> }, i: u32) => o.a + o.b[i]; return f(list, a & 1); }`,
  )
    .gives(88, 2)
    .gives(51, 1);
});

describeTwoWorlds('objects or none, without optimisation', { compilerOptions: { optimize: false } }, (testFunction) => {
  testFunction(
    'are behind their test what they were',
    '(a: u32) => { const o: { x: be16; y: u32 } = { x: 5, y: a }; const p: { x: be16; y: u32 } | undefined = o.y === 1 ? o : undefined; const v: number = p !== undefined && p.x > 3 ? p.x : 0; return v; }',
  )
    .gives(5, 1)
    .gives(0, 2);
});

describeTwoWorlds('loops that are written out', { prelude: 'const WORDS = [5, 0, 9];' }, (testFunction) => {
  testFunction(
    'may be left in any round',
    '(a: u32, b: u32) => { let rounds = 0; let v = a; for (let i = 0; i < 6; i++) { if (v === 0) return rounds * 10; if (v % 7 === b) break; v >>>= 1; rounds += i; } return rounds + v * 100; }',
  )
    .with(0, 0)
    .with(1, 3)
    .with(255, 9)
    .with(255, 3)
    .with(4294967295, 8);
  testFunction(
    'count by more than one, and go on',
    '(a: u32) => { let sum = 0; for (let i = 1; i <= 8; i += 3) { if (i === a) continue; if (i + a === 9) break; sum = sum * 10 + i; } return sum; }',
  )
    .with(0)
    .with(1)
    .with(2)
    .with(4)
    .with(5)
    .with(8);
  testFunction(
    'stand in loops',
    '(a: u32) => { let sum = 0; for (let i = 0; i < (a & 31); i++) { for (let j = 0; j < 3; j++) { if (((a >> j) & 1) === 1) break; sum += i + WORDS[j]!; } } return sum; }',
  )
    .with(0)
    .with(7)
    .with(12)
    .with(31)
    .with(24);
});

describeTwoWorlds('fixed-point values beside integers', {}, (testFunction) => {
  testFunction('are divided by them', '(a: u32) => { const f: fixed = fixed(a) / 4; return Math.trunc(f * 100); }')
    .gives(175, 7)
    .gives(0, 0);
  testFunction(
    'divide them',
    '(a: u32) => { const f: fixed = fixed(0.5); const g: fixed = a / f; return Math.trunc(g); }',
  )
    .gives(14, 7)
    .gives(0, 0);
  testFunction(
    'are divided by a negative one, toward zero',
    '(a: i32) => { const f: fixed = fixed(1) / a; return Math.trunc(f * 100000); }',
  )
    .gives(-33333, -3)
    .gives(33333, 3)
    .ends(0);
  testFunction(
    'are multiplied, added, subtracted and compared',
    '(a: i32) => { const f: fixed = fixed(1.25) * a; const g: fixed = f + 2 - a; return Math.trunc(g * 100) + (f > a ? 10000 : 0) + (f === fixed(5) ? 1000 : 0); }',
  )
    .gives(300 + 10000 + 1000, 4)
    .gives(100, -4);
  testFunction('by a fraction', '(a: u32) => { const f: fixed = fixed(a) / 2.5; return Math.trunc(f * 10); }').gives(
    28,
    7,
  );
});

describeTwoWorlds(
  'a test of an address and the next test',
  {
    prelude: 'const seen = new HashMap<u32, u32>({ maxEntries: 8 });',
    compilerOptions: { optimize: false, cpu: 'v1' },
  },
  (testFunction) => {
    testFunction(
      'lead to two results, and neither to a third',
      '(a: boolean, b: u64): u32 => { const zero = u64(0); if (seen.has(7)) return u32(7); if (a) return u32(0); return Number((((b * 31n + zero) * 31n + u64(0)) * 31n + u64(0)) & 0xffffffffffn); }',
    )
      .gives(0, true, 2n)
      .gives(2 * 29791, false, 2n);
  },
);

describeTwoWorlds(
  'chains behind what may be undefined',
  {
    prelude: `
import { shared } from 'tsbpf';
interface Inner { x: u32; list: FixedArray<u32, 4>; name: CharArray<4> }
interface Outer { a: u64; inner: Inner }
const outers = new HashMap<u32, Outer>({ maxEntries: 4 });
const one = shared<Outer>({ a: 0n, inner: { x: 8, list: [0, 0, 0, 0], name: '' } });
`,
  },
  (testFunction) => {
    const set = "outers.set(1, { a: 1n, inner: { x: 5, list: [1, 2, 3, 4], name: 'ab' } });";
    testFunction(
      'are left as a whole',
      `(a: u32) => { ${set} return (outers.get(a)?.inner.x ?? 90) * 10 + (outers.get(a)?.inner.list[2] ?? 7); }`,
    )
      .gives(53, 1)
      .gives(907, 2);
    testFunction(
      'with a call at the end are left as a whole',
      `(a: u32) => { ${set} return (outers.get(a)?.inner.list.includes(3) ? 10 : 0) + (outers.get(a)?.inner.name.startsWith('a') ? 1 : 0); }`,
    )
      .gives(11, 1)
      .gives(0, 2);
    testFunction(
      'of a function that gives undefined in this call',
      '(a: u32) => { const at = (there: boolean): Outer | undefined => (there ? one : undefined); return (at(Boolean(0))?.inner.x ?? a) * 10 + (at(Boolean(1))?.inner.x ?? a); }',
    ).gives(38, 3);
  },
);

describeTwoWorlds(
  'a second name for an entry',
  {
    prelude: `import { ArrayMap } from 'tsbpf'; interface Point { x: u32; y: u32 } const points = new ArrayMap<Point>({ maxEntries: 4 });`,
  },
  (testFunction) => {
    testFunction(
      'in a branch leaves the first as it is',
      '(a: u32) => { for (let k = 0; k < 2; k++) points.set(k, { x: a, y: 2 }); const p = points.get(1); let sum = 0; if (p !== undefined) { if (p.y > a) { const q = p; sum = q.x; } sum += p.x; } return sum; }',
    )
      .gives(2, 1)
      .gives(5, 5);
  },
);

const entries = 'const entries = new HashMap<u32, u64>({ maxEntries: 8 });';
for (const [level, options] of Object.entries(everyLevel))
  describeTwoWorlds(
    `tests of entries that only choose a value${level}`,
    { ...options, prelude: entries },
    (testFunction) => {
      testFunction(
        'set a flag',
        '(a: boolean, b: boolean) => { const entry = entries.get(5); if (entry !== undefined) b = Boolean(1); return u64(b) * 2n + u64(a); }',
      )
        .gives(2, false, true)
        .gives(1, true, false);
      testFunction(
        'set the same flag, two of them',
        '(a: u32) => { entries.set(7, 3n); const one = entries.get(a); const other = entries.get(a + 1); let flag = false; if (one !== undefined) flag = true; if (other !== undefined) flag = true; return flag ? 3 : 4; }',
      )
        .gives(3, 7)
        .gives(3, 6)
        .gives(4, 9);
      testFunction(
        'choose a number that is tested',
        '(a: u32, b: u32) => { entries.set(7, 3n); const entry = entries.get(a); const x = entry === undefined ? b : 1; return x !== 0 ? 4 : 5; }',
      )
        .gives(4, 7, 0)
        .gives(5, 8, 0)
        .gives(4, 8, 2);
      testFunction(
        'are joined with a flag by an operator',
        '(a: u32, b: boolean) => { entries.set(7, 3n); const entry = entries.get(a); return (entry === undefined ? 0 : 1) | (b ? 1 : 0); }',
      )
        .gives(1, 7, false)
        .gives(0, 8, false)
        .gives(1, 8, true);
      testFunction(
        'are joined with a flag by other operators',
        '(a: u32, b: boolean) => { entries.set(7, 3n); const one = entries.get(a) === undefined; const other = entries.get(a + 1); return ((one ? 2 : 0) ^ (b ? 2 : 0)) + ((other !== undefined ? 1 : 0) & (b ? 1 : 0)) + (one === (other !== undefined) ? 10 : 0); }',
      )
        .gives(12, 7, true)
        .gives(10, 7, false)
        .gives(11, 6, true)
        .gives(12, 6, false)
        .gives(0, 1, true);
    },
  );

describeTwoWorlds(
  'a shared object or none',
  {
    prelude: `
import { shared } from 'tsbpf';
interface Part { a: u8; b: u64 }
interface Whole { head: be32; part: Part }
const whole = shared<Whole>({ head: 0, part: { a: 7, b: 0n } });
`,
    compilerOptions: { optimize: false, cpu: 'v1' },
  },
  (testFunction) => {
    testFunction(
      'is read behind its test',
      '(a: u32) => { const f = (there: boolean): Whole | undefined => (there ? whole : undefined); return f((a & 0xffff) > (a & 255))?.part.a ?? 2; }',
    )
      .gives(7, 256)
      .gives(2, 255);
  },
);

// From 6.7 on, verifiers walk what is called back until it changes nothing that they have to know. Those before walk it once,
// with what variables begin with, and take out what they see no way to then.
for (const [level, options] of Object.entries(everyLevel))
  describeTwoWorlds(
    `counts of callbacks${level}`,
    { ...options, since: '5.17', prelude: `import { bpf } from 'tsbpf';\n${entries}` },
    (testFunction) => {
      const two = 'entries.set(1, 9n); entries.set(2, 4n);';
      testFunction(
        'of entries are tested behind them',
        `(a: u32) => { ${two} let n = 0; entries.forEach((value) => { if (value > 5n) n++; }); const found = n > 10 ? 1 : 2; entries.delete(1); entries.delete(2); return found * 100 + n + a; }`,
      ).gives(208, 7);
      testFunction(
        'are tested in them',
        '(a: u32) => { let n = 0; let many = 0; bpf.loop(a, () => { if (n > 3) many++; if (n < 1000) n++; }); return n * 10000 + (many > 2 ? many : 0); }',
      )
        .gives(0, 0)
        .gives(60000, 6)
        .gives(90005, 9)
        .gives(10000000 + 4996, 5000);
      testFunction(
        'are tested in them as parts of an object, and flags',
        '(a: u32) => { const state: { n: u32; many: u32 } = { n: 0, many: 0 }; let seen = false; let after = 0; bpf.loop(a, () => { if (state.n > 3) state.many++; state.n++; if (seen) after++; seen = true; }); return state.n * 10000 + state.many * 100 + after; }',
      )
        .gives(0, 0)
        .gives(10000, 1)
        .gives(60205, 6);
      testFunction(
        'begin with a parameter, and are cut by operators',
        `(a: u32) => { const f = (sum: number): number => { bpf.loop(a & 63, (i) => { sum = (sum + (a & 255) * (i - 8)) | 0; }); const low = sum & 255; return (low > 10 ? 1 : 2) + (low > 10 ? 10 : 20) + (sum & 3) * 100; }; return f(1); }`,
      )
        .gives(111, 0x30)
        .gives(122, 0);
      testFunction(
        'are of 16 bits',
        '(a: u32) => { let n: u16 = 65530; bpf.loop(a, () => { n++; }); return n > 10 ? n : n + 100000; }',
      )
        .gives(65533, 3)
        .gives(100002, 8);
    },
  );

for (const [level, options] of Object.entries(everyLevel))
  describeTwoWorlds(`variables of loops${level}`, { ...options, prelude }, (testFunction) => {
    testFunction(
      'are compared with what does not change',
      '(a: u32, b: u32) => { let i = a & 7; let sum = 1; while (i-- > 0) { if (b !== i) break; sum += bpf.ktimeGetNs() > 0n ? 2 : 3; } return sum * 10 + i; }',
    )
      .gives(10 - 1, 0, 0)
      .gives(10 + 2, 3, 0)
      .gives(30 + 1, 3, 2);
    testFunction(
      'are compared, converted, with what does not change',
      '(a: u32, b: u32) => { let i: i16 = a & 7; while (i-- > 0) { if (u64(b) !== u64(i)) return i; } return 100 + a; }',
    )
      .gives(100, 0, 0)
      .gives(2, 3, 0)
      .gives(2, 4, 3)
      .gives(101, 1, 0);
    testFunction(
      'are stored by loops that may have no round',
      '(a: i16) => { const bytes: Bytes<8> = new Uint8Array([112, 11, 237, 36, 4, 97, 98, 62]); --bytes[a]; for (let i = u32(41368 > a); i <= 1; ++i) bytes[1] = u8(i); return u16(bytes[1]); }',
    )
      .gives(1, 0)
      .gives(1, 7)
      .ends(8);
    testFunction(
      'are not zero where they were divided by',
      '(a: u32) => { const quotient: fixed = fixed(1) / fixed(a & 255); return a ? u64(a) : u64(Math.trunc(quotient)); }',
    )
      .gives(1n, 1)
      .gives(511n, 511)
      .ends(0)
      .ends(256);
    testFunction(
      'are indexed by what is masked elsewhere',
      '(a: u32) => { const words: FixedArray<u64, 4> = [u64(9), u64(8), u64(7), u64(6)]; let i = 0; do { i++; words[a] = words[a & 3] + u64(1); } while (i < 4); return words[0] * 1000n + words[1] * 100n + words[3]; }',
    )
      .gives(13806n, 0)
      .gives(10206n, 1)
      .gives(9810n, 3)
      .ends(4);
  });
