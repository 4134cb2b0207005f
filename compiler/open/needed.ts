/**
 * Chooses, of our declarations, those that a program can name: parsing all of them costs more than all else together.
 *
 * What is left out is what no word of the user's files names, so a program that is right is right either way. One that
 * has errors is opened again with everything, because messages may speak of names that the program does not have.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Host } from '../host.js';
import { importsKernel, namesOfImports } from './kernel-import.js';
import { findRuntimeFolder, isLocal, resolveLocal } from './resolve.js';

/** A member's name, '' where it always stays; its text; the declarations that it names. */
type Member = readonly [name: string, text: string, needs: readonly string[]];
type Entry = readonly [names: readonly string[], text: string, needs: readonly string[], members?: readonly Member[]];

/** What scripts/declarations.mjs made of the declarations when the package was built. */
interface Declarations {
  readonly library: readonly Entry[];
  readonly runtime: readonly Entry[];
  readonly exported: Readonly<Record<string, string>>;
}

/** Our declarations for one program. */
export interface NeededDeclarations {
  readonly library: string;
  /** The module `tsbpf`, and the name of the file whose place it takes. */
  readonly runtime: string;
  readonly runtimeFile: string;
}

/** What the checker and the language themselves use. */
const always = (
  'Array ReadonlyArray Boolean Number String Object Function CallableFunction NewableFunction IArguments RegExp Symbol ' +
  'BigInt Iterable Iterator IterableIterator IteratorObject Promise PromiseLike Awaited TemplateStringsArray Disposable ' +
  'SymbolConstructor ThisType NonNullable ImportMeta TypedPropertyDescriptor ClassDecoratorContext ' +
  'ClassMethodDecoratorContext DecoratorContext'
).split(' ');

/** Null where there are none, as in the sources of tsbpf itself. */
let declarations: Declarations | undefined | null;

/**
 * @param entry absolute.
 * @returns undefined where everything has to be read: in the sources of tsbpf itself, and for programs that name parts
 *   of tsbpf by paths of their own or names of events by pieces.
 */
export function neededDeclarations(entry: string, host: Host): NeededDeclarations | undefined {
  if (declarations === undefined) declarations = readDeclarations();
  const texts = declarations && textsOf(entry, host);
  if (!declarations || !texts || texts.some(isUnusual)) return undefined;
  const words = new Set(texts.flatMap((text) => text.match(/[\w$]+/g) ?? []));
  if (texts.some(importsKernel)) for (const name of namesOfImports) words.add(name);
  for (const word of [...words]) if (word.startsWith('sys_enter_')) words.add(word.slice('sys_enter_'.length));
  const exports = Object.entries(declarations.exported).filter(([name]) => words.has(name));
  const runtime = select(declarations.runtime, new Set(exports.map(([, declared]) => declared)), words);
  const names = exports.map(([name, declared]) => (name === declared ? name : `${declared} as ${name}`));
  const runtimeText = `${runtime}\nexport { ${names.join(', ')} };\n`;
  const seeds = new Set([...always, ...words, ...(runtimeText.match(/\w+/g) ?? [])]);
  return {
    library: select(declarations.library, seeds, words),
    runtime: runtimeText,
    runtimeFile: path.join(findRuntimeFolder(), 'index.d.ts'),
  };
}

function readDeclarations(): Declarations | null {
  try {
    // By way of the runtime's folder, because this module may stand in a bundle elsewhere.
    const file = path.join(findRuntimeFolder(), '../compiler/open/declarations.json');
    return JSON.parse(readFileSync(file, 'utf8')) as Declarations;
  } catch {
    return null;
  }
}

function isUnusual(text: string): boolean {
  return /['"`]tsbpf\/(?!kernel['"])|sys_(?:enter|exit)_\w*\$\{/.test(text);
}

/** The entry file and all that it may import: whatever looks like a path in them and leads to a file. */
export function textsOf(entry: string, host: Host): string[] | undefined {
  const texts = new Map<string, string>();
  const files = [entry];
  for (let file = files.pop(); file !== undefined; file = files.pop()) {
    if (texts.has(file) || file.endsWith('.json')) continue;
    const text = host.readFile(file);
    if (text === undefined) return undefined;
    texts.set(file, text);
    for (const [, specifier] of text.matchAll(/['"]([./][^'"\n]*)['"]/g)) {
      const found = isLocal(specifier!) ? resolveLocal(specifier!, file, host) : undefined;
      if (found) files.push(found);
    }
  }
  return [...texts.values()];
}

/** The entries that the seeds name, and what these need. */
function select(entries: readonly Entry[], seeds: Iterable<string>, words: ReadonlySet<string>): string {
  const byName = new Map<string, number[]>();
  for (const [index, [names]] of entries.entries()) {
    for (const name of names) byName.set(name, [...(byName.get(name) ?? []), index]);
  }
  const texts = new Map<number, string>();
  const open = [...seeds];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const index of byName.get(name) ?? []) {
      if (texts.has(index)) continue;
      const [, text, needs, members] = entries[index]!;
      open.push(...needs);
      const kept = members?.filter(([member]) => member === '' || words.has(member)) ?? [];
      for (const [, , needed] of kept) open.push(...needed);
      texts.set(index, members ? `${text}\n${kept.map(([, own]) => own).join('\n')}\n}` : text);
    }
    byName.delete(name);
  }
  return [...texts]
    .sort(([a], [b]) => a - b)
    .map(([, text]) => text)
    .join('\n');
}
