/** Checks code sections: functions, instructions, jumps and relocations. */
import { sectionFlags, sectionTypes, symbolTypes } from './elf.js';
import type { ElfFile, ElfRelocation, ElfSection, ElfSymbol } from './elf.js';
import { calls, isJump, jumpDistance, opcodes, readInstruction, type Instruction } from './instruction.js';
import { refuse } from './object-error.js';
import type { ObjectProgram } from './object-spec.js';

const relocationTypes = { loadImmediate64: 1, call: 10 } as const;

/** The functions of all code sections, in the order of the file. @throws ObjectError where their code is broken. */
export function readFunctions(file: ElfFile): ObjectProgram[] {
  const code = file.sections.filter(
    ({ type, flags }) => type === sectionTypes.progbits && (flags & sectionFlags.execute) !== 0,
  );
  return code.filter((section) => section.size > 0).flatMap((section) => readSection(file, section));
}

function readSection(file: ElfFile, section: ElfSection): ObjectProgram[] {
  if (section.size % 8 !== 0) refuse(`section ${section.name} does not hold whole instructions`);
  const symbols = functionSymbols(file, section);
  const secondSlots = findSecondSlots(section);
  const relocations = file.relocations.get(section.index) ?? [];
  for (const relocation of relocations) checkRelocation(file, section, relocation, secondSlots);
  const relocated = new Set(relocations.map((relocation) => relocation.offset));
  if (relocated.size !== relocations.length) refuse(`section ${section.name} relocates an instruction twice`);
  return symbols.map((symbol) => {
    checkFunction(section, symbol, secondSlots, relocated);
    return readFunction(file, section, symbol, relocations);
  });
}

function functionSymbols(file: ElfFile, section: ElfSection): ElfSymbol[] {
  const symbols = file.symbols
    .filter((symbol) => symbol.section === section.index && symbol.type === symbolTypes.function)
    .sort((a, b) => a.value - b.value);
  if (symbols.length === 0) refuse(`section ${section.name} holds code that belongs to no function`);
  let end = 0;
  for (const { name, value, size } of symbols) {
    if (value % 8 !== 0 || size % 8 !== 0 || size === 0) refuse(`function ${name} does not hold whole instructions`);
    if (value !== end) refuse(`function ${name} does not begin where the one before it ends`);
    end = value + size;
  }
  if (end !== section.size) refuse(`section ${section.name} holds code that belongs to no function`);
  return symbols;
}

/** Slots that are the second half of an `ld_imm64`. */
function findSecondSlots({ bytes, name, size }: ElfSection): ReadonlySet<number> {
  const slots = new Set<number>();
  for (let index = 0; index < size / 8; index++) {
    if (bytes.u8(index * 8) !== opcodes.loadImmediate64) continue;
    index += 1;
    const complete = index < size / 8 && bytes.u32(index * 8) === 0;
    if (!complete) refuse(`section ${name}: the 64-bit constant at instruction ${index - 1} is incomplete`);
    slots.add(index);
  }
  return slots;
}

function checkRelocation(
  file: ElfFile,
  section: ElfSection,
  { offset, type, symbol }: ElfRelocation,
  secondSlots: ReadonlySet<number>,
): void {
  const where = `section ${section.name}: the relocation at offset ${offset}`;
  if (offset % 8 !== 0 || offset + 8 > section.size || secondSlots.has(offset / 8)) {
    refuse(`${where} is not at an instruction`);
  }
  const { opcode, source, immediate } = readInstruction(section.bytes, offset / 8);
  const expected = opcode === opcodes.call ? relocationTypes.call : relocationTypes.loadImmediate64;
  if (opcode !== opcodes.call && opcode !== opcodes.loadImmediate64)
    refuse(`${where} changes an instruction that has no address`);
  if (type !== expected) refuse(`${where} has the wrong type ${type}`);
  if (symbol.section === 0 && symbol.name === '') refuse(`${where} names nothing`);
  const target = file.sections[symbol.section];
  if (symbol.section !== 0 && !target) refuse(`${where} is against a symbol in no section`);
  if (opcode === opcodes.call) checkCall(where, target, symbol, source, immediate);
  else if (symbol.section !== 0 && (target.flags & sectionFlags.alloc) === 0)
    refuse(`${where} is against data that is not loaded`);
  else if (symbol.section !== 0) checkAddress(where, target, symbol, immediate);
}

function checkCall(where: string, target: ElfSection, symbol: ElfSymbol, source: number, immediate: number): void {
  if (symbol.section === 0) return;
  if (source !== calls.function) refuse(`${where} makes a call of a helper one of a function`);
  if ((target.flags & sectionFlags.execute) === 0) refuse(`${where} calls what is not code`);
  const offset = symbol.value + (immediate + 1) * 8;
  if (offset < 0 || offset >= target.size) refuse(`${where} calls past the end of section ${target.name}`);
}

/** The place within the section that the instruction's constant adds to the symbol. */
function checkAddress(where: string, target: ElfSection, symbol: ElfSymbol, immediate: number): void {
  const offset = symbol.value + immediate;
  if (offset < 0 || offset > target.size) refuse(`${where} points past the end of section ${target.name}`);
}

function checkFunction(
  section: ElfSection,
  { name, value, size }: ElfSymbol,
  secondSlots: ReadonlySet<number>,
  relocated: ReadonlySet<number>,
): void {
  const [start, end] = [value / 8, (value + size) / 8];
  if (secondSlots.has(start) || secondSlots.has(end))
    refuse(`function ${name} begins or ends within a 64-bit constant`);
  for (let index = start; index < end; index++) {
    if (secondSlots.has(index)) continue;
    const instruction = readInstruction(section.bytes, index);
    if (instruction.destination > 10 || instruction.source > 10) {
      refuse(`function ${name}: instruction ${index - start} names a register that does not exist`);
    }
    if (isJump(instruction)) {
      const target = index + 1 + jumpDistance(instruction);
      const inside = target >= start && target < end && !secondSlots.has(target);
      if (!inside) refuse(`function ${name}: instruction ${index - start} jumps out of the function`);
    }
    const local =
      instruction.opcode === opcodes.call && instruction.source === calls.function && !relocated.has(index * 8);
    const called = index + 1 + instruction.immediate;
    if (local && (called < 0 || called >= section.size / 8))
      refuse(`function ${name} calls past the end of its section`);
  }
}

function readFunction(
  file: ElfFile,
  section: ElfSection,
  { name, value, size }: ElfSymbol,
  relocations: readonly ElfRelocation[],
): ObjectProgram {
  return {
    name,
    section: section.name,
    offset: value,
    instructions: section.bytes.data.slice(value, value + size),
    count: size / 8,
    relocations: relocations
      .filter(({ offset }) => offset >= value && offset < value + size)
      .map(({ offset, symbol }) => ({
        index: (offset - value) / 8,
        symbol: symbol.name || namedBehind(file, symbol, readInstruction(section.bytes, offset / 8)),
      })),
  };
}

/** A symbol without a name is a section; a function in it is known by where the instruction points to. */
function namedBehind(file: ElfFile, symbol: ElfSymbol, { opcode, immediate }: Instruction): string {
  const at = symbol.value + (opcode === opcodes.call ? (immediate + 1) * 8 : immediate);
  const isThere = (candidate: ElfSymbol): boolean =>
    candidate.section === symbol.section && candidate.type === symbolTypes.function && candidate.value === at;
  return file.symbols.find(isThere)?.name ?? file.sections[symbol.section]?.name ?? '';
}
