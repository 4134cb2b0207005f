/** Reads the maps that an object defines by BTF, in its section `.maps`. */
import type { Btf, BtfStruct } from './btf.js';
import { sectionNamed, sectionTypes, symbolTypes } from './elf.js';
import type { ElfFile, ElfSection, ElfSymbol } from './elf.js';
import { refuse } from './object-error.js';
import type { ObjectMap } from './object-spec.js';

/** BPF_MAP_TYPE_STRUCT_OPS (linux/bpf.h). */
const STRUCT_OPS = 26;

type Settings = { -readonly [Name in Exclude<keyof ObjectMap, 'name' | 'inner'>]: number };

/** Members whose number is the length of the array they point to: `int (*max_entries)[1024]`. */
const numbers: Readonly<Record<string, keyof Settings>> = {
  type: 'type',
  key_size: 'keySize',
  value_size: 'valueSize',
  max_entries: 'maxEntries',
  map_flags: 'flags',
  pinning: 'pinning',
};

/** Other members that libbpf knows; what it does not know, it refuses itself. */
const others = ['numa_node', 'map_extra', 'values'];

/** @throws ObjectError where a map's definition is broken. */
export function readMaps(file: ElfFile, btf: Btf | undefined): ObjectMap[] {
  const section = sectionNamed(file, '.maps');
  if (!section) return [];
  if (section.type !== sectionTypes.progbits) refuse('section .maps has no content');
  const described = btf?.find('.maps', 'section');
  if (!btf || !described) refuse('the object has a section .maps and no BTF that describes it');
  const symbols = mapSymbols(file, section);
  if (described.entries.length !== symbols.size) refuse('BTF and the symbols of section .maps disagree');
  return described.entries.map((entry) => {
    const variable = btf.typeById(entry.type);
    if (variable.kind !== 'variable' || variable.linkage !== 'global') return refuse('a map is not a global variable');
    const symbol = symbols.get(variable.name) ?? refuse(`map ${variable.name} has no symbol in section .maps`);
    const struct = btf.resolve(variable.type);
    if (struct.kind !== 'struct') return refuse(`map ${variable.name} is not defined by a struct`);
    checkPlace(section, symbol, struct, entry.size);
    return { name: variable.name, ...readSettings(btf, variable.name, struct) };
  });
}

function mapSymbols(file: ElfFile, section: ElfSection): Map<string, ElfSymbol> {
  const symbols = file.symbols.filter(
    ({ section: index, type }) => index === section.index && type !== symbolTypes.section,
  );
  const byName = new Map(symbols.map((symbol) => [symbol.name, symbol]));
  const places = new Set(symbols.map((symbol) => symbol.value));
  if (byName.size !== symbols.length || places.size !== symbols.length) refuse('two maps have one name or one place');
  return byName;
}

function checkPlace(section: ElfSection, symbol: ElfSymbol, struct: BtfStruct, size: number): void {
  const { name, value } = symbol;
  if (symbol.type !== symbolTypes.object || symbol.binding === 0) refuse(`map ${name} is not a global variable`);
  // The inner maps of a map of maps follow its struct.
  if (size < struct.size || symbol.size !== size) refuse(`map ${name} has another size than its definition`);
  if (value % 8 !== 0 || value + symbol.size > section.size) refuse(`map ${name} is not within section .maps`);
}

function readSettings(btf: Btf, map: string, struct: BtfStruct): Omit<ObjectMap, 'name'> {
  let inner: ObjectMap | undefined;
  const settings = { type: 0, keySize: 0, valueSize: 0, maxEntries: 0, flags: 0, pinning: 0, keyType: 0, valueType: 0 };
  for (const { name, type } of struct.members) {
    const setting = numbers[name];
    if (setting) settings[setting] = readNumber(btf, map, name, type);
    else if (name === 'key' || name === 'value') readType(btf, map, name, type, settings);
    else if (!others.includes(name)) refuse(`map ${map} has the unknown setting ${name || '(unnamed)'}`);
    else if (name === 'values') inner = readValues(btf, map, type);
    else readNumber(btf, map, name, type);
  }
  if (settings.type === 0) refuse(`map ${map} does not say its type`);
  // libbpf makes these of sections of their own, and reads through a null pointer for one in .maps.
  if (settings.type === STRUCT_OPS) refuse(`map ${map} is of struct_ops, which .maps cannot have`);
  // The kernel's numbers of inner maps, or of programs.
  if (struct.members.some(({ name }) => name === 'values')) settings.valueSize = 4;
  return inner ? { ...settings, inner } : settings;
}

function readNumber(btf: Btf, map: string, member: string, id: number): number {
  const pointer = btf.resolve(id);
  const array = pointer.kind === 'pointer' ? btf.resolve(pointer.type) : pointer;
  if (pointer.kind !== 'pointer' || array.kind !== 'array')
    return refuse(`map ${map} does not give ${member} as a number`);
  return array.count;
}

function readType(btf: Btf, map: string, member: 'key' | 'value', id: number, settings: Settings): void {
  const pointer = btf.resolve(id);
  if (pointer.kind !== 'pointer') return refuse(`map ${map} does not give its ${member} as a type`);
  const size = btf.sizeOf(pointer.type);
  if (size === undefined) return refuse(`the ${member} of map ${map} has no size`);
  const [sizeName, typeName] =
    member === 'key' ? (['keySize', 'keyType'] as const) : (['valueSize', 'valueType'] as const);
  if (settings[sizeName] !== 0 && settings[sizeName] !== size) refuse(`map ${map} gives two sizes for its ${member}`);
  settings[sizeName] = size;
  settings[typeName] = pointer.type;
}

/** `__array(values, struct inner)`: an array without a length, of pointers to the inner map's struct or to functions. */
function readValues(btf: Btf, map: string, id: number): ObjectMap | undefined {
  const array = btf.resolve(id);
  const pointer = array.kind === 'array' && array.count === 0 ? btf.resolve(array.element) : undefined;
  const inner = pointer?.kind === 'pointer' ? btf.resolve(pointer.type) : undefined;
  if (inner?.kind === 'struct') {
    // libbpf takes no map of maps of maps, and a type that contains itself would never end.
    if (inner.members.some(({ name }) => name === 'values')) refuse(`the inner maps of map ${map} hold maps`);
    return { name: map, ...readSettings(btf, `${map} (inner)`, inner) };
  }
  if (inner?.kind !== 'prototype') refuse(`map ${map} does not say what its inner maps are`);
  return undefined;
}
