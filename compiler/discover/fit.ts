/** Whether program functions take what the kernel hands them. */
import { ts } from '../typescript.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { functionDoesNotFit, tooManyParameters } from '../diagnostics/discover.js';
import type { ProgramKind } from '../model.js';
import type { ProgramDraft } from './programs.js';
import { moduleName } from './symbols.js';

/** The exported types of the contexts; a tracepoint's is what its event says, or any interface in its place. */
const contexts: Readonly<Partial<Record<ProgramKind, string>>> = {
  socketFilter: 'SkBuff',
  tc: 'SkBuff',
  tcAction: 'SkBuff',
  ingressFilter: 'SkBuff',
  egressFilter: 'SkBuff',
  xdp: 'XdpContext',
  kprobe: 'PtRegs',
  kretprobe: 'PtRegs',
  uprobe: 'PtRegs',
  uretprobe: 'PtRegs',
  rawTracepoint: 'RawArgs',
};

const withArguments: ReadonlySet<ProgramKind> = new Set([
  'kprobe',
  'kretprobe',
  'uprobe',
  'uretprobe',
  'rawTracepoint',
]);

/** Compares the parameters of program functions with the contexts of their program types. */
export function checkFit(
  drafts: readonly ProgramDraft[],
  entry: ts.SourceFile,
  checker: ts.TypeChecker,
  report: (diagnostic: Diagnostic) => void,
): void {
  for (const { kind, function: target, wishedName } of drafts) {
    const [first, second] = target.parameters;
    if (second && !withArguments.has(kind)) report(tooManyParameters(second, kind));
    const name = contexts[kind];
    const context = name === undefined ? undefined : exportedType(name, entry, checker);
    if (!context || !first?.type) continue;
    const type = checker.getTypeAtLocation(first);
    // A generic context is itself whatever its arguments are: RawArgs<2> names the first two of twelve.
    if (type.symbol === context.symbol || checker.isTypeAssignableTo(context, type)) continue;
    const found = `${wishedName}(${first.name.getText()}: ${checker.typeToString(type)})`;
    report(functionDoesNotFit(first, kind, found, `${wishedName}(${first.name.getText()}: ${name})`));
  }
}

function exportedType(name: string, entry: ts.SourceFile, checker: ts.TypeChecker): ts.Type | undefined {
  const declaration = entry.statements.find((statement) => moduleName(statement) === 'tsbpf') as
    ts.ImportDeclaration | undefined;
  const module = declaration && checker.getSymbolAtLocation(declaration.moduleSpecifier);
  const found = module && checker.tryGetMemberInModuleExports(name, module);
  if (!found) return undefined;
  const symbol = found.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found;
  return checker.getDeclaredTypeOfSymbol(symbol);
}
