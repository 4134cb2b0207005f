/** Texts: `CharArray`, constants, and `Bytes`, as a JavaScript programmer uses them. */
import { describeTwoWorlds, everyLevel } from '../support/two-worlds.js';

const prelude = `
interface Named { name: CharArray<8>; other: CharArray<8>; count: u32 }
const WORDS = ['one', 'two', 'three'];
const HEX = '0123456789abcdef';
`;

for (const [level, options] of Object.entries(everyLevel)) {
  describeTwoWorlds(`texts${level}`, { ...options, prelude }, (testFunction) => {
    testFunction(
      'charCodeAt gives the byte at a constant index',
      "(a: u32) => { const text: CharArray<8> = 'hello'; return text.charCodeAt(0) * 1000 + text.charCodeAt(4) + a; }",
    ).with(1);
    testFunction(
      'charCodeAt gives the byte at an index of run time',
      "(i: u32) => { const text: CharArray<8> = 'hello'; return text.charCodeAt(i & 3); }",
    )
      .with(0)
      .with(1)
      .with(7);
    testFunction(
      'charCodeAt past the end of the text ends the program, where JavaScript gives NaN',
      "(i: u32) => { const text: CharArray<8> = 'hello'; return text.charCodeAt(i); }",
    )
      .with(4)
      .ends(5)
      .ends(7)
      .ends(8)
      .ends(0xffffffff);
    testFunction(
      'a character is compared with a constant of one character',
      "(i: u32) => { const text: CharArray<8> = 'hello'; return text[i & 3] === 'l' ? 1 : text[i & 3] !== 'h' ? 2 : 3; }",
    )
      .with(0)
      .with(1)
      .with(2)
      .with(3);
    testFunction(
      'a character at a constant index',
      "(a: u32) => { const text: CharArray<8> = 'hello'; return (text[0] === 'h' ? 1 : 0) + (text[1] === 'h' ? 2 : 0) + a; }",
    ).with(1);
    testFunction(
      'a character past the end of the text ends the program',
      "(i: u32) => { const text: CharArray<8> = 'hello'; return (text[i] === 'o' ? 1 : 0) + (text[i] !== 'o' ? 2 : 0); }",
    )
      .with(4)
      .ends(5)
      .ends(7)
      .ends(8)
      .ends(1000);
    testFunction(
      'two characters are compared',
      "(i: u32, j: u32) => { const text: CharArray<8> = 'abcab'; return text[i & 7] === text[j & 7] ? 1 : 0; }",
    )
      .with(0, 3)
      .with(0, 1)
      .with(1, 4)
      .ends(4, 5);
    testFunction(
      'charAt is the character, or the empty text past the end',
      "(i: u32) => { const text: CharArray<8> = 'hello'; return (text.charAt(i) === 'e' ? 1 : 0) + (text.charAt(i) === '' ? 2 : 0) + text.charAt(i).length * 10; }",
    )
      .with(0)
      .with(1)
      .with(4)
      .with(5)
      .with(1000);
    testFunction(
      'for-of over the characters of a text',
      "(a: u32) => { const text: CharArray<8> = 'hello'; let n = a; for (const c of text) { if (c === 'l') n += 1; n += 10; } return n; }",
    ).with(1);
    testFunction(
      'a loop over the characters of a text',
      "(a: u32) => { const text: CharArray<8> = 'hello'; let sum = a; for (let i = 0; i < text.length; i++) sum = sum * 3 + text.charCodeAt(i); return sum; }",
    ).with(1);
    testFunction(
      'a switch over a character',
      "(i: u32) => { const text: CharArray<4> = 'abc'; switch (text[i & 3]) { case 'a': return 1; case 'b': return 2; default: return 3; } }",
    )
      .with(0)
      .with(1)
      .with(2)
      .ends(3);
    testFunction(
      'a constant text is indexed at run time',
      '(i: u32) => HEX.charCodeAt(i & 15) + (HEX[i & 15] === "a" ? 1000 : 0)',
    )
      .with(0)
      .with(10)
      .with(15);
    testFunction(
      'a constant list of texts is chosen from at build',
      "(a: u32) => { let sum = a; for (const word of WORDS) sum += word.length * (word.startsWith('t') ? 10 : 1); return sum; }",
    ).with(0);
    testFunction(
      'equal texts of different capacities',
      "(a: u32) => { const x: CharArray<8> = 'abc'; const y: CharArray<16> = 'abc'; const z: CharArray<4> = 'abd'; return (x === y ? 1 : 0) + (y === z ? 2 : 0) + (x !== z ? 4 : 0) + a; }",
    ).with(0);
    testFunction(
      'length and truth of a text',
      "(a: u32) => { const empty: CharArray<4> = ''; const full: CharArray<4> = 'abcd'; return (empty ? 1 : 2) + (full ? 4 : 8) + empty.length * 100 + full.length * 1000 + a; }",
    ).with(0);
    testFunction(
      'startsWith and endsWith with constants',
      "(a: u32) => { const text: CharArray<8> = 'eth0.12'; return (text.startsWith('eth') ? 1 : 0) + (text.startsWith('etc') ? 2 : 0) + (text.startsWith('') ? 4 : 0) + (text.startsWith('eth0.12') ? 8 : 0) + a; }",
    ).with(0);
    testFunction(
      'startsWith of another text',
      "(a: u32) => { const text: CharArray<8> = 'eth0.12'; const p: CharArray<4> = 'eth'; const q: CharArray<16> = 'eth0.12.3456'; const r: CharArray<3> = 'eth'; return (text.startsWith(p) ? 1 : 0) + (text.startsWith(q) ? 2 : 0) + (text.startsWith(r) ? 4 : 0) + (p.startsWith(text) ? 8 : 0) + (text.startsWith(text) ? 16 : 0) + a; }",
    ).with(0);
    testFunction(
      'a text as a field is copied by an assignment',
      "(a: u32) => { const n: Named = { name: 'left', other: 'right', count: a }; n.other = n.name; n.name = 'x'; return (n.other === 'left' ? 1 : 0) + (n.name === 'x' ? 2 : 0) + n.name.length * 10 + n.count; }",
    ).with(5);
    testFunction(
      'a text variable that changes',
      "(a: u32) => { let text: CharArray<8> = 'one'; if (a > 5) text = 'three'; return text.length + (text === 'three' ? 100 : 0); }",
    )
      .with(1)
      .with(6);
    testFunction(
      'a text is a parameter and a result',
      "(a: u32) => { const pick = (x: CharArray<8>, y: CharArray<8>): CharArray<8> => a > 1 ? x : y; const p: CharArray<8> = 'pp'; const q: CharArray<8> = 'qqq'; return pick(p, q).length; }",
    )
      .with(1)
      .with(2);
    testFunction(
      'a text of two bytes a character compares as its bytes',
      "(a: u32) => { const text: CharArray<8> = 'é'; return (text === 'é' ? 1 : 0) + a; }",
    ).with(0);
    testFunction(
      'texts are compared with a ternary of constants',
      "(a: u32) => { const text: CharArray<8> = 'b'; return text === (a > 1 ? 'a' : 'b') ? 1 : 0; }",
    )
      .with(1)
      .with(2);
  });
}

describeTwoWorlds('bytes', { prelude }, (testFunction) => {
  testFunction(
    'bytes are read and written at an index of run time',
    '(i: u32, v: u8) => { const b: Bytes<8> = new Uint8Array(8); b[i & 7] = v; return b[0] + b[3] * 10 + b[7] * 100; }',
  )
    .with(0, 5)
    .with(3, 5)
    .with(7, 5);
  testFunction(
    'for-of, reduce and fill of bytes',
    '(a: u8) => { const b: Bytes<4> = new Uint8Array([1, 2, 3, 4]); b[1] = a; let s = 0; for (const x of b) s = s * 3 + x; s += b.reduce((x, y) => x + y, 0); b.fill(2); return s * 10 + b[3] + b.length; }',
  )
    .with(0)
    .with(255);
  testFunction(
    'equal with a constant',
    '(a: u8) => { const b: Bytes<3> = new Uint8Array([1, 2, 3]); b[2] = a; return equal(b, new Uint8Array([1, 2, 3])) ? 1 : 0; }',
  )
    .with(3)
    .with(4);
  testFunction(
    'bytes are copied by an assignment to a field',
    '(a: u8) => { const s: { m: Bytes<4> } = { m: new Uint8Array(4) }; const b: Bytes<4> = new Uint8Array([1, 2, 3, 4]); s.m = b; b[0] = a; return s.m[0] + s.m[3] * 10; }',
  ).gives(41, 9);
});

const beyondAscii = `
const MIXED = 'aä€𝄞z';
interface Holder { before: u8; text: CharArray<24>; after: u32 }
`;

for (const [level, options] of Object.entries(everyLevel)) {
  describeTwoWorlds(`texts beyond ASCII${level}`, { ...options, prelude: beyondAscii }, (testFunction) => {
    testFunction(
      'have the length that JavaScript gives',
      '(a: u32) => { const text: CharArray<24> = MIXED; return text.length * 10 + a; }',
    ).with(1);
    testFunction(
      'have the length of what was taken of them',
      "(a: u32) => { let text: CharArray<4> = 'é€'.slice(0, 1); if (a > 1) text = '€'; if (a > 2) text = '𝄞'; if (a > 3) text = 'éé'; return text.length; }",
    )
      .with(1)
      .with(2)
      .with(3)
      .with(4);
    testFunction(
      'have units at indexes of run time',
      '(i: u32) => { const text: CharArray<24> = MIXED; return text.charCodeAt(i); }',
    )
      .with(0)
      .with(1)
      .with(2)
      .with(3)
      .with(4)
      .with(5)
      .ends(6)
      .ends(23)
      .ends(0xffffffff);
    testFunction(
      'have units at indexes that are known',
      '(a: u32) => { const text: CharArray<24> = MIXED; return text.charCodeAt(0) * 7 + text.charCodeAt(1) * 11 + text.charCodeAt(2) * 13 + text.charCodeAt(3) * 17 + text.charCodeAt(4) * 19 + text.charCodeAt(5) * 23 + a; }',
    ).with(0);
    testFunction(
      'have units at indexes that are known and far',
      "(a: u32) => { const text: CharArray<24> = 'ääääää€€€z'; return text.charCodeAt(8) * 3 + text.charCodeAt(9) + a; }",
    ).with(0);
    testFunction(
      'are compared by characters',
      "(i: u32) => { const text: CharArray<24> = MIXED; return text[i] === 'ä' ? 1 : text[i] === '€' ? 2 : text[i] === 'z' ? 3 : text[i] === text[0] ? 4 : text[i] === '\\ud834' ? 5 : 6; }",
    )
      .with(0)
      .with(1)
      .with(2)
      .with(3)
      .with(4)
      .with(5);
    testFunction(
      'give no character past the end',
      "(i: u32) => { const text: CharArray<24> = MIXED; return (text.charAt(i) === '' ? 1 : 0) + text.charAt(i).length * 10 + (text.charAt(i) ? 100 : 0); }",
    )
      .with(1)
      .with(5)
      .with(6)
      .with(1000);
    testFunction(
      'are gone through by characters, which may be two units',
      "(a: u32) => { const text: CharArray<24> = MIXED; let n = a; for (const c of text) n = n * 5 + (c === '𝄞' ? 3 : c === 'ä' ? 2 : 1) + c.length; return n; }",
    ).with(1);
    testFunction(
      'are gone through in part',
      "(a: u32) => { const text: CharArray<24> = MIXED; let n = a; for (const c of text) { if (c === 'ä') continue; if (c === '𝄞') break; n++; } return n; }",
    ).with(1);
    testFunction(
      'fill their memory to the last byte',
      "(i: u32) => { const text: CharArray<6> = 'é𝄞'; let n = text.length; for (const c of text) n = n * 10 + c.length; return n * 100000 + text.charCodeAt(i); }",
    )
      .with(0)
      .with(1)
      .with(2)
      .ends(3);
    testFunction(
      'are gone through by an index',
      '(a: u32) => { const text: CharArray<24> = MIXED; let hash = a; for (let i = 0; i < text.length; i++) hash = (hash * 31 + text.charCodeAt(i)) >>> 0; return hash; }',
    ).with(7);
    testFunction(
      'keep a character as a text',
      "(i: u32) => { const text: CharArray<24> = MIXED; const holder: Holder = { before: 255, text: '', after: 1 }; holder.text = text[i]; return (holder.text === '€' ? 1 : 0) + (holder.text === 'ä' ? 2 : 0) + holder.text.length * 10 + holder.after * 100; }",
    )
      .with(0)
      .with(1)
      .with(2);
    testFunction(
      'keep the last character of a loop as a text',
      "(a: u32) => { const text: CharArray<24> = MIXED; let last: CharArray<8> = ''; for (const c of text) { if (c !== 'z') last = c; } return (last === '𝄞' ? 1 : 0) + last.length * 10 + a; }",
    ).with(0);
  });
}

describeTwoWorlds('constants beyond ASCII', { prelude: "const LETTERS = 'aä€𝄞';" }, (testFunction) => {
  testFunction('have the length that JavaScript gives', '(a: u32) => LETTERS.length * 10 + a').with(1);
  testFunction('have units at indexes that are known', '(a: u32) => LETTERS.charCodeAt(3) + a').with(1);
  testFunction('have units at indexes of run time', '(i: u32) => LETTERS.charCodeAt(i)')
    .with(0)
    .with(1)
    .with(2)
    .with(3)
    .with(4)
    .ends(5);
  testFunction(
    'have characters at indexes of run time',
    "(i: u32) => LETTERS[i] === 'ä' ? 1 : LETTERS[i] === '€' ? 2 : LETTERS[i] === 'a' ? 3 : 4",
  )
    .with(0)
    .with(1)
    .with(2)
    .with(3)
    .with(4)
    .ends(5);
  testFunction(
    'have a character or none',
    "(i: u32) => (LETTERS.charAt(i) === '' ? 1 : LETTERS.charAt(i) === '€' ? 2 : 3)",
  )
    .with(2)
    .with(3)
    .with(5);
  testFunction(
    'are gone through by characters',
    '(a: u32) => { let n = 0; for (const c of LETTERS) n += c === "€" ? 10 : 1; return n + a; }',
  ).with(0);
});
