/** Code that is nested so deep that TypeScript's checker would take minutes for it, or the whole of its stack. */
import { ts } from '../typescript.js';

/** Of nodes of the syntax tree, one in the other: the checker's time grows with the square of it. */
const DEEPEST = 1000;
/** Of `!` and `?` behind a type, which are always wrong: of each the checker writes out what it stands behind. */
const MOST_MARKS = 100;

export function nestsTooDeep(file: ts.SourceFile): boolean {
  const open: { node: ts.Node; depth: number; marks: number }[] = [{ node: file, depth: 0, marks: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, depth, marks } = next;
    if (depth > DEEPEST || marks > MOST_MARKS) return true;
    const isMark = node.kind === ts.SyntaxKind.JSDocNonNullableType || node.kind === ts.SyntaxKind.JSDocNullableType;
    ts.forEachChild(node, (child) => {
      open.push({ node: child, depth: depth + 1, marks: isMark ? marks + 1 : 0 });
    });
  }
  return false;
}
