/** Functions of both halves: the copy that user space calls keeps the low bits where an integer of tsbpf is annotated. */
import { conversionEdits, createConversions } from '../evaluate/conversions.js';
import type { Discovery } from '../model.js';
import { ts } from '../typescript.js';
import type { Edit } from './edits.js';

/** Functions by the absolute path of their file, each by the position where it starts. */
export type ConvertedFunctions = Readonly<Record<string, readonly number[]>>;

/** The functions of other files that programs reach, for when those files are transformed. */
export function functionsElsewhere({ entry, functions }: Discovery): ConvertedFunctions {
  const result: Record<string, number[]> = {};
  for (const node of functions) {
    const { fileName } = node.getSourceFile();
    if (fileName !== entry.fileName) (result[fileName] ??= []).push(node.getStart());
  }
  return result;
}

/**
 * The outermost functions of a file that are BPF code.
 *
 * @param elsewhere positions of those that only programs of other files reach.
 */
export function annotatedFunctions(
  file: ts.SourceFile,
  { functions }: Discovery,
  elsewhere: readonly number[],
): readonly ts.Node[] {
  const found: ts.Node[] = [];
  const starts = new Set(elsewhere);
  const visit = (node: ts.Node): void => {
    const isReached = functions.has(node as never) || (ts.isFunctionLike(node) && starts.has(node.getStart(file)));
    if (isReached) found.push(node);
    else ts.forEachChild(node, visit);
  };
  if (starts.size > 0 || functions.size > 0) visit(file);
  return found;
}

/** Edits of the functions, and the import that these need, on one line. */
export function convertAnnotated(
  functions: readonly ts.Node[],
  checker: ts.TypeChecker | undefined,
): { readonly edits: readonly Edit[]; readonly prelude: string } {
  if (!checker) return { edits: [], prelude: '' };
  const used = new Set<string>();
  const conversions = createConversions(prefix, (identifier) => checker.getSymbolAtLocation(identifier));
  const noting = {
    prefix,
    ofType: (type: ts.TypeNode | undefined) => note(conversions.ofType(type)),
    ofName: (identifier: ts.Identifier) => note(conversions.ofName(identifier)),
  };
  const note = (name: string | undefined): string | undefined => {
    if (name !== undefined) used.add(name);
    return name;
  };
  const edits = functions.flatMap((node) => conversionEdits(node, noting));
  const names = [...used].map((name) => `${name} as ${prefix}${name}`);
  return { edits, prelude: names.length > 0 ? `import { ${names.join(', ')} } from 'tsbpf'; ` : '' };
}

const prefix = '__tsbpf_';
