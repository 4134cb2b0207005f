/** Objects that are written from parts of themselves, and copies that stay when what they were made of is overwritten. */
import { describeTwoWorlds } from '../support/two-worlds.js';
const prelude = `
interface P { x: u32; y: u32 }
interface B { p: P; q: P; n: u32 }
`;
describeTwoWorlds('aliasing', { prelude }, (t) => {
  t(
    'two members change places in a copy',
    '(a: u32) => { const b: B = { p: { x: a, y: 1 }, q: { x: 2, y: 3 }, n: 0 }; const w = { b }; w.b = { p: b.q, q: b.p, n: 5 }; return w.b.p.x * 1000 + w.b.q.x; }',
  ).with(7);
  t(
    'two members change places by a literal of themselves',
    '(a: u32) => { let b: B = { p: { x: a, y: 1 }, q: { x: 2, y: 3 }, n: 0 }; b = { p: b.q, q: b.p, n: 5 }; return b.p.x * 1000 + b.q.x + b.n * 100000; }',
  ).with(7);
  t(
    'two objects change places by a pattern',
    '(a: u32) => { const b: B = { p: { x: a, y: 1 }, q: { x: 2, y: 3 }, n: 0 }; ({ p: b.q, q: b.p } = b); return b.p.x * 1000 + b.q.x; }',
  ).with(7);
  t(
    'two numbers change places by a pattern',
    '(a: u32) => { const b: P = { x: a, y: 1 }; ({ x: b.y, y: b.x } = b); return b.x * 1000 + b.y; }',
  ).with(7);
  t(
    'two variables change places',
    '(a: u32) => { let p: P = { x: a, y: 1 }; let q: P = { x: 2, y: 3 }; [p, q] = [q, p]; return p.x * 1000 + q.x; }',
  ).with(7);
  t(
    'a number of an object is a copy',
    '(a: u32) => { const b: P = { x: a, y: 1 }; const x = b.x; b.x = 9; return x; }',
  ).with(7);
  t(
    'an array turns by a literal of itself',
    '(a: u32) => { let l: FixedArray<u32, 3> = [a, 2, 3]; l = [l[2], l[0], l[1]]; return l[0] * 100 + l[1] * 10 + l[2]; }',
  ).with(7);
  t(
    'an array of objects turns by a literal of itself',
    '(a: u32) => { let l: FixedArray<P, 2> = [{ x: a, y: 1 }, { x: 3, y: 4 }]; l = [l[1], l[0]]; return l[0].x * 100 + l[1].x; }',
  ).with(7);
  t(
    'an object is spread into itself',
    '(a: u32) => { let b: B = { p: { x: a, y: 1 }, q: { x: 2, y: 3 }, n: 0 }; b = { ...b, p: b.q }; return b.p.x * 1000 + b.q.x; }',
  ).with(7);
  t(
    'lengths by patterns',
    '(a: u32) => { const o: { n: CharArray<8>; l: FixedArray<u8, 5> } = { n: "abc", l: [] }; const { length } = o.n; const { length: k } = o.l; const { length: z } = [a, a]; return length * 100 + k * 10 + z; }',
  ).gives(302, 7);
  t(
    'an array is copied by a spread',
    '(a: u32) => { const l: FixedArray<u32, 3> = [a, 2, 3]; const c: FixedArray<u32, 3> = [...l]; l[0] = 5; return c[0]; }',
  ).with(7);
  t(
    'an array of objects is copied by a spread',
    '(a: u32) => { const o: { l: FixedArray<P, 2> } = { l: [{ x: a, y: 1 }, { x: 3, y: 4 }] }; const c: FixedArray<P, 2> = [...o.l]; o.l = [{ x: 1, y: 1 }, { x: 1, y: 1 }]; return c[0].x; }',
  ).with(7);
  t(
    'a text is copied as a member',
    '(a: u32) => { const o: { n: CharArray<8> } = { n: "abc" }; const c = { t: o.n }; o.n = "hello"; return c.t.length + o.n.length; }',
  ).with(7);
});

describeTwoWorlds(
  'aliasing of entries',
  {
    prelude: `${prelude}
const m = new HashMap<u32, u64>({ maxEntries: 4 });
const entries = new HashMap<u32, B>({ maxEntries: 4 });`,
  },
  (t) => {
    t(
      'two members of an entry change places',
      '(a: u32) => { entries.set(1, { p: { x: a, y: 1 }, q: { x: 2, y: 3 }, n: 0 }); const e = entries.get(1); if (!e) return 0; [e.p, e.q] = [e.q, e.p]; return e.p.x * 1000 + e.q.x; }',
    ).gives(2007, 7);
    t(
      'a number of a map is a copy',
      '(a: u32) => { m.set(1, u64(a)); const n = m.get(1); m.set(1, 9n); return n === undefined ? 0 : Number(n); }',
    ).gives(7, 7);
  },
);
