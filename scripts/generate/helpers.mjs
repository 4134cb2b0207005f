/**
 * Writes the table of BPF helpers, for the compiler and as types, from the kernel's UAPI header.
 *
 *   node scripts/generate/helpers.mjs [/usr/include/linux/bpf.h]
 *
 * The header gives names, numbers and C signatures; helper-facts.mjs what it does not say. A header newer than the facts
 * is refused, so that no helper is left out unnoticed; an older one (before 6.2) lacks the numbers of the newest helpers.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { facts } from './helper-facts.mjs';
import { declaration } from './helper-declaration.mjs';

/** The helpers' names and numbers, in both ways that bpf.h has listed them: with the number, and by position. */
function readNumbers(header) {
  const mapper = /#define _+BPF_FUNC_MAPPER\(FN[^)]*\)((?:.*\\\n)*.*)/.exec(header)?.[1] ?? '';
  const entries = [...mapper.matchAll(/FN\((\w+)(?:,\s*(\d+))?/g)];
  return new Map(entries.map(([, name, number], position) => [name, Number(number ?? position)]));
}

/** The first C signature that the documentation comment gives each helper. */
function readSignatures(header) {
  const signatures = new Map();
  for (const [, result, star, name, parameters] of header.matchAll(/^ \* (\w[\w ]*?) (\*?)bpf_(\w+)\((.*)\)$/gm)) {
    if (!signatures.has(name)) signatures.set(name, { result: star ? `${result} *` : result, parameters });
  }
  return signatures;
}

function readParameter(text) {
  if (text === '...') return { name: 'values', cType: '...' };
  const [, type, name] = /^(.*?[ *])(\w+)$/.exec(text) ?? [];
  return { name, cType: type.trim() };
}

function assemble(name, number, signature) {
  const fact = facts[name];
  if (!fact) throw new Error(`helper-facts.mjs has no row for ${name}`);
  if (!signature) throw new Error(`the header has no signature for ${name}`);
  const [version, words, summary, extra = {}] = fact;
  const written = signature.parameters === 'void' ? [] : signature.parameters.split(', ').map(readParameter);
  const kinds = words === '' ? [] : words.split(' ');
  if (kinds.length !== written.length) throw new Error(`${name}: ${written.length} parameters, ${kinds.length} words`);
  const [firstKernel, license = ''] = version.split(' ');
  const parameters = written.map((parameter, index) => ({ ...parameter, word: kinds[index] }));
  return { name, number, firstKernel, license, summary, result: signature.result, parameters, ...extra };
}

function row({ number, name, firstKernel, license, result, returns, parameters }) {
  const shape = parameters.map((parameter) => `${parameter.name}:${parameter.cType}:${parameter.word}`).join(';');
  return `${number}|${name}|${firstKernel}|${license}|${result}|${returns ?? ''}|${shape}`;
}

const path = process.argv[2] ?? '/usr/include/linux/bpf.h';
const header = readFileSync(path, 'utf8');
const signatures = readSignatures(header);
const numbers = [...readNumbers(header)].filter(([name]) => name !== 'unspec');
if (numbers.length === 0) throw new Error(`${path} lists no helpers`);
const helpers = numbers.map(([name, number]) => assemble(name, number, signatures.get(name)));
const missing = Object.keys(facts).filter((name) => !helpers.some((helper) => helper.name === name));
if (missing.length > 0) throw new Error(`${path} is too old: it lacks ${missing.join(', ')}`);

const root = new URL('../../', import.meta.url);
const note = '// Made by scripts/generate/helpers.mjs from linux/bpf.h and helper-facts.mjs; edit those.';
writeFileSync(
  new URL('compiler/programs/helpers-table.generated.ts', root),
  `${note}\n/** number|name|first kernel|license|C result|result|name:C type:word;… */\nexport const rows = \`${helpers
    .map(row)
    .join('\n')}\`;\n`,
);
writeFileSync(
  new URL('runtime/helpers.generated.ts', root),
  `${note}
import type { PtRegs, SkBuff, XdpContext } from './contexts.js';
import type { Bytes, CharArray, i64, u64 } from './types.js';

/** What C takes as a pointer and a length: a struct, an array, bytes or text. */
export type Memory = object | string;
/** A callback that gives nothing, 0 or false goes on; 1 or true stops. */
export type CallbackResult = number | boolean | void;
/** A 64-bit parameter. */
export type Wide = bigint | number;

/** The kernel's helper functions; since = first kernel, GPL = for GPL-compatible programs only. */
export interface BpfHelpers {
${helpers.map(declaration).join('\n')}
}
`,
);
