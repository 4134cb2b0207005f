/** Expressions of one activation with the decisions of lowering put in: constants, sides taken, specialised calls. */
import { unwrap } from '../evaluate/syntax.js';
import type { FunctionNode } from '../model.js';
import { ts } from '../typescript.js';
import { isPrimitive, literalOf } from './literals.js';
import type { Activation, Decision } from './recording.js';

const { factory, SyntaxKind } = ts;

/** What bodies say about things outside of them. */
export interface Surroundings {
  /** The name under which a constant object stands at the top. */
  constantName(symbol: ts.Symbol, value: unknown): string;
  /** The name of a constant that is known at load. */
  loadName(decision: Extract<Decision, { kind: 'load' }>): string;
  /** The name of a function that is specialised as in this activation; undefined where it has to stand at the call. */
  functionName(activation: Activation, parameters: readonly ts.ParameterDeclaration[]): string | undefined;
}

export abstract class Expressions {
  constructor(
    protected readonly activation: Activation,
    protected readonly around: Surroundings,
    protected readonly context: ts.TransformationContext,
  ) {}

  protected abstract readonly visit: (node: ts.Node) => ts.VisitResult<ts.Node | undefined>;

  protected abstract inside(callee: Activation): Expressions;

  protected abstract statements(nodes: readonly ts.Statement[]): ts.NodeArray<ts.Statement>;

  /** The function's body; an arrow function's expression stays one. */
  ofFunction(): ts.ConciseBody | undefined {
    const { body } = this.activation.node as FunctionNode;
    if (!body) return undefined;
    if (!ts.isBlock(body)) return this.expression(body);
    return factory.updateBlock(body, this.statements(body.statements));
  }

  /** A parameter, with what its default came to. */
  parameter(node: ts.ParameterDeclaration): ts.ParameterDeclaration {
    const { name, type, initializer, dotDotDotToken, questionToken } = node;
    const value = initializer && this.expression(initializer);
    return factory.createParameterDeclaration(undefined, dotDotDotToken, name, questionToken, type, value);
  }

  expression(node: ts.Expression): ts.Expression {
    return this.visit(node) as ts.Expression;
  }

  /** The value that an expression has, through parentheses and assertions. */
  protected known(node: ts.Node): { readonly value: unknown } | undefined {
    const decision = this.activation.decisions.get(node) ?? this.activation.decisions.get(unwrap(node));
    return decision?.kind === 'value' ? decision : undefined;
  }

  protected visitExpression(node: ts.Expression): ts.Expression {
    if (ts.isLiteralExpression(node)) return factory.createIdentifier(node.getText());
    const decision = this.activation.decisions.get(node) ?? this.activation.decisions.get(unwrap(node));
    if (decision?.kind === 'value') return this.constant(node, decision);
    if (decision?.kind === 'load') return factory.createIdentifier(this.around.loadName(decision));
    const shape = this.activation.shapes.get(node);
    if (shape?.kind === 'side') {
      const { left, right } = node as ts.BinaryExpression;
      return this.expression(shape.right ? right : left);
    }
    if (ts.isConditionalExpression(node)) {
      const known = this.known(node.condition);
      if (known) return this.expression(known.value ? node.whenTrue : node.whenFalse);
    }
    if (ts.isBinaryExpression(node)) {
      const left = this.known(node.left);
      const { kind } = node.operatorToken;
      const goesOn = left && (kind === SyntaxKind.AmpersandAmpersandToken) === Boolean(left.value);
      const isLogical = kind === SyntaxKind.AmpersandAmpersandToken || kind === SyntaxKind.BarBarToken;
      if (goesOn && isLogical) return this.expression(node.right);
    }
    if (ts.isCallExpression(node)) {
      const call = this.visitCall(node);
      if (call) return call;
    }
    if (ts.isPropertyAccessExpression(node)) {
      return factory.updatePropertyAccessExpression(node, this.expression(node.expression), node.name);
    }
    if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return node;
    return ts.visitEachChild(node, this.visit, this.context);
  }

  /** Primitives stand where they are used; an object keeps the name that it has in the source. */
  private constant(node: ts.Expression, { value, symbol }: Extract<Decision, { kind: 'value' }>): ts.Expression {
    const declaration = symbol?.valueDeclaration;
    if (isPrimitive(value) || !symbol || !declaration || !ts.isVariableDeclaration(declaration))
      return literalOf(value);
    if (!ts.isIdentifier(declaration.name) || !ts.isVariableStatement(declaration.parent.parent))
      return literalOf(value);
    const isLocal = ts.findAncestor(declaration, ts.isFunctionLike) !== undefined;
    return isLocal ? node : factory.createIdentifier(this.around.constantName(symbol, value));
  }

  /** A call of a function of the project, or of a builtin that calls one back; undefined where it is neither. */
  private visitCall(node: ts.CallExpression): ts.Expression | undefined {
    const calls = this.activation.inner.get(node);
    if (!calls) return undefined;
    if (this.activation.shapes.get(node)?.kind === 'call') return this.specialised(calls[0]!, node);
    if (calls.length === 1) return this.withCallback(node, calls[0]!);
    return this.combined(node, calls);
  }

  private specialised(callee: Activation, node: ts.CallExpression): ts.Expression {
    const { parameters } = callee.node as FunctionNode;
    const isSpread = node.arguments.some(ts.isSpreadElement);
    const inside = this.inside(callee);
    const isDropped = (index: number) => {
      const parameter = parameters[index];
      const argument = node.arguments[index];
      if (!parameter || isSpread || parameter.dotDotDotToken) return false;
      return inside.isKnown(parameter.name) && (argument === undefined || this.isKnown(argument));
    };
    const kept = parameters.filter((_, index) => !isDropped(index));
    const values = node.arguments.filter((_, index) => !isDropped(index)).map((one) => this.expression(one));
    const name = this.around.functionName(callee, kept);
    const { body } = callee.node as FunctionNode;
    if (name === undefined && kept.length === 0 && body && !ts.isBlock(body)) {
      return factory.createParenthesizedExpression(inside.expression(body));
    }
    const target = name === undefined ? this.inPlace(callee, kept) : factory.createIdentifier(name);
    return factory.createCallExpression(target, undefined, values);
  }

  isKnown(node: ts.Node): boolean {
    const decision = this.activation.decisions.get(node) ?? this.activation.decisions.get(unwrap(node));
    if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return true;
    return decision?.kind === 'value' || decision?.kind === 'function';
  }

  /** A function that needs names around it stands where it is called. */
  private inPlace(callee: Activation, kept: readonly ts.ParameterDeclaration[]): ts.Expression {
    const inside = this.inside(callee);
    const parameters = kept.map((one) => inside.parameter(one));
    const { type } = callee.node as FunctionNode;
    const body = inside.ofFunction() ?? factory.createBlock([]);
    return factory.createParenthesizedExpression(
      factory.createArrowFunction(undefined, undefined, parameters, type, undefined, body),
    );
  }

  /** `bpf.loop(n, fn)` and the like: the function as it was lowered for this call. */
  private withCallback(node: ts.CallExpression, callee: Activation): ts.Expression {
    const values = node.arguments.map((one) => {
      if (this.activation.decisions.get(unwrap(one))?.kind !== 'function') return this.expression(one);
      const written = this.inPlace(callee, (callee.node as FunctionNode).parameters);
      return (written as ts.ParenthesizedExpression).expression;
    });
    const target = factory.createPropertyAccessExpression;
    const expression = ts.isPropertyAccessExpression(node.expression)
      ? target(this.expression(node.expression.expression), node.expression.name)
      : node.expression;
    return factory.createCallExpression(expression, node.typeArguments, values);
  }

  /** A method of an array that called back once for each element. */
  private combined(node: ts.CallExpression, calls: readonly Activation[]): ts.Expression | undefined {
    const method = ts.isPropertyAccessExpression(node.expression) ? node.expression.name.text : '';
    const operator =
      method === 'some' ? SyntaxKind.BarBarToken : method === 'every' ? SyntaxKind.AmpersandAmpersandToken : undefined;
    if (operator === undefined) return undefined;
    const results = calls.map((one, index) => this.callWithElement(node, one, index));
    const joined = results.reduce((left, right) => factory.createBinaryExpression(left, operator, right));
    return factory.createParenthesizedExpression(joined);
  }

  protected callWithElement(node: ts.CallExpression, callee: Activation, index: number): ts.Expression {
    const inside = this.inside(callee);
    const kept = (callee.node as FunctionNode).parameters.filter(({ name }) => !inside.isKnown(name));
    const body = (callee.node as FunctionNode).body;
    if (kept.length === 0 && body && !ts.isBlock(body)) return inside.expression(body);
    const target = this.inPlace(callee, kept);
    const owner = (node.expression as ts.PropertyAccessExpression).expression;
    const element = factory.createElementAccessExpression(this.expression(owner), index);
    return factory.createCallExpression(target, undefined, kept.length > 0 ? [element] : []);
  }
}
