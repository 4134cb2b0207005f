/** Modules as LLVM assembly text. Nothing else knows this syntax. */
import type { Block, Instruction } from './instructions.js';
import type { MetadataNode, MetadataOperand } from './metadata.js';
import { node, tuple } from './metadata.js';
import type { IrFunction, IrGlobal, IrModule } from './module.js';
import type { IrType } from './types.js';
import type { IrRegister, IrValue } from './values.js';

const DATA_LAYOUT = 'e-m:e-p:64:64-i64:64-i128:128-n32:64-S128';

/** Prints the module; the same module gives the same text. */
export function printModule(module: IrModule): string {
  return new Printer(module).print();
}

class Printer {
  private readonly numbers = new Map<MetadataNode, number>();
  private readonly metadata: MetadataNode[] = [];

  constructor(private readonly module: IrModule) {}

  print(): string {
    const { module } = this;
    const lines = [
      `source_filename = ${quote(module.sourceName)}`,
      `target datalayout = "${DATA_LAYOUT}"`,
      'target triple = "bpfel"',
      '',
      ...module.globals.map((global) => this.global(global)),
      '',
    ];
    // One string each: a large function has more lines than a call takes arguments.
    for (const function_ of module.functions) lines.push(this.function(function_).join('\n'), '');
    for (const { name, returns, parameters, immediates } of module.declarations.values()) {
      const list = parameters.map((type, index) => printType(type) + (immediates?.includes(index) ? ' immarg' : ''));
      lines.push(`declare ${printType(returns)} @${name}(${list.join(', ')})`);
    }
    lines.push('', 'attributes #0 = { nounwind "frame-pointer"="all" "no-builtins" "no-jump-tables"="true" }');
    lines.push('attributes #1 = { alwaysinline nounwind "frame-pointer"="all" "no-builtins" "no-jump-tables"="true" }');
    // Without these, LLVM takes an empty `asm` for one that writes to memory. The words are LLVM 15's, which all later ones read.
    lines.push('attributes #2 = { nounwind inaccessiblememonly }', 'attributes #3 = { nounwind readnone willreturn }');
    lines.push(...this.flags());
    for (let index = 0; index < this.metadata.length; index++)
      lines.push(`!${index} = ${this.node(this.metadata[index]!)}`);
    return lines.join('\n') + '\n';
  }

  private flags(): string[] {
    if (!this.module.compileUnit) return [];
    const flag = (behaviour: number, name: string, value: number) =>
      tuple([{ value: behaviour, bits: 32 }, name, { value, bits: 32 }]);
    const flags = [flag(7, 'Dwarf Version', 5), flag(2, 'Debug Info Version', 3), flag(1, 'wchar_size', 4)];
    return [
      '',
      `!llvm.dbg.cu = !{${this.number(this.module.compileUnit)}}`,
      `!llvm.module.flags = !{${flags.map((entry) => this.number(entry)).join(', ')}}`,
    ];
  }

  private global({ name, bytes, section, align, constant, internal, debug }: IrGlobal): string {
    const linkage = internal ? 'internal' : 'dso_local';
    const zero = bytes.every((byte) => byte === 0);
    const value = zero ? 'zeroinitializer' : `c"${[...bytes].map(escapeByte).join('')}"`;
    const dbg = debug ? `, !dbg ${this.number(debug)}` : '';
    return `@${globalText(name)} = ${linkage} ${constant ? 'constant' : 'global'} [${bytes.length} x i8] ${value}, section ${quote(section)}, align ${align}${dbg}`;
  }

  private function(function_: IrFunction): string[] {
    const { name, returns, parameters, section, internal, alwaysInline, debug, blocks } = function_;
    const list = parameters.map((parameter) => operand(parameter)).join(', ');
    const place = section ? ` section ${quote(section)}` : '';
    const dbg = debug ? ` !dbg ${this.number(debug)}` : '';
    const head = `define ${internal ? 'internal' : 'dso_local'} ${printType(returns)} @${globalText(name)}(${list}) ${alwaysInline ? '#1' : '#0'}${place}${dbg} {`;
    return [head, ...blocks.flatMap((block) => this.block(block)), '}'];
  }

  private block(block: Block): string[] {
    return [`${block.name}:`, ...block.instructions.map((instruction) => this.instruction(instruction))];
  }

  private instruction(instruction: Instruction): string {
    const result = 'result' in instruction && instruction.result ? `${register(instruction.result)} = ` : '';
    const debug = instruction.debug && instruction.op !== 'alloca' ? `, !dbg ${this.number(instruction.debug)}` : '';
    return `  ${result}${this.body(instruction)}${debug}`;
  }

  private body(i: Instruction): string {
    switch (i.op) {
      case 'alloca':
        return `alloca [${i.size} x i8], align ${i.align}`;
      case 'load':
        return `load ${i.volatile ? 'volatile ' : ''}${printType(i.result.type)}, ${operand(i.address)}, align ${i.align}`;
      case 'store':
        return `store ${i.volatile ? 'volatile ' : ''}${operand(i.value)}, ${operand(i.address)}, align ${i.align}`;
      case 'offset':
        return `getelementptr i8, ${operand(i.base)}, ${operand(i.offset)}`;
      case 'binary':
        return `${i.operator} ${operand(i.left)}, ${name(i.right)}`;
      case 'compare':
        return `icmp ${i.predicate} ${operand(i.left)}, ${name(i.right)}`;
      case 'cast':
        return `${i.operator} ${operand(i.value)} to ${printType(i.result.type)}`;
      case 'select':
        return `select ${operand(i.condition)}, ${operand(i.whenTrue)}, ${operand(i.whenFalse)}`;
      case 'phi':
        return `phi ${printType(i.result.type)} ${i.incoming.map(({ value, block }) => `[ ${name(value)}, %${block.name} ]`).join(', ')}`;
      case 'atomic':
        return `atomicrmw ${i.operator} ${operand(i.address)}, ${operand(i.value)} seq_cst`;
      case 'call':
        return `call ${printType(i.returns)} ${name(i.callee)}(${i.parameters.map(operand).join(', ')})${this.about(i.about)}`;
      case 'access': {
        const indexes = i.into === 'struct' ? [i.index, i.index] : [1, i.index];
        return `call ptr @llvm.preserve.${i.into}.access.index.p0.p0(ptr elementtype([1 x i64]) ${name(i.base)}, i32 ${indexes[0]}, i32 ${indexes[1]})${this.about(i.type)}`;
      }
      case 'assume':
        return `call void @llvm.assume(${operand(i.condition)})`;
      case 'barrier':
        return i.apart === undefined
          ? 'call void asm sideeffect "", ""() #2'
          : `call void asm sideeffect "", "i"(i64 ${i.apart}) #2`;
      case 'opaque':
        return i.pinned
          ? `call ${printType(i.result.type)} asm sideeffect "", "=r,0"(${operand(i.value)}) #2`
          : i.apart
            ? `call ${printType(i.result.type)} asm "", "=r,0,i"(${operand(i.value)}, i64 ${i.result.id}) #3`
            : `call ${printType(i.result.type)} asm "", "=r,0"(${operand(i.value)}) #3`;
      case 'jump':
        return `br label %${i.target.name}${i.loop ? `, !llvm.loop ${this.number(i.loop)}` : ''}`;
      case 'branch':
        return `br ${operand(i.condition)}, label %${i.whenTrue.name}, label %${i.whenFalse.name}`;
      case 'switch':
        return `switch ${operand(i.value)}, label %${i.otherwise.name} [ ${i.cases.map(({ value, target }) => `${operand(value)}, label %${target.name}`).join(' ')} ]`;
      case 'return':
        return i.value ? `ret ${operand(i.value)}` : 'ret void';
      case 'unreachable':
        return 'unreachable';
    }
  }

  private about(type: MetadataNode | undefined): string {
    return type ? `, !llvm.preserve.access.index ${this.number(type)}` : '';
  }

  private number(entry: MetadataNode): string {
    let number = this.numbers.get(entry);
    if (number === undefined) {
      number = this.metadata.length;
      this.numbers.set(entry, number);
      this.metadata.push(entry);
    }
    return `!${number}`;
  }

  private node(entry: MetadataNode): string {
    if (entry.name === 'tuple') {
      const elements = entry.elements.map((element) => this.element(element)).join(', ');
      return `${entry.distinct ? 'distinct ' : ''}!{${elements}}`;
    }
    const fields = Object.entries(entry.fields)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${key}: ${this.operand(value)}`);
    return `${entry.distinct ? 'distinct ' : ''}!${entry.name}(${fields.join(', ')})`;
  }

  private element(element: MetadataNode['elements'][number]): string {
    if (element === undefined) return 'null';
    if (typeof element === 'string') return `!${quote(element)}`;
    return 'bits' in element ? `i${element.bits} ${element.value}` : this.number(element);
  }

  private operand(value: MetadataOperand): string {
    if (typeof value === 'string') return quote(value);
    if (typeof value === 'object') return 'word' in value ? value.word : this.number(value);
    return String(value);
  }
}

/** An empty `!DIExpression()`. */
export const emptyExpression = (): MetadataNode => node('DIExpression', {});

function printType(type: IrType): string {
  switch (type.kind) {
    case 'integer':
      return `i${type.bits}`;
    case 'pointer':
      return 'ptr';
    case 'void':
      return 'void';
    case 'bytes':
      return `[${type.size} x i8]`;
  }
}

function operand(value: IrValue): string {
  return `${printType(value.type)} ${name(value)}`;
}

function name(value: IrValue): string {
  switch (value.kind) {
    case 'constant':
      return value.type.bits === 1 ? String(value.value === 1n) : String(BigInt.asIntN(value.type.bits, value.value));
    case 'null':
      return 'null';
    case 'poison':
      return 'poison';
    case 'register':
      return register(value);
    case 'global':
      return `@${globalText(value.name)}`;
    case 'address':
      return `inttoptr (i64 ${value.value} to ptr)`;
  }
}

function register(value: IrRegister): string {
  return `%v${value.id}`;
}

function globalText(text: string): string {
  return /^[A-Za-z$._][\w$.]*$/.test(text) ? text : quote(text);
}

function quote(text: string): string {
  return `"${[...new TextEncoder().encode(text)].map(escapeByte).join('')}"`;
}

function escapeByte(byte: number): string {
  const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
  return plain ? String.fromCharCode(byte) : `\\${byte.toString(16).padStart(2, '0').toUpperCase()}`;
}
