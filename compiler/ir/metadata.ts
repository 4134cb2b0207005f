/** Debug metadata as a graph of nodes; the printer numbers them. LLVM makes BTF and line information from it. */

/** A bare word of the .ll syntax, such as `DW_TAG_member`. */
export interface MetadataWord {
  readonly word: string;
}
export type MetadataOperand = string | number | bigint | boolean | MetadataWord | MetadataNode | undefined;

export interface MetadataNode {
  /** `DIFile`, `DISubprogram`, …; `tuple` for `!{…}`. */
  readonly name: string;
  readonly distinct: boolean;
  /** Named fields, printed in order; a field that is undefined is left out. Filled in late where types are recursive. */
  readonly fields: Record<string, MetadataOperand>;
  /** Elements of a tuple. */
  readonly elements: (MetadataNode | { readonly value: number; readonly bits: 32 | 64 } | string | undefined)[];
}

export function word(text: string): MetadataWord {
  return { word: text };
}
export function node(name: string, fields: Record<string, MetadataOperand>, distinct = false): MetadataNode {
  return { name, distinct, fields, elements: [] };
}
export function tuple(elements: MetadataNode['elements']): MetadataNode {
  return { name: 'tuple', distinct: false, fields: {}, elements };
}

/** A property of a loop: `llvm.loop.unroll.full`. Each loop has one of its own, which names itself first. */
export function loopProperty(name: string): MetadataNode {
  const loop: MetadataNode = { name: 'tuple', distinct: true, fields: {}, elements: [] };
  loop.elements.push(loop, tuple([name]));
  return loop;
}
