/** What statements are made with. */
import { tree, type Tree } from '../tree.js';
import type { Context } from './context.js';

/** A statement, or none where it would have no place. */
export type Production = (c: Context, depth: number) => Tree | undefined;

export const statement = (children: readonly Tree[], print: Tree['print']): Tree => tree('statement', children, print);

export function sequence(list: readonly Tree[]): Tree {
  return tree('statements', list, (_, texts) => texts.join('\n'));
}
