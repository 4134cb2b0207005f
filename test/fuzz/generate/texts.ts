/** Texts: what they are compared with, their characters, and loops over these. */
import { leaf, tree, type Tree } from '../tree.js';
import type { Context } from './context.js';
import { findPlace, pureNumber, type Place } from './places.js';
import { statement, type Production } from './statement.js';
import { numberType, type TextType } from './types.js';

/** They share beginnings, so that comparisons of them find something. */
const words = [
  '',
  'a',
  'b',
  'ab',
  'abc',
  'abd',
  'b',
  'ba',
  'abcdefgh',
  'eth0',
  'abcdefghijklmnop',
  'é',
  'bé',
  '€b',
  '𝄞',
  'aé𝄞b',
];

function word(c: Context, longest: number): string {
  return c.random.pick(words.filter((each) => Buffer.byteLength(each) <= longest));
}

export function textLiteral(c: Context, longest: number): Tree {
  return leaf('other', `'${word(c, longest)}'`);
}

function findText(c: Context): (Place & { readonly type: TextType }) | undefined {
  const place = findPlace(c, (type) => type.kind === 'text', false);
  return place?.type.kind === 'text' ? { tree: place.tree, type: place.type } : undefined;
}

/** An index of a character, mostly of one that is there. Past the end of a constant text, Node itself is asked. */
function position(c: Context): Tree | undefined {
  const any = pureNumber(c);
  return any && (c.random.once(6) ? any : tree('number', [any], (_, [x]) => `(${x} & 3)`, 3));
}

export function textTest(c: Context): Tree | undefined {
  const text = findText(c);
  if (!text) return undefined;
  const { length, name } = text.type;
  const { random } = c;
  const literal = `'${word(c, length)}'`;
  const at = position(c) ?? leaf('number', '0', 1);
  const one = `'${random.pick(['a', 'b', 'e', 'é'])}'`;
  switch (random.below(6)) {
    case 0: {
      const operator = random.pick(['===', '!==']);
      return tree('boolean', [text.tree], (_, [x]) => `(${x} ${operator} ${literal})`);
    }
    case 1:
      return tree('boolean', [text.tree], (_, [x]) => `${x}.startsWith(${literal})`);
    case 2: {
      const other = findPlace(c, (type) => type.name === name, false);
      if (!other) return undefined;
      return tree('boolean', [text.tree, other.tree], (_, [x, y]) => `(${x} !== ${y})`);
    }
    case 3:
      return tree('boolean', [text.tree, at], (_, [x, i]) => `(${x}.charAt(${i}) === ${one})`);
    case 4:
      if (at.children.length === 0) return undefined;
      return tree('boolean', [text.tree, at], (w, [x, i]) =>
        w.compiled ? `(${x}[${i}] === ${one})` : `($.character(${x}, ${i}) === ${one})`,
      );
    default:
      return tree('boolean', [text.tree], (_, [x]) => `Boolean(${x})`);
  }
}

export function textNumber(c: Context): Tree | undefined {
  const text = findText(c);
  if (!text) return undefined;
  const at = position(c);
  if (!at || c.random.once(2)) return tree('number', [text.tree], (_, [x]) => `${x}.length`, 5);
  return tree(
    'number',
    [text.tree, at],
    (w, [x, i]) => (w.compiled ? `${x}.charCodeAt(${i})` : `$.character(${x}, ${i}).charCodeAt(0)`),
    8,
  );
}

/** A loop over the characters of a text. */
export const textLoop: Production = (c) => {
  const text = findText(c);
  if (!text || c.nested >= 2) return undefined;
  const [character, sum] = [c.local('e'), c.local('v')];
  c.variables.push({ name: sum, type: { ...numberType, bits: 31 }, mutable: false, varies: false });
  const way = c.random.pick([
    (x: string) => `for (const ${character} of ${x}) ${sum} = (${sum} * 3 + (${character} === 'b' ? 1 : 2)) | 0;`,
    (x: string) => `for (let i = 0; i < ${x}.length; i++) ${sum} = (${sum} * 3 + ${x}.charCodeAt(i)) | 0;`,
  ]);
  return statement([text.tree], (_, [x = '']) => `let ${sum} = 0;\n${way(x)}`);
};

/** A text as a part of what a program gives. */
export function textEnding(name: string): Tree {
  return tree('u64', [], (w) => {
    const sum = `${name}.length * 8 + (${name}.startsWith('a') ? 1 : 0) + (${name} === 'ab' ? 2 : 0)`;
    return w.compiled ? `u64(${sum})` : `$.u64(${sum})`;
  });
}
