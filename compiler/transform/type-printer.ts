/** Writes types so that they mean the same in another file: names of `tsbpf` stay, the user's own are written out. */
import { ts } from '../typescript.js';
import { libraryFile } from '../open/library/index.js';
import { isRuntimeFile } from '../open/resolve.js';

export class TypePrinter {
  private readonly used = new Set<string>();
  private readonly open: ts.Type[] = [];

  /** What the printed text takes from `tsbpf`, sorted. */
  get names(): readonly string[] {
    return [...this.used].sort();
  }

  /** Notes that a name of `tsbpf` is used. */
  use(name: string): string {
    this.used.add(name);
    return name;
  }

  print(type: ts.Type): string {
    const named = this.printNamed(type);
    if (named !== undefined) return named;
    if (type.isUnion() && !(type.flags & ts.TypeFlags.Boolean)) {
      const absent = ({ flags }: ts.Type) => ((flags & ts.TypeFlags.Undefined) !== 0 ? 1 : 0);
      const parts = [...type.types].sort((a, b) => absent(a) - absent(b));
      return parts.map((part) => this.print(part)).join(' | ');
    }
    if (!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))) return checkerOf(type).typeToString(type);
    // A kernel struct holds itself only through a pointer, which user space does not see.
    if (this.open.includes(type)) return 'unknown';
    this.open.push(type);
    const text = this.printObject(type);
    this.open.pop();
    return text;
  }

  /** `u32`, `FixedArray<u8, 4>`, `IpHdr`: what `tsbpf` declares; and what every library does. */
  private printNamed(type: ts.Type): string | undefined {
    if (type.aliasSymbol && isDeclaredBy(type.aliasSymbol, isRuntimeFile)) {
      return this.use(type.aliasSymbol.name) + this.printArguments(type.aliasTypeArguments ?? []);
    }
    if (!(type.flags & ts.TypeFlags.Object)) return undefined;
    const checker = checkerOf(type);
    if (checker.isTupleType(type)) {
      return `[${checker
        .getTypeArguments(type as ts.TypeReference)
        .map((part) => this.print(part))
        .join(', ')}]`;
    }
    if (checker.isArrayType(type)) return `Array${this.printArguments(typeArgumentsOf(type))}`;
    const { symbol } = type;
    if (!symbol || symbol.name.startsWith('__')) return undefined;
    if (isDeclaredBy(symbol, (file) => file === libraryFile)) return symbol.name;
    if (!isDeclaredBy(symbol, isRuntimeFile)) return undefined;
    return this.use(symbol.name) + this.printArguments(typeArgumentsOf(type));
  }

  private printArguments(types: readonly ts.Type[]): string {
    return types.length ? `<${types.map((type) => this.print(type)).join(', ')}>` : '';
  }

  private printObject(type: ts.Type): string {
    const checker = checkerOf(type);
    const fields = checker.getPropertiesOfType(type).map((property) => {
      const optional = property.flags & ts.SymbolFlags.Optional ? '?' : '';
      const name = /^[A-Za-z_$][\w$]*$/.test(property.name) ? property.name : JSON.stringify(property.name);
      return `${name}${optional}: ${this.print(checker.getTypeOfSymbol(property))}`;
    });
    return fields.length ? `{ ${fields.join('; ')} }` : '{}';
  }
}

function typeArgumentsOf(type: ts.Type): readonly ts.Type[] {
  const isReference = ((type as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference) !== 0;
  if (!isReference) return [];
  const reference = type as ts.TypeReference;
  return checkerOf(type)
    .getTypeArguments(reference)
    .slice(0, reference.target.typeParameters?.length ?? 0);
}

function isDeclaredBy(symbol: ts.Symbol, isFile: (file: string) => boolean): boolean {
  return (symbol.declarations ?? []).some((declaration) => isFile(declaration.getSourceFile().fileName));
}

/** Each type knows the checker that made it, though its public type does not say so. */
function checkerOf(type: ts.Type): ts.TypeChecker {
  return (type as ts.Type & { checker: ts.TypeChecker }).checker;
}
