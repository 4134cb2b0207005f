/** Debug metadata, from which LLVM makes BTF types, BTF line information and DWARF. Paths are relative to the project. */
import type { ts } from '@ts-morph/bootstrap';
import path from 'node:path';
import { node, tuple, word, type MetadataNode } from '../ir/metadata.js';
import { isScalar, type BpfType, type IntegerName, type StructType } from '../types/types.js';

const BASE: Readonly<Record<IntegerName, readonly [name: string, encoding: string]>> = {
  u8: ['unsigned char', 'DW_ATE_unsigned_char'],
  u16: ['unsigned short', 'DW_ATE_unsigned'],
  u32: ['unsigned int', 'DW_ATE_unsigned'],
  u64: ['unsigned long long', 'DW_ATE_unsigned'],
  i8: ['signed char', 'DW_ATE_signed_char'],
  i16: ['short', 'DW_ATE_signed'],
  i32: ['int', 'DW_ATE_signed'],
  i64: ['long long', 'DW_ATE_signed'],
  be16: ['unsigned short', 'DW_ATE_unsigned'],
  be32: ['unsigned int', 'DW_ATE_unsigned'],
  be64: ['unsigned long long', 'DW_ATE_unsigned'],
  number: ['long long', 'DW_ATE_signed'],
};

export class DebugInfo {
  readonly compileUnit: MetadataNode;
  private readonly globals = tuple([]);
  private readonly files = new Map<string, MetadataNode>();
  private readonly sources = new Map<MetadataNode, ts.SourceFile>();
  private readonly types = new Map<BpfType | string, MetadataNode>();
  private readonly locations = new Map<string, MetadataNode>();
  private readonly blocks = new Map<string, MetadataNode>();
  private readonly scopes = new Map<MetadataNode, number>();

  constructor(
    entry: ts.SourceFile,
    private readonly projectDirectory: string,
  ) {
    this.compileUnit = node(
      'DICompileUnit',
      {
        language: word('DW_LANG_C11'),
        file: this.file(entry),
        producer: 'tsbpf',
        isOptimized: true,
        runtimeVersion: 0,
        emissionKind: word('FullDebug'),
        globals: this.globals,
        splitDebugInlining: false,
        nameTableKind: word('None'),
      },
      true,
    );
  }

  file(source: ts.SourceFile): MetadataNode {
    let file = this.files.get(source.fileName);
    if (!file) {
      const filename = path.relative(this.projectDirectory, source.fileName) || path.basename(source.fileName);
      file = node('DIFile', { filename, directory: '.', source: source.text });
      this.files.set(source.fileName, file);
      this.sources.set(file, source);
    }
    return file;
  }

  /**
   * The function that instructions of a program, or of a function called by it, belong to.
   *
   * @param local whether only the object's own code calls it.
   */
  subprogram(
    name: string,
    at: ts.Node,
    parameters: readonly { name: string; type: MetadataNode }[],
    returns: MetadataNode,
    local = false,
  ): MetadataNode {
    const source = at.getSourceFile();
    const line = source.getLineAndCharacterOfPosition(at.getStart(source)).line + 1;
    const subprogram = node(
      'DISubprogram',
      {
        name,
        scope: this.file(source),
        file: this.file(source),
        line,
        type: undefined,
        scopeLine: line,
        flags: word('DIFlagPrototyped'),
        spFlags: word(`${local ? 'DISPFlagLocalToUnit | ' : ''}DISPFlagDefinition | DISPFlagOptimized`),
        unit: this.compileUnit,
        retainedNodes: undefined,
      },
      true,
    );
    this.describeParameters(subprogram, at, parameters, returns);
    return subprogram;
  }

  /** Gives a subprogram its parameters, which may be known only when its body is lowered. */
  describeParameters(
    subprogram: MetadataNode,
    at: ts.Node,
    parameters: readonly { name: string; type: MetadataNode }[],
    returns: MetadataNode,
  ): void {
    const { fields } = subprogram;
    fields['type'] = node('DISubroutineType', { types: tuple([returns, ...parameters.map(({ type }) => type)]) });
    const file = this.file(at.getSourceFile());
    fields['retainedNodes'] = tuple(
      parameters.map(({ name, type }, index) =>
        node('DILocalVariable', { name, arg: index + 1, scope: subprogram, file, line: fields['line'], type }),
      ),
    );
  }

  /** A function that the kernel calls back; its parameters are addresses or 64-bit numbers. */
  callback(name: string, at: ts.Node, pointers: readonly boolean[]): MetadataNode {
    const wide = this.basic('long long', 8, 'DW_ATE_signed');
    const address = this.pointerTo(this.declaredStruct('environment'));
    const parameters = pointers.map((isPointer, index) => ({
      name: `parameter${index + 1}`,
      type: isPointer ? address : wide,
    }));
    return this.subprogram(name, at, parameters, wide, true);
  }

  /** The place of a node, inside a subprogram that may stand in another file. */
  location(at: ts.Node, subprogram: MetadataNode): MetadataNode {
    const source = at.getSourceFile();
    const { line, character } = source.getLineAndCharacterOfPosition(at.getStart(source));
    const key = `${this.scopeNumber(subprogram)}:${source.fileName}:${line}:${character}`;
    let location = this.locations.get(key);
    if (!location) {
      location = node('DILocation', { line: line + 1, column: character + 1, scope: this.scopeIn(source, subprogram) });
      this.locations.set(key, location);
    }
    return location;
  }

  /** The place in the source that a location was made of. */
  placeOf(location: MetadataNode): { file: ts.SourceFile; start: number; length: number } | undefined {
    const { scope, line, column } = location.fields;
    const file = (scope as MetadataNode | undefined)?.fields['file'] as MetadataNode | undefined;
    const source = file && this.sources.get(file);
    if (!source) return undefined;
    const start = source.getPositionOfLineAndCharacter(Number(line) - 1, Number(column) - 1);
    return { file: source, start, length: 1 };
  }

  /** The metadata that hangs on a global, and its entry in the compile unit. */
  global(name: string, type: MetadataNode, at: ts.Node): MetadataNode {
    const source = at.getSourceFile();
    const line = source.getLineAndCharacterOfPosition(at.getStart(source)).line + 1;
    const variable = node(
      'DIGlobalVariable',
      { name, scope: this.compileUnit, file: this.file(source), line, type, isLocal: false, isDefinition: true },
      true,
    );
    const expression = node('DIGlobalVariableExpression', { var: variable, expr: node('DIExpression', {}) });
    this.globals.elements.push(expression);
    return expression;
  }

  type(type: BpfType): MetadataNode {
    const known = this.types.get(type);
    if (known) return known;
    if (type.kind === 'struct') return this.struct(type);
    const made = this.newType(type);
    this.types.set(type, made);
    return made;
  }

  /** Without a type, an address of anything. */
  pointerTo(type: MetadataNode | undefined): MetadataNode {
    return node('DIDerivedType', { tag: word('DW_TAG_pointer_type'), baseType: type ?? word('null'), size: 64 });
  }

  arrayOf(type: MetadataNode, count: number, size: number): MetadataNode {
    return node('DICompositeType', {
      tag: word('DW_TAG_array_type'),
      baseType: type,
      size: size * 8,
      elements: tuple([node('DISubrange', { count })]),
    });
  }

  typedef(name: string, type: MetadataNode): MetadataNode {
    return node('DIDerivedType', { tag: word('DW_TAG_typedef'), name, file: this.firstFile(), baseType: type });
  }

  /** `struct name;`, for what only the kernel knows the inside of. */
  declaredStruct(name: string): MetadataNode {
    return node('DICompositeType', {
      tag: word('DW_TAG_structure_type'),
      name,
      file: this.firstFile(),
      flags: word('DIFlagFwdDecl'),
    });
  }

  structOf(
    name: string | undefined,
    size: number,
    members: readonly { name: string; type: MetadataNode; size: number; offset: number }[],
  ): MetadataNode {
    const struct = node(
      'DICompositeType',
      { tag: word('DW_TAG_structure_type'), name, file: this.firstFile(), size: size * 8 },
      true,
    );
    struct.fields['elements'] = tuple(
      members.map((member) =>
        node('DIDerivedType', {
          tag: word('DW_TAG_member'),
          name: member.name,
          scope: struct,
          file: this.firstFile(),
          baseType: member.type,
          size: member.size * 8,
          offset: member.offset * 8,
        }),
      ),
    );
    return struct;
  }

  basic(name: string, size: number, encoding: string): MetadataNode {
    let base = this.types.get(name);
    if (!base) this.types.set(name, (base = node('DIBasicType', { name, size: size * 8, encoding: word(encoding) })));
    return base;
  }

  int(): MetadataNode {
    return this.basic('int', 4, 'DW_ATE_signed');
  }

  private newType(type: Exclude<BpfType, StructType>): MetadataNode {
    switch (type.kind) {
      case 'integer':
        return this.typedef(type.name, this.basic(BASE[type.name][0], type.size, BASE[type.name][1]));
      case 'boolean':
        return this.basic('bool', 1, 'DW_ATE_boolean');
      case 'fixed':
        return this.typedef('fixed', this.basic('long long', 8, 'DW_ATE_signed'));
      case 'chars':
        return this.arrayOf(this.basic('char', 1, 'DW_ATE_signed_char'), type.length, type.size);
      case 'array':
        return this.arrayOf(this.type(type.element), type.length, type.size);
    }
  }

  private struct(type: StructType): MetadataNode {
    const struct = node(
      'DICompositeType',
      { tag: word('DW_TAG_structure_type'), name: type.name, file: this.firstFile(), size: type.size * 8 },
      true,
    );
    this.types.set(type, struct);
    struct.fields['elements'] = tuple(
      type.fields.map((field) =>
        node('DIDerivedType', {
          tag: word('DW_TAG_member'),
          name: field.name,
          scope: struct,
          file: this.firstFile(),
          baseType: this.type(field.type),
          size: field.bits ? field.bits.width : field.type.size * 8,
          offset: field.bits ? field.bits.offset : field.offset * 8,
          ...(field.bits && isScalar(field.type)
            ? { flags: word('DIFlagBitField'), extraData: word(`i64 ${field.offset * 8}`) }
            : {}),
        }),
      ),
    );
    return struct;
  }

  private scopeIn(source: ts.SourceFile, subprogram: MetadataNode): MetadataNode {
    const file = this.file(source);
    if (subprogram.fields['file'] === file) return subprogram;
    const key = `${this.scopeNumber(subprogram)}:${source.fileName}`;
    let block = this.blocks.get(key);
    if (!block)
      this.blocks.set(key, (block = node('DILexicalBlockFile', { scope: subprogram, file, discriminator: 0 })));
    return block;
  }

  private scopeNumber(scope: MetadataNode): number {
    let number = this.scopes.get(scope);
    if (number === undefined) this.scopes.set(scope, (number = this.scopes.size));
    return number;
  }

  /** What stands for the place of types that are in no file. */
  firstFile(): MetadataNode {
    return this.files.values().next().value!;
  }
}
