/** Makes a program that shows a difference smaller, as long as it shows the same one. */
import { comparePrograms, type Difference } from './compare.js';
import { leaf, sizeOf, tree, type Category, type Program, type Tree } from './tree.js';

/** How many candidates are compiled together. */
const batch = 24;

/**
 * The smallest program found that differs in the same way.
 *
 * @param difference of the program as it was generated.
 * @param milliseconds after which the best so far has to do.
 * @param alive is called from time to time.
 */
export async function reduce(
  difference: Difference,
  milliseconds: number,
  alive: () => void = () => undefined,
): Promise<Difference> {
  const end = performance.now() + milliseconds;
  let best = difference;
  for (let improved = true; improved && performance.now() < end;) {
    improved = false;
    const candidates = candidatesOf(best.program);
    for (let at = 0; at < candidates.length && performance.now() < end; at += batch) {
      const group = candidates.slice(at, at + batch).map((program, index) => ({ ...program, index }));
      alive();
      const { differences } = await comparePrograms(group, [best.level]);
      const same = differences.filter(({ kind }) => kind === best.kind);
      const [smallest] = same.sort((a, b) => sizeOfProgram(a.program) - sizeOfProgram(b.program));
      if (!smallest) continue;
      best = { ...smallest, program: { ...smallest.program, index: 0 } };
      improved = true;
      break;
    }
  }
  return best;
}

function sizeOfProgram({ body, declarations, rows }: Program): number {
  return [body, ...declarations].reduce((sum, part) => sum + sizeOf(part), rows.length);
}

function candidatesOf(program: Program): Program[] {
  const { body, declarations, rows } = program;
  const fewerRows = rows.length > 1 ? rows.map((row) => ({ ...program, rows: [row] })) : [];
  const withoutDeclaration = declarations.map((_, index) => ({
    ...program,
    declarations: declarations.filter((__, at) => at !== index),
  }));
  const smallerBody = smaller(body).map((made) => ({ ...program, body: made }));
  const smallerDeclarations = declarations.flatMap((declaration, index) =>
    smaller(declaration).map((made) => ({
      ...program,
      declarations: declarations.map((one, at) => (at === index ? made : one)),
    })),
  );
  const rest = [...smallerBody, ...smallerDeclarations];
  rest.sort((a, b) => sizeOfProgram(a) - sizeOfProgram(b));
  return [...fewerRows, ...withoutDeclaration, ...rest];
}

const scalars = new Set<Category>(['number', 'u64', 'i64', 'boolean', 'fixed']);
const constants: Partial<Record<Category, readonly string[]>> = {
  number: ['0', '1', '300'],
  // Of larger ones TypeScript would compute without end.
  u64: ['u64(0)'],
  i64: ['i64(0)'],
  boolean: ['Boolean(0)', 'Boolean(1)'],
};

/** All trees that have one part replaced by something smaller. */
function smaller(node: Tree): Tree[] {
  const own = replacements(node);
  const inner = node.children.flatMap((child, index) =>
    smaller(child).map((made) =>
      withChildren(
        node,
        node.children.map((one, at) => (at === index ? made : one)),
      ),
    ),
  );
  return [...own, ...inner];
}

function withChildren(node: Tree, children: readonly Tree[]): Tree {
  return { ...node, children };
}

function replacements(node: Tree): Tree[] {
  const { category, children } = node;
  if (category === 'statements') {
    const singles = children.map((_, index) => children.filter((__, at) => at !== index));
    const middle = children.length >> 1;
    const halves =
      children.length > 3 ? [children.slice(middle), [...children.slice(0, middle), ...children.slice(-1)]] : [];
    return [...halves, ...singles].map((list) => withChildren(node, list));
  }
  if (category === 'statement') return within(node, 'statements');
  if (!scalars.has(category) || node.essential) return [];
  const texts = children.length > 0 ? (constants[category] ?? []) : [];
  const literals = texts.map((text) => constantTree(category, text));
  return [...literals, ...within(node, category)];
}

function constantTree(category: Category, text: string): Tree {
  return /^[ui]64/.test(text) ? tree(category, [], (w) => (w.compiled ? text : `$.${text}`)) : leaf(category, text);
}

/** The nearest parts inside of the same category. */
function within(node: Tree, category: Category): Tree[] {
  return node.children.flatMap((child) => (child.category === category ? [child] : within(child, category)));
}
