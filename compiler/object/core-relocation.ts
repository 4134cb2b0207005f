/** CO-RE relocations as text: what a loader is asked about the running kernel's types, and of which member. */
import type { Btf } from './btf.js';
import type { BtfExt, RelocationRecord } from './btf-ext.js';
import type { BtfType } from './btf-types.js';
import type { ObjectProgram } from './object-spec.js';

/** `enum bpf_core_relo_kind` of linux/bpf.h, as libbpf and llvm-objdump spell it. */
const kinds = (
  'byte_off byte_sz field_exists signed lshift_u64 rshift_u64 local_type_id target_type_id type_exists type_size ' +
  'enumval_exists enumval_value type_matches'
).split(' ');

const qualifiers = ['typedef', 'const', 'volatile', 'restrict', 'typeTag'];

/** The relocations of a program by the index of their instruction. */
export function relocationsOf(program: ObjectProgram, extension: BtfExt | undefined): Map<number, RelocationRecord> {
  const records = extension?.relocations.get(program.section) ?? [];
  const indexes = records.map((record) => [(record.offset - program.offset) / 8, record] as const);
  return new Map(indexes.filter(([index]) => index >= 0 && index < program.count));
}

/** `CO-RE <byte_off> task_struct.real_parent` */
export function formatRelocation(btf: Btf, record: RelocationRecord): string {
  return `CO-RE <${kinds[record.kind] ?? record.kind}> ${relocatedName(btf, record)}`;
}

/** The member, element, enum value or type that a relocation is about: `signal_struct.rlim[7].rlim_cur`. */
export function relocatedName(btf: Btf, { type: id, access, kind }: RelocationRecord): string {
  const [first = 0, ...steps] = access.split(':').map(Number);
  let type = behind(btf, btf.typeById(id));
  let text = type.name === '' ? '(unnamed)' : type.name;
  if (type.kind === 'enum' || type.kind === 'enum64') return `${text}.${type.values[first]?.name ?? first}`;
  if (kind >= kinds.indexOf('local_type_id')) return text;
  if (first > 0) text += `[${first}]`;
  for (const step of steps) {
    if (type.kind === 'array') text += `[${step}]`;
    const member = type.kind === 'struct' || type.kind === 'union' ? type.members[step] : undefined;
    if (member?.name) text += `.${member.name}`;
    const next = type.kind === 'array' ? type.element : member?.type;
    if (next === undefined) break;
    type = behind(btf, btf.typeById(next));
  }
  return text;
}

function behind(btf: Btf, type: BtfType): BtfType {
  let found = type;
  while (qualifiers.includes(found.kind) && 'type' in found) found = btf.typeById(found.type);
  return found;
}
