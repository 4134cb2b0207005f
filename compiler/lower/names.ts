/** Which names are the language's own: the exports of tsbpf, and the parts of the ES library that have a meaning here. */
import { ts } from '../typescript.js';
import { isRuntimeFile } from '../open/resolve.js';
import type { NamespaceValue } from './values.js';

/** The name under which tsbpf exports the symbol, or undefined where it is not ours. */
function ownName(symbol: ts.Symbol): string | undefined {
  const declaration = symbol.declarations?.[0];
  return declaration && isRuntimeFile(declaration.getSourceFile().fileName) ? symbol.getName() : undefined;
}

const GLOBALS = new Set(['Math', 'Number', 'BigInt', 'Boolean', 'console', 'Object', 'Array', 'String']);
/** Members of tsbpf that have a lowering of their own; all others are constants and pure functions, which are evaluated. */
const OWN = new Set([
  'bpf',
  ...['u8', 'u16', 'u32', 'u64', 'i8', 'i16', 'i32', 'i64', 'be16', 'be32', 'be64', 'fixed'],
  ...['htons', 'ntohs', 'htonl', 'ntohl', 'equal', 'checksum', 'updateChecksum', 'pcapFilter'],
]);

/** The namespace or function of the language that a name means. */
export function namespaceOf(symbol: ts.Symbol, node: ts.Identifier): NamespaceValue | undefined {
  const own = ownName(symbol);
  if (own !== undefined) return OWN.has(own) ? { kind: 'namespace', name: own } : undefined;
  if (!GLOBALS.has(node.text)) return undefined;
  const ambient = symbol.declarations?.every((declaration) => declaration.getSourceFile().isDeclarationFile);
  return ambient ? { kind: 'namespace', name: node.text } : undefined;
}
