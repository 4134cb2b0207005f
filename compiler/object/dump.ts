/** An object as text for people: code between the source it came from, maps, variables, types. */
import { checkObject } from './check.js';
import { formatRelocation, relocationsOf } from './core-relocation.js';
import { disassemble } from './disassemble.js';
import type { DisassembleOptions } from './disassemble.js';
import { formatDeclaration, formatDefinition } from './format-type.js';
import { LineTable } from './line-table.js';
import type { ObjectMap, ObjectProgram, ObjectSpec } from './object-spec.js';

/**
 * @param object the file's bytes, or what `checkObject` made of them.
 * @throws ObjectError where the bytes are not a sound object.
 */
export function formatObject(object: Uint8Array | ObjectSpec, options: DisassembleOptions = {}): string {
  const spec = object instanceof Uint8Array ? checkObject(object) : object;
  const lines = new LineTable(spec);
  const parts = [
    ...spec.programs.map((program) => formatCode(spec, program, 'program', lines, options)),
    ...spec.functions.map((program) => formatCode(spec, program, 'function', lines, options)),
    formatMaps(spec),
    formatGlobals(spec),
    formatTypes(spec),
    spec.license === '' ? '' : `license ${JSON.stringify(spec.license)}`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function formatCode(
  { btf, btfExt }: ObjectSpec,
  program: ObjectProgram,
  word: string,
  lines: LineTable,
  options: DisassembleOptions,
): string {
  const asked = relocationsOf(program, btfExt);
  const symbols = new Map(program.relocations.map(({ index, symbol }) => [index, symbol]));
  const text = [`${word} ${program.name} (section ${program.section}, ${program.count} instructions)`];
  let shown = '';
  for (const { index, text: instruction } of disassemble(program.instructions, options)) {
    const source = lines.lineOf(program, index);
    const place = source && source.line > 0 ? `${source.file}:${source.line}` : '';
    if (source && place !== '' && place !== shown) text.push(`; ${place}${source.text && `  ${source.text.trim()}`}`);
    if (place !== '') shown = place;
    const symbol = symbols.get(index);
    const record = asked.get(index);
    const about = record && btf ? `  ${formatRelocation(btf, record)}` : symbol === undefined ? '' : `  <${symbol}>`;
    text.push(`${String(index).padStart(6)}: ${instruction}${about}`);
  }
  return printable(text.join('\n'));
}

function formatMaps(spec: ObjectSpec): string {
  return spec.maps.map((map) => formatMap(spec, map)).join('\n');
}

function formatMap({ btf }: ObjectSpec, map: ObjectMap): string {
  const part = (word: string, size: number, type: number): string =>
    size === 0 ? '' : `, ${word} ${type > 0 && btf ? formatDeclaration(btf, type, '') : 'bytes'} (${size})`;
  const key = part('key', map.keySize, map.keyType);
  const value = part('value', map.valueSize, map.valueType);
  const rest = `${map.flags ? `, flags 0x${map.flags.toString(16)}` : ''}${map.pinning ? ', pinned by name' : ''}`;
  return `map ${map.name}: ${mapTypeName(map.type)}${key}${value}, ${map.maxEntries} entries${rest}`;
}

function formatGlobals({ globals, btf }: ObjectSpec): string {
  const lines = globals.flatMap(({ section, size, variables }) => [
    `section ${section} (${size} bytes)`,
    ...variables.map(
      ({ name, type, offset }) => `  ${btf ? formatDeclaration(btf, type, name) : name}; // at ${offset}`,
    ),
  ]);
  return lines.join('\n');
}

/** `enum bpf_map_type` of linux/bpf.h (6.12), from 1, as bpftool spells it. */
const MAP_TYPES = (
  'hash array prog_array perf_event_array percpu_hash percpu_array stack_trace cgroup_array lru_hash lru_percpu_hash ' +
  'lpm_trie array_of_maps hash_of_maps devmap sockmap cpumap xskmap sockhash cgroup_storage reuseport_sockarray ' +
  'percpu_cgroup_storage queue stack sk_storage devmap_hash struct_ops ringbuf inode_storage task_storage ' +
  'bloom_filter user_ringbuf cgrp_storage arena'
).split(' ');

function mapTypeName(type: number): string {
  return MAP_TYPES[type - 1] ?? `type ${type}`;
}

function formatTypes({ btf }: ObjectSpec): string {
  const definitions = btf?.types.map((type) => formatDefinition(btf, type)).filter((text) => text !== undefined) ?? [];
  return printable(definitions.join('\n\n'));
}

/** Names and source lines come from the file: nothing in them reaches the terminal as a command. */
function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '\ufffd');
}
