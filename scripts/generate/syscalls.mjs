/**
 * Writes the table of system call tracepoints, for the compiler and as types, from the `format` files of a mounted tracefs.
 *
 *   mount -t tracefs none /sys/kernel/tracing; node scripts/generate/syscalls.mjs [/sys/kernel/tracing]
 *
 * Each argument has a slot of 8 bytes, from offset 16 on, in the order of the C declaration; the number of the system call
 * stands at 8, and what it returns at 16 of the exit event. A kernel where that is not so is refused.
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import ts from 'typescript';

const root = new URL('../../', import.meta.url);
const FIRST_ARGUMENT = 16;
const SLOT = 8;

/** The compiler's own mapping of C types, so that both always agree. */
async function loadTypes() {
  const source = readFileSync(new URL('compiler/programs/c-types.ts', root), 'utf8');
  const { outputText } = ts.transpileModule(source, { compilerOptions: { module: 'esnext', target: 'es2022' } });
  return import(`data:text/javascript,${encodeURIComponent(outputText)}`);
}

function readFields(format) {
  const fields = format.matchAll(/field:(.*?)(\w+);\s*offset:(\d+);\s*size:(\d+);/g);
  return [...fields].map(([, cType, name, offset, size]) => ({
    cType: cType.trim(),
    name,
    offset: Number(offset),
    size: Number(size),
  }));
}

function readArguments(events, name) {
  const fields = readFields(readFileSync(`${events}/sys_enter_${name}/format`, 'utf8'));
  const all = fields.filter((field) => field.offset >= FIRST_ARGUMENT && !field.cType.startsWith('__data_loc'));
  all.forEach((field, index) => {
    const expected = FIRST_ARGUMENT + index * SLOT;
    if (field.offset !== expected || field.size !== SLOT)
      throw new Error(`${name}.${field.name} is not at ${expected}`);
  });
  return all;
}

function checkExit(events, name) {
  const path = `${events}/sys_exit_${name}/format`;
  if (!existsSync(path)) throw new Error(`${name} has no exit event`);
  const ret = readFields(readFileSync(path, 'utf8')).find((field) => field.name === 'ret');
  if (ret?.offset !== FIRST_ARGUMENT || ret.size !== SLOT) throw new Error(`sys_exit_${name}.ret is elsewhere`);
}

const { integerOfCType } = await loadTypes();
const tracefs = process.argv[2] ?? '/sys/kernel/tracing';
const events = `${tracefs}/events/syscalls`;
if (!existsSync(events)) throw new Error(`${events} does not exist: mount -t tracefs none ${tracefs}`);

const names = readdirSync(events)
  .filter((entry) => entry.startsWith('sys_enter_'))
  .map((entry) => entry.slice('sys_enter_'.length))
  .sort();
const syscalls = names.map((name) => {
  checkExit(events, name);
  const all = readArguments(events, name).map((field) => {
    const type = integerOfCType(field.cType);
    if (!type) throw new Error(`c-types.ts does not know ${field.cType} of ${name}.${field.name}`);
    return {
      ...field,
      type,
      code: field.cType === 'const char *' ? 'string' : field.cType.includes('*') ? 'pointer' : type,
    };
  });
  return { name, arguments: all };
});

const note = '// Made by scripts/generate/syscalls.mjs from the tracefs of an x86_64 kernel.';
const rows = syscalls.map((call) =>
  [call.name, ...call.arguments.map((field) => `${field.name}:${field.code}`)].join(' '),
);
writeFileSync(
  new URL('compiler/programs/syscalls.generated.ts', root),
  `${note}\n/** A line for each system call: its name, then its arguments with their types. */\nexport const rows = \`${rows.join('\n')}\`;\n`,
);
const members = syscalls.map(
  (call) => `  ${call.name}: { ${call.arguments.map((field) => `${field.name}: ${field.type}`).join('; ')} };`,
);
writeFileSync(
  new URL('runtime/tracepoints.generated.ts', root),
  `${note}
import type { i32, i64, u16, u32, u64 } from './types.js';

/** The arguments of each system call, as \`syscalls:sys_enter_…\` has them; pointers are addresses. */
export interface SyscallArguments {
${members.join('\n').replaceAll('{  }', '{}')}
}
`,
);
