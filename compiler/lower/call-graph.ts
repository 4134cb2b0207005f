/** Which functions of the project a program calls, how often, and how much code each is: counted in the source. */
import { ts } from '../typescript.js';
import { asFunctionExpression, functionOf, resolveSymbol } from '../discover/symbols.js';
import { isRuntimeFile } from '../open/resolve.js';
import type { FunctionNode } from '../model.js';

/** Counts stop here: what is larger is large. */
const MOST = 1_000_000;

interface Calls {
  /** Expressions and declarations of the function's own, which become an instruction or two each. */
  readonly weight: number;
  /** How often each function is called; in `for-of`, which may be unrolled, a call counts twice. */
  readonly calls: ReadonlyMap<FunctionNode, number>;
}

export class CallGraph {
  private readonly known = new Map<FunctionNode, Calls>();
  private readonly weights = new Map<FunctionNode, number>();
  private readonly counts = new Map<FunctionNode, ReadonlyMap<FunctionNode, number>>();

  constructor(private readonly checker: ts.TypeChecker) {}

  /** How often a function would be copied into the program, were every call inlined. */
  callsFrom(program: FunctionNode, callee: FunctionNode): number {
    let counts = this.counts.get(program);
    if (!counts) this.counts.set(program, (counts = this.count(program)));
    return counts.get(callee) ?? 0;
  }

  /** How much code a function is with all that it calls inlined. */
  weightOf(node: FunctionNode, path: readonly FunctionNode[] = []): number {
    const known = this.weights.get(node);
    if (known !== undefined) return known;
    if (path.includes(node)) return 0;
    const { weight, calls } = this.callsOf(node);
    let total = weight;
    for (const [callee, times] of calls) total += times * this.weightOf(callee, [...path, node]);
    total = Math.min(total, MOST);
    this.weights.set(node, total);
    return total;
  }

  /** Callers come before what they call, so that each count is complete when it is handed on. */
  private count(program: FunctionNode): ReadonlyMap<FunctionNode, number> {
    const order: FunctionNode[] = [];
    const seen = new Set<FunctionNode>();
    const visit = (node: FunctionNode): void => {
      if (seen.has(node)) return;
      seen.add(node);
      for (const callee of this.callsOf(node).calls.keys()) visit(callee);
      order.unshift(node);
    };
    visit(program);
    const counts = new Map<FunctionNode, number>([[program, 1]]);
    for (const node of order) {
      const own = counts.get(node) ?? 0;
      for (const [callee, times] of this.callsOf(node).calls)
        counts.set(callee, Math.min(MOST, (counts.get(callee) ?? 0) + own * times));
    }
    return counts;
  }

  private callsOf(node: FunctionNode): Calls {
    let calls = this.known.get(node);
    if (!calls) this.known.set(node, (calls = this.walk(node)));
    return calls;
  }

  private walk(node: FunctionNode): Calls {
    const calls = new Map<FunctionNode, number>();
    let weight = 0;
    const visit = (child: ts.Node, times: number): void => {
      if (ts.isTypeNode(child)) return;
      if (isWork(child)) weight += times;
      const callee = ts.isCallExpression(child) ? this.calleeOf(child) : undefined;
      if (callee) calls.set(callee, (calls.get(callee) ?? 0) + times);
      const within = ts.isForOfStatement(child) ? times * 2 : times;
      ts.forEachChild(child, (next) => visit(next, within));
    };
    if (node.body) visit(node.body, 1);
    return { weight, calls };
  }

  private calleeOf({ expression }: ts.CallExpression): FunctionNode | undefined {
    const written = asFunctionExpression(expression);
    if (written) return undefined;
    const symbol = resolveSymbol(expression, this.checker);
    const found = symbol && functionOf(symbol, this.checker);
    return found && !isRuntimeFile(found.getSourceFile().fileName) ? found : undefined;
  }
}

function isWork(node: ts.Node): boolean {
  switch (node.kind) {
    case ts.SyntaxKind.BinaryExpression:
    case ts.SyntaxKind.CallExpression:
    case ts.SyntaxKind.ConditionalExpression:
    case ts.SyntaxKind.ElementAccessExpression:
    case ts.SyntaxKind.PostfixUnaryExpression:
    case ts.SyntaxKind.PrefixUnaryExpression:
    case ts.SyntaxKind.PropertyAccessExpression:
    case ts.SyntaxKind.PropertyAssignment:
    case ts.SyntaxKind.ReturnStatement:
    case ts.SyntaxKind.VariableDeclaration:
      return true;
    default:
      return ts.isIterationStatement(node, false);
  }
}
