/** Interfaces of kernel structs as TypeScript, made from a kernel's BTF. */
import type { RawBtf } from './raw-btf.js';

export interface DeclarationOptions {
  /** Which members are wanted. */
  readonly keep: (member: string) => boolean;
  /** Whether structs that are only pointed to are declared with their members too. */
  readonly follow: boolean;
}

export interface KernelDeclarations {
  readonly text: string;
  /** Names that the BTF has no struct or union of. */
  readonly missing: readonly string[];
}

/** What no interface can be called in TypeScript; loaders take the part before `___` for the name. */
const RESERVED = new Set(
  (
    'any unknown never number bigint boolean string symbol void object undefined null class enum default delete function in ' +
    'import export super this with var new typeof instanceof case switch let const interface type'
  ).split(' '),
);
/** A flexible array says nothing of its length. */
const FLEXIBLE_LENGTH = 1024;
/** How deep arrays, and structs without a name, are followed. */
const DEEPEST = 16;

/**
 * @param names structs and unions; a suffix of three underscores and what follows is not part of the kernel's name.
 * @returns declarations that name the types of tsbpf without importing them.
 * @throws ObjectError where the BTF is broken.
 */
export function declareStructs(btf: RawBtf, names: Iterable<string>, options: DeclarationOptions): KernelDeclarations {
  return new Declarer(btf, options).declare([...names]);
}

class Declarer {
  private readonly texts = new Map<string, string>();
  private readonly open: { name: string; id: number; whole: boolean }[] = [];
  private readonly whole = new Set<string>();

  constructor(
    private readonly btf: RawBtf,
    private readonly options: DeclarationOptions,
  ) {}

  declare(names: readonly string[]): KernelDeclarations {
    const missing: string[] = [];
    for (const name of names) {
      const id = this.btf.find(name.replace(/(?<=.)___.+$/, ''));
      if (id === undefined) missing.push(name);
      else this.want(name, id, true);
    }
    for (let next = this.open.pop(); next; next = this.open.pop()) this.struct(next.name, next.id, next.whole);
    return { text: [...this.texts.values()].join('\n'), missing };
  }

  /** Asks for a struct by the name it gets here. */
  private want(name: string, id: number, whole: boolean): void {
    if (this.whole.has(name) || (!whole && this.texts.has(name))) return;
    if (whole) this.whole.add(name);
    this.texts.set(name, '');
    this.open.push({ name, id, whole });
  }

  private struct(name: string, id: number, whole: boolean): void {
    if (!whole && this.whole.has(name)) return;
    const members = whole ? this.members(id, 0) : [];
    const body = members.length > 0 ? `{\n${members.map((member) => `  ${member};`).join('\n')}\n}` : '{}';
    this.texts.set(name, `export interface ${name} extends KernelStruct ${body}`);
  }

  /** What is inside structs without a name is the outer struct's own. */
  private members(id: number, depth: number): string[] {
    const found = new Map<string, string>();
    for (const { name, type, width } of this.btf.members(id)) {
      const behind = this.behind(type);
      if (name === '') {
        if (depth < DEEPEST && this.isStruct(behind))
          for (const inner of this.members(behind, depth + 1)) found.set(inner.split(':')[0]!, inner);
        continue;
      }
      if (found.has(name) || !this.options.keep(name)) continue;
      const text = this.type(type, width, depth);
      if (text) found.set(name, `${name}: ${text}`);
    }
    return [...found.values()];
  }

  /** Undefined for what programs cannot read. */
  private type(id: number, width: number, depth: number): string | undefined {
    const network = width === 0 ? this.networkOrder(id) : undefined;
    if (network) return network;
    const behind = this.behind(id);
    switch (this.btf.kind(behind)) {
      case 'int':
        return this.integer(behind, width);
      case 'pointer':
        return this.pointer(behind);
      case 'array':
        return depth < DEEPEST ? this.array(behind, depth) : undefined;
      case 'struct':
      case 'union':
        return this.embedded(behind, depth);
      case 'enum':
        return width === 0 ? this.enumeration(behind) : undefined;
      default:
        return undefined;
    }
  }

  private integer(id: number, width: number): string | undefined {
    const { size, signed, boolean } = this.btf.integer(id);
    if (size > 8) return undefined;
    const name = `${signed ? 'i' : 'u'}${size * 8}`;
    if (width > 0) return size === 8 || width > 53 ? undefined : `Bits<${width}, ${name}>`;
    return boolean ? 'boolean' : name;
  }

  private pointer(id: number): string {
    const to = this.behind(this.btf.of(id));
    const name = this.btf.name(to);
    if (!this.isStruct(to) || name === '') return 'Pointer';
    const own = ownName(name);
    this.want(own, to, this.options.follow);
    return `Pointer<${own}>`;
  }

  private array(id: number, depth: number): string | undefined {
    const length = this.btf.length(id) || FLEXIBLE_LENGTH;
    const element = this.behind(this.btf.of(id));
    if (this.btf.kind(element) === 'int' && this.btf.integer(element).size === 1) {
      const name = this.btf.name(element);
      if (name === 'char') return `CharArray<${length}>`;
      if (!this.btf.integer(element).signed && !this.btf.integer(element).boolean) return `Bytes<${length}>`;
    }
    const text = this.type(this.btf.of(id), 0, depth + 1);
    return text && `FixedArray<${text}, ${length}>`;
  }

  private embedded(id: number, depth: number): string | undefined {
    const name = this.btf.name(id);
    if (name !== '') {
      this.want(ownName(name), id, true);
      return ownName(name);
    }
    const members = depth < DEEPEST ? this.members(id, depth + 1) : [];
    return members.length > 0 ? `{ ${members.join('; ')} }` : undefined;
  }

  private enumeration(id: number): string {
    const name = ownName(this.btf.name(id) || 'unnamed_enum');
    if (!this.texts.has(name)) {
      const named = this.btf.name(id) !== '';
      const values = named ? this.btf.values(id).map((entry) => `${entry.name} = ${entry.value}`) : ['unnamed = 0'];
      this.texts.set(name, `export declare enum ${name} { ${values.join(', ')} }`);
    }
    return name;
  }

  /** `__be16` is a name for an integer of no byte order; so the name is all that tells. */
  private networkOrder(id: number): string | undefined {
    for (let at = id; this.isName(at); at = this.btf.of(at)) {
      const [, bits] = /^__be(16|32|64)$/.exec(this.btf.name(at)) ?? [];
      if (bits) return `be${bits}`;
    }
    return undefined;
  }

  private behind(id: number): number {
    let at = id;
    for (let steps = 0; this.isName(at) && steps < 64; steps++) at = this.btf.of(at);
    return at;
  }

  private isName(id: number): boolean {
    return ['typedef', 'const', 'volatile', 'restrict', 'typeTag'].includes(this.btf.kind(id));
  }

  private isStruct(id: number): boolean {
    return ['struct', 'union'].includes(this.btf.kind(id));
  }
}

function ownName(name: string): string {
  return RESERVED.has(name) ? `${name}___kernel` : name;
}
