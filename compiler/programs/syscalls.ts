/** The tracepoints of system calls, `syscalls:sys_enter_…` and `syscalls:sys_exit_…`, from the table that ships. */
import type { IntegerName } from './c-types.js';
import type { Machine } from './contexts.js';
import { rows } from './syscalls.generated.js';
import type { TracepointField } from './tracepoint-format.js';

const NUMBER_OFFSET = 8;
const FIRST_ARGUMENT = 16;
const SLOT = 8;

/** Rows of arm64 that differ: it has the last two arguments the other way round (CONFIG_CLONE_BACKWARDS). */
const ARM64_ROWS: Readonly<Record<string, string>> = {
  clone: 'clone clone_flags:u64 newsp:u64 parent_tidptr:pointer tls:u64 child_tidptr:pointer',
};

let rowsByName: ReadonlyMap<string, string> | undefined;

function findRow(name: string, machine: Machine): string | undefined {
  if (machine === 'arm64' && Object.hasOwn(ARM64_ROWS, name)) return ARM64_ROWS[name];
  rowsByName ??= new Map(rows.split('\n').map((row) => [row.split(' ', 1)[0]!, row]));
  return rowsByName.get(name);
}

function field(name: string, offset: number, type: IntegerName, cType: string): TracepointField {
  const size = Number(type.slice(1)) / 8;
  return { name, offset, size, signed: type.startsWith('i'), cType, type };
}

function argumentField(text: string, index: number): TracepointField {
  const [name = '', code = ''] = text.split(':');
  const offset = FIRST_ARGUMENT + index * SLOT;
  if (code === 'string') return field(name, offset, 'u64', 'const char *');
  if (code === 'pointer') return field(name, offset, 'u64', 'void *');
  return field(name, offset, code as IntegerName, code);
}

/**
 * The fields of a system call's tracepoint, as far as programs can read them.
 *
 * Slots are 8 bytes wide, fields as wide as their C types: on a little-endian machine the value stands at the slot's start.
 *
 * @param event `syscalls:sys_enter_openat`
 * @param machine decides the order of the arguments of `clone`.
 * @returns undefined for other events, and for system calls that the table lacks.
 */
export function syscallFields(event: string, machine: Machine = 'x86_64'): readonly TracepointField[] | undefined {
  const [, direction, name] = /^syscalls:sys_(enter|exit)_(\w+)$/.exec(event) ?? [];
  const row = name === undefined ? undefined : findRow(name, machine);
  if (row === undefined) return undefined;
  const number = field('__syscall_nr', NUMBER_OFFSET, 'i32', 'int');
  if (direction === 'exit') return [number, field('ret', FIRST_ARGUMENT, 'i64', 'long')];
  return [number, ...row.split(' ').slice(1).map(argumentField)];
}

/** The names of all system calls in the table, for near matches: `openat`. */
export function syscallNames(): readonly string[] {
  return rows.split('\n').map((row) => row.split(' ', 1)[0]!);
}
