/** The body of one activation with the decisions of lowering put in: constants, branches, unrolled loops, specialised calls. */
import { ts } from '../typescript.js';
import { render } from '../evaluate/render.js';
import { isPrimitive } from './literals.js';
import { Expressions, type Surroundings } from './expressions.js';
import type { Activation } from './recording.js';

const { factory, SyntaxKind } = ts;

/** Where `break` and `continue` lead within what was no loop any more. */
interface Labels {
  readonly end: string;
  readonly next: string | undefined;
  readonly used: Set<string>;
}

export class Body extends Expressions {
  constructor(
    activation: Activation,
    around: Surroundings,
    context: ts.TransformationContext,
    private readonly labels: ReadonlyMap<ts.Node, Labels> = new Map(),
  ) {
    super(activation, around, context);
  }

  protected inside(callee: Activation): Body {
    return new Body(callee, this.around, this.context);
  }

  statements(nodes: readonly ts.Statement[]): ts.NodeArray<ts.Statement> {
    return factory.createNodeArray(nodes.flatMap((node) => this.statement(node)));
  }

  private statement(node: ts.Statement): ts.Statement[] {
    const visited = this.visit(node);
    return visited === undefined
      ? []
      : Array.isArray(visited)
        ? (visited as ts.Statement[])
        : [visited as ts.Statement];
  }

  protected readonly visit = (node: ts.Node): ts.VisitResult<ts.Node | undefined> => {
    if (ts.isTypeNode(node)) return node;
    if (ts.isStatement(node)) return this.visitStatement(node);
    if (ts.isVariableDeclarationList(node)) return this.visitList(node);
    if (ts.isVariableDeclaration(node)) return this.visitDeclaration(node);
    if (ts.isShorthandPropertyAssignment(node)) return this.visitShorthand(node);
    if (ts.isPropertyAssignment(node)) {
      return factory.updatePropertyAssignment(node, node.name, this.expression(node.initializer));
    }
    if (ts.isExpression(node)) return this.visitExpression(node);
    return ts.visitEachChild(node, this.visit, this.context);
  };

  private visitShorthand(node: ts.ShorthandPropertyAssignment): ts.ObjectLiteralElementLike {
    const value = this.expression(node.name);
    return value === node.name ? node : factory.createPropertyAssignment(node.name, value);
  }

  private visitStatement(node: ts.Statement): ts.VisitResult<ts.Node | undefined> {
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return node;
    if (!this.activation.reached.has(node)) return undefined;
    switch (node.kind) {
      case SyntaxKind.FunctionDeclaration:
      case SyntaxKind.EnumDeclaration:
      case SyntaxKind.EmptyStatement:
        return undefined;
      case SyntaxKind.Block:
        return factory.updateBlock(node as ts.Block, this.statements((node as ts.Block).statements));
      case SyntaxKind.IfStatement:
        return this.visitIf(node as ts.IfStatement);
      case SyntaxKind.ForOfStatement:
        return this.visitForOf(node as ts.ForOfStatement);
      case SyntaxKind.SwitchStatement:
        return this.visitSwitch(node as ts.SwitchStatement);
      case SyntaxKind.BreakStatement:
      case SyntaxKind.ContinueStatement:
        return this.visitJump(node as ts.BreakOrContinueStatement);
      case SyntaxKind.LabeledStatement:
        return this.visitLabeled(node as ts.LabeledStatement);
      case SyntaxKind.ExpressionStatement:
        return this.visitExpressionStatement(node as ts.ExpressionStatement);
      case SyntaxKind.VariableStatement: {
        const list = this.visitList((node as ts.VariableStatement).declarationList);
        return list && factory.updateVariableStatement(node as ts.VariableStatement, undefined, list);
      }
    }
    const condition = ts.isForStatement(node)
      ? node.condition
      : ts.isWhileStatement(node)
        ? node.expression
        : undefined;
    const known = condition && this.known(condition);
    if (known && !known.value) return undefined;
    return ts.visitEachChild(node, this.visit, this.context);
  }

  private visitIf(node: ts.IfStatement): ts.VisitResult<ts.Node | undefined> {
    const known = this.known(node.expression);
    if (!known) return ts.visitEachChild(node, this.visit, this.context);
    const taken = known.value ? node.thenStatement : node.elseStatement;
    return taken && this.visit(taken);
  }

  private visitExpressionStatement(node: ts.ExpressionStatement): ts.Statement | ts.Statement[] | undefined {
    if (this.known(node.expression)) return undefined;
    const each = ts.isCallExpression(node.expression) ? this.visitForEach(node.expression) : undefined;
    return each ?? factory.updateExpressionStatement(node, this.expression(node.expression));
  }

  private visitList(node: ts.VariableDeclarationList): ts.VariableDeclarationList | undefined {
    const declarations = node.declarations.filter((one) => !this.isGone(one.name));
    if (declarations.length === 0) return undefined;
    return factory.updateVariableDeclarationList(
      node,
      declarations.map((one) => this.visitDeclaration(one)),
    );
  }

  private visitDeclaration(node: ts.VariableDeclaration): ts.VariableDeclaration {
    const value = node.initializer && this.expression(node.initializer);
    return factory.updateVariableDeclaration(node, node.name, node.exclamationToken, node.type, value);
  }

  /** A name that stands for a primitive or a function: its uses say what it is. */
  private isGone(name: ts.BindingName): boolean {
    if (!ts.isIdentifier(name)) {
      return name.elements.every((one) => !ts.isBindingElement(one) || this.isGone(one.name));
    }
    const decision = this.activation.decisions.get(name);
    return decision?.kind === 'function' || (decision?.kind === 'value' && isPrimitive(decision.value));
  }

  private visitForOf(node: ts.ForOfStatement): ts.VisitResult<ts.Node | undefined> {
    const shape = this.activation.shapes.get(node);
    if (shape?.kind !== 'unrolled') {
      const body = this.visit(node.statement) as ts.Statement | undefined;
      const expression = this.expression(node.expression);
      const statement = body ?? factory.createBlock([]);
      return factory.updateForOfStatement(node, node.awaitModifier, node.initializer, expression, statement);
    }
    const rounds = this.activation.inner.get(node) ?? [];
    const end = `${roundName(node)}_end`;
    const used = new Set<string>();
    const blocks = rounds.map((round, index) => {
      const next = `${roundName(node)}_${index + 1}`;
      const body = new Body(round, this.around, this.context, new Map(this.labels).set(node, { end, next, used }));
      const statements = body.statements([node.statement]);
      const [only] = statements;
      const inner = statements.length === 1 && ts.isBlock(only!) ? [...only.statements] : [...statements];
      const value = shape.values[index];
      const declared = value?.kind === 'static' ? [] : this.roundVariable(node, index);
      const block = factory.createBlock([...declared, ...inner], true);
      const labelled = used.has(next) ? factory.createLabeledStatement(next, block) : block;
      const name = (node.initializer as ts.VariableDeclarationList).declarations[0]!.name;
      return value?.kind === 'static' ? comment(labelled, `${name.getText()} = ${text(value.value)}`) : labelled;
    });
    if (blocks.length === 0) return undefined;
    const result = used.has(end) ? [factory.createLabeledStatement(end, factory.createBlock(blocks, true))] : blocks;
    const head = `for (${node.initializer.getText()} of ${oneLine(node.expression)}) ran at build: ${blocks.length} of ${shape.values.length}`;
    return [comment(result[0]!, head), ...result.slice(1)];
  }

  /** An element that is known while the program runs alone. */
  private roundVariable(node: ts.ForOfStatement, index: number): ts.Statement[] {
    const [declaration] = (node.initializer as ts.VariableDeclarationList).declarations;
    const element = factory.createElementAccessExpression(this.expression(node.expression), index);
    const variable = factory.createVariableDeclaration(declaration!.name, undefined, undefined, element);
    const list = factory.createVariableDeclarationList([variable], node.initializer.flags & ts.NodeFlags.BlockScoped);
    return [factory.createVariableStatement(undefined, list)];
  }

  private visitSwitch(node: ts.SwitchStatement): ts.VisitResult<ts.Node | undefined> {
    if (!this.known(node.expression)) return ts.visitEachChild(node, this.visit, this.context);
    const used = new Set<string>();
    const end = 'switch_end';
    const inner = new Body(
      this.activation,
      this.around,
      this.context,
      new Map(this.labels).set(node, { end, next: undefined, used }),
    );
    const lowered = node.caseBlock.clauses.flatMap(({ statements }) => [...statements]);
    const last = lowered.findLast((one) => this.activation.reached.has(one));
    const kept = lowered.filter((one) => one !== last || !ts.isBreakStatement(one) || one.label);
    const statements = inner.statements(kept);
    if (statements.length === 0) return undefined;
    const block = factory.createBlock(statements, true);
    return used.has(end) ? factory.createLabeledStatement(end, block) : block;
  }

  private visitLabeled(node: ts.LabeledStatement): ts.VisitResult<ts.Node | undefined> {
    const isUnrolled = this.activation.shapes.get(node.statement)?.kind === 'unrolled';
    return isUnrolled ? this.visit(node.statement) : ts.visitEachChild(node, this.visit, this.context);
  }

  private visitJump(node: ts.BreakOrContinueStatement): ts.Statement {
    const target = jumpTarget(node);
    const labels = target && this.labels.get(target);
    const label = labels && (ts.isBreakStatement(node) ? labels.end : labels.next);
    if (!labels || label === undefined) return node;
    labels.used.add(label);
    return factory.createBreakStatement(label);
  }

  /** `list.forEach(fn)` over constants, as a statement. */
  private visitForEach(node: ts.CallExpression): ts.Statement[] | undefined {
    const calls = this.activation.inner.get(node) ?? [];
    const { expression } = node;
    if (!ts.isPropertyAccessExpression(expression) || expression.name.text !== 'forEach' || calls.length < 2) {
      return undefined;
    }
    const head = `${oneLine(expression)} ran at build: ${calls.length} times`;
    return calls.map((one, index) => {
      const statement = factory.createExpressionStatement(this.callWithElement(node, one, index));
      return index === 0 ? comment(statement, head) : statement;
    });
  }
}

function jumpTarget(node: ts.BreakOrContinueStatement): ts.Node | undefined {
  const { label } = node;
  return ts.findAncestor(node.parent, (one) => {
    if (label)
      return ts.isLabeledStatement(one.parent) && one.parent.label.text === label.text && one.parent.statement === one;
    return ts.isIterationStatement(one, false) || (ts.isBreakStatement(node) && ts.isSwitchStatement(one));
  });
}

function roundName(node: ts.ForOfStatement): string {
  const [declaration] = (node.initializer as ts.VariableDeclarationList).declarations;
  return ts.isIdentifier(declaration!.name) ? declaration.name.text : 'round';
}

function comment<Node extends ts.Node>(node: Node, text: string): Node {
  const outer = ts.getSyntheticLeadingComments(node) ?? [];
  ts.setSyntheticLeadingComments(node, []);
  ts.addSyntheticLeadingComment(node, SyntaxKind.SingleLineCommentTrivia, ` ${text}`, true);
  return ts.setSyntheticLeadingComments(node, [...(ts.getSyntheticLeadingComments(node) ?? []), ...outer]);
}

function oneLine(node: ts.Node): string {
  const written = node.getText().replace(/\s+/g, ' ');
  return written.length > 60 ? `${written.slice(0, 57)}...` : written;
}

function text(value: unknown): string {
  const written = render(value);
  return written.length > 60 ? `${written.slice(0, 57)}...` : written;
}
