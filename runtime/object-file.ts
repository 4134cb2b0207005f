/** An object file as the runtime needs it: checked before libbpf sees it, and read when something of it is first asked. */
import { checkObject } from '../compiler/object/check.js';
import type { LineRecord } from '../compiler/object/btf-ext.js';
import { ObjectError } from '../compiler/object/object-error.js';
import type { ObjectProgram, ObjectSpec } from '../compiler/object/object-spec.js';
import { TsbpfError } from './errors.js';
import { layoutOfType } from './maps/btf-layout.js';
import type { MapSpec } from './maps/definition.js';
import type { Layout } from './maps/layout.js';
import { declaredMap, globalMap } from './object-maps.js';

/** A variable that a load can fill in. */
export interface Variable {
  readonly name: string;
  /** ELF section: `'.rodata'`. */
  readonly section: string;
  /** In bytes from the start of the section. */
  readonly offset: number;
  readonly layout: Layout;
}

interface Contents {
  readonly bytes: Uint8Array;
  readonly spec: ObjectSpec;
  readonly maps: readonly MapSpec[];
}

export class ObjectFile {
  readonly #read: () => Uint8Array;
  readonly #events: Readonly<Record<string, string>>;
  #contents: Contents | undefined;

  /**
   * @param subject names the object in messages: a path.
   * @param read gives the bytes, once.
   * @param events by the names of maps, the struct of the object's BTF that their events are.
   */
  constructor(
    readonly subject: string,
    read: () => Uint8Array,
    events: Readonly<Record<string, string>> = {},
  ) {
    this.#read = read;
    this.#events = events;
  }

  get bytes(): Uint8Array {
    return this.#need().bytes;
  }

  /** @throws TsbpfError (TSBPF2028) for what is no sound BPF object. */
  check(): void {
    this.#need();
  }

  /** Programs by name, with the sections that say what they are. */
  get programs(): readonly ObjectProgram[] {
    return this.#need().spec.programs;
  }

  /** @throws TsbpfError where there is no such program. */
  sectionOf(program: string): string {
    return this.#program(program).section;
  }

  /** The maps that the object declares in `.maps`. */
  get maps(): readonly MapSpec[] {
    return this.#need().maps;
  }

  /** Whether the object declares a map, or has a section of variables, of that name. */
  hasMap(name: string): boolean {
    return this.#findMap(name) !== undefined;
  }

  /** @throws TsbpfError where there is no such map or section. */
  map(name: string): MapSpec {
    const found = this.#findMap(name);
    if (found) return found;
    throw new TsbpfError(`${this.subject} has no map '${name}'.`, {
      code: 'TSBPF2024',
      operation: 'use map',
      subject: name,
      hint: `It has: ${this.maps.map((map) => map.name).join(', ') || 'none'}.`,
    });
  }

  /**
   * The names of the maps and sections of variables that a program may use: its own, and those of all functions, which
   * it may call.
   */
  mapsOf(program: string): ReadonlySet<string> {
    const { spec } = this.#need();
    const code = [this.#program(program), ...spec.functions];
    const symbols = new Set(code.flatMap(({ relocations }) => relocations.map(({ symbol }) => symbol)));
    for (const { section, variables } of spec.globals) {
      if (variables.some(({ name }) => symbols.has(name))) symbols.add(section);
    }
    return symbols;
  }

  /** A constant of `.rodata` by its name. */
  variable(name: string): Variable | undefined {
    const { btf, globals } = this.#need().spec;
    for (const { section, variables } of globals) {
      const found = section.startsWith('.rodata') ? variables.find((variable) => variable.name === name) : undefined;
      const layout = found && btf && layoutOfType(btf, found.type);
      if (found && layout) return { name, section, offset: found.offset, layout };
    }
    return undefined;
  }

  /** The names of all constants that a load can fill in. */
  get constants(): readonly string[] {
    const sections = this.#need().spec.globals.filter(({ section }) => section.startsWith('.rodata'));
    const names = sections.flatMap(({ variables }) => variables.map(({ name }) => name));
    return names.filter((name) => this.variable(name) !== undefined);
  }

  /** The source line of an instruction of a program, counted from its first; undefined for functions it calls. */
  lineOf(program: string, instruction: number): LineRecord | undefined {
    const { section, offset, count } = this.#program(program);
    if (instruction >= count) return undefined;
    const records = this.#need().spec.btfExt?.lines.get(section) ?? [];
    return records.findLast((record) => record.offset <= offset + instruction * 8 && record.offset >= offset);
  }

  /** The names of the variables of a section, in their order in memory. */
  variablesIn(section: string): readonly string[] {
    const globals = this.#need().spec.globals.find((candidate) => candidate.section === section);
    return globals?.variables.map(({ name }) => name) ?? [];
  }

  /** The structs that the object's BTF has, by their names. */
  get structs(): readonly string[] {
    const types = this.#need().spec.btf?.types ?? [];
    return types.filter(({ kind, name }) => kind === 'struct' && name !== '').map(({ name }) => name);
  }

  #eventType(map: string, { btf }: ObjectSpec): number | undefined {
    const wanted = this.#events[map];
    if (wanted === undefined) return undefined;
    const found = btf?.types.findIndex(({ kind, name }) => kind === 'struct' && name === wanted) ?? -1;
    if (found >= 0) return found;
    throw new TsbpfError(`${this.subject} has no struct '${wanted}' for the events of map '${map}'.`, {
      code: 'TSBPF2180',
      operation: 'read object',
      subject: map,
      hint: 'Only structs that the program uses by name are in its BTF; `tsbpf dump` lists them.',
    });
  }

  #findMap(name: string): MapSpec | undefined {
    const { maps, spec } = this.#need();
    const globals = spec.globals.find(({ section }) => section === name);
    return maps.find((map) => map.name === name) ?? (globals && globalMap(globals, spec.btf));
  }

  #program(name: string): ObjectProgram {
    const program = this.programs.find((candidate) => candidate.name === name);
    if (program) return program;
    throw new TsbpfError(
      `${this.subject} has no program '${name}'; it has: ${this.programs.map((one) => one.name).join(', ') || 'none'}.`,
      { code: 'TSBPF2021', operation: 'load program', subject: name },
    );
  }

  #need(): Contents {
    if (this.#contents) return this.#contents;
    const bytes = this.#read();
    try {
      const spec = checkObject(bytes);
      const maps = spec.maps.map((map) => declaredMap(map, spec.btf, this.#eventType(map.name, spec)));
      return (this.#contents = { bytes, spec, maps });
    } catch (failure) {
      if (!(failure instanceof ObjectError)) throw failure;
      throw new TsbpfError(`${this.subject} is no sound BPF object: ${failure.message}.`, {
        code: 'TSBPF2028',
        operation: 'read object',
        subject: this.subject,
        hint: 'Build it again, with `tsbpf build` or `clang -target bpf -g`.',
      });
    }
  }
}
