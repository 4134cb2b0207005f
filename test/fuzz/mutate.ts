/** Damages a source: by tokens, by bytes, by lines, by cutting it off. */
import type { Random } from './random.js';

type Mutation = (text: string, random: Random, other: string) => string;

/** Words, numbers, operators and strings; white space goes with what precedes it. */
function tokensOf(text: string): string[] {
  return (
    text.match(/(?:[\w$]+|'[^'\n]*'|`|=>|[=!<>]==?|&&=?|\|\|=?|\?\?=?|<<=?|>>>?=?|\*\*|\.{3}|\s|[^\s\w$])\s*/g) ?? []
  );
}

const tokens: readonly string[] = [
  ...[
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    ';',
    ',',
    '.',
    '?.',
    '=>',
    '...',
    ':',
    '?',
    '!',
    '@',
    '#',
    '`',
    '${',
    '/*',
    '//',
    "'",
    '"',
  ],
  ...['+', '-', '*', '/', '%', '**', '&', '|', '^', '~', '<<', '>>>', '=', '===', '<', '++', '??=', '&&'],
  ...[
    'if',
    'else',
    'for',
    'while',
    'do',
    'switch',
    'case',
    'default',
    'return',
    'throw',
    'break',
    'continue',
    'try',
    'catch',
  ],
  ...[
    'const',
    'let',
    'var',
    'function',
    'class',
    'enum',
    'interface',
    'type',
    'import',
    'export',
    'new',
    'this',
    'super',
  ],
  ...[
    'async',
    'await',
    'yield',
    'typeof',
    'instanceof',
    'in',
    'of',
    'delete',
    'void',
    'as',
    'satisfies',
    'static',
    'extends',
  ],
  ...[
    'undefined',
    'null',
    'true',
    'NaN',
    'Infinity',
    '0',
    '-1',
    '1e400',
    '0n',
    '9'.repeat(40),
    '1.5',
    '0xffffffffffffffffn',
  ],
  ...[
    'u8',
    'u32',
    'u64',
    'be16',
    'fixed',
    'any',
    'never',
    'unknown',
    'object',
    'string',
    'symbol',
    'Bits<99>',
    'FixedArray<u8, -1>',
  ],
  ...[
    'FixedArray<u64, 1e9>',
    'Bytes<0>',
    'CharArray<1.5>',
    'bpf',
    'ctx',
    'packet',
    'Math',
    'JSON',
    'Symbol',
    'Proxy',
    'globalThis',
  ],
];

const characters = [
  '\0',
  '\u2028',
  '\ufeff',
  '\ud800',
  '😀',
  '\\',
  '\r',
  '\u202e',
  '\x1b',
  "'",
  '"',
  '`',
  '\\u{',
  'é',
  '\x7f',
];

function splice(text: string, start: number, end: number, insert: string): string {
  return text.slice(0, start) + insert + text.slice(end);
}

function byTokens(change: (list: string[], random: Random, other: string) => void): Mutation {
  return (text, random, other) => {
    const list = tokensOf(text);
    if (list.length > 1) change(list, random, other);
    return list.join('');
  };
}

const mutations: readonly Mutation[] = [
  (text, random) => text.slice(0, random.below(text.length + 1)),
  (text, random) => text.slice(random.below(text.length + 1)),
  (text, random) => {
    const start = random.below(text.length + 1);
    return splice(text, start, start + random.below(60), '');
  },
  (text, random) => {
    const start = random.below(text.length + 1);
    return splice(text, start, start, text.slice(start, start + random.below(200)));
  },
  (text, random) => splice(text, random.below(text.length + 1), 0, '').concat(random.pick(characters)),
  (text, random) => {
    const at = random.below(text.length + 1);
    return splice(text, at, at + random.below(2), random.pick(characters));
  },
  (text, random) => {
    const at = random.below(text.length + 1);
    return splice(text, at, at + 1, String.fromCharCode(random.below(128)));
  },
  (text, random) => {
    const lines = text.split('\n');
    const [a, b] = [random.below(lines.length), random.below(lines.length)];
    [lines[a], lines[b]] = [lines[b] as string, lines[a] as string];
    return lines.join('\n');
  },
  (text, random) => {
    const lines = text.split('\n');
    lines.splice(random.below(lines.length), 1 + random.below(3));
    return lines.join('\n');
  },
  (text, random, other) => {
    const lines = text.split('\n');
    const others = other.split('\n');
    const from = random.below(others.length);
    lines.splice(random.below(lines.length), 0, ...others.slice(from, from + 1 + random.below(8)));
    return lines.join('\n');
  },
  byTokens((list, random) => {
    const [a, b] = [random.below(list.length), random.below(list.length)];
    [list[a], list[b]] = [list[b] as string, list[a] as string];
  }),
  byTokens((list, random) => list.splice(random.below(list.length), 1)),
  byTokens((list, random) => list.splice(random.below(list.length), 1, `${random.pick(tokens)} `)),
  byTokens((list, random) => list.splice(random.below(list.length), 0, `${random.pick(tokens)} `)),
  byTokens((list, random) => list.splice(random.below(list.length), 1, random.pick(list))),
  byTokens((list, random, other) => list.splice(random.below(list.length), 1, random.pick(tokensOf(other)) ?? '')),
  // Deep nesting.
  byTokens((list, random) =>
    list.splice(
      random.below(list.length),
      0,
      random.pick(['(', '[', '{', '!', '-', 'a?.']).repeat(1 << random.below(14)),
    ),
  ),
];

/** A source with one to four injuries. */
export function mutate(text: string, random: Random, other: string): string {
  let damaged = text;
  for (let count = 1 + random.below(4); count > 0; count -= 1) damaged = random.pick(mutations)(damaged, random, other);
  return damaged;
}
