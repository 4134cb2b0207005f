/** Makes annotated integers of a slice keep the low bits, as they do in the kernel's and user space's copies of a function. */
import { ts } from '../typescript.js';
import { returnedExpressions } from '../discover/returned.js';
import type { Edit } from './erase.js';
import { isLibrary } from './declarations.js';
import { assignments, unwrap } from './syntax.js';

/** The name under which slices find tsbpf's conversions. */
export const conversionsName = '$tsbpf';

/** What the conversions of a node need to know. */
export interface Conversions {
  /** What is written before a conversion's name. */
  readonly prefix: string;
  /** The name of a conversion (`u8`) where a type node names one of tsbpf's integers. */
  ofType(type: ts.TypeNode | undefined): string | undefined;
  /** The conversion of an annotated variable or parameter. */
  ofName(identifier: ts.Identifier): string | undefined;
}

/** @param symbolOf the symbol that a name in a type or expression means, imports not followed. */
export function createConversions(
  prefix: string,
  symbolOf: (identifier: ts.Identifier) => ts.Symbol | undefined,
): Conversions {
  const ofType = (type: ts.TypeNode | undefined): string | undefined => type && conversionName(type, symbolOf, 0);
  return {
    prefix,
    ofType,
    ofName: (identifier) => {
      const declaration = symbolOf(identifier)?.valueDeclaration;
      const isAnnotated = declaration && (ts.isVariableDeclaration(declaration) || ts.isParameter(declaration));
      return isAnnotated ? ofType(declaration.type) : undefined;
    },
  };
}

const integerName = /^([ui](8|16|32|64)|be(16|32|64)|fixed)$/;

function conversionName(
  type: ts.TypeNode,
  symbolOf: (identifier: ts.Identifier) => ts.Symbol | undefined,
  depth: number,
): string | undefined {
  // A circle of aliases is TypeScript's own error.
  if (!ts.isTypeReferenceNode(type) || depth > 20) return undefined;
  const { typeName } = type;
  const owner = ts.isQualifiedName(typeName) ? typeName.left : typeName;
  if (!ts.isIdentifier(owner)) return undefined;
  for (const declaration of symbolOf(owner)?.declarations ?? []) {
    if (ts.isQualifiedName(typeName)) {
      const isOurs = ts.isNamespaceImport(declaration) && isLibrary(declaration.parent.parent.moduleSpecifier);
      if (isOurs && integerName.test(typeName.right.text)) return typeName.right.text;
    } else if (ts.isTypeAliasDeclaration(declaration) && !declaration.typeParameters) {
      return conversionName(declaration.type, symbolOf, depth + 1);
    } else if (ts.isImportSpecifier(declaration)) {
      const { text } = declaration.propertyName ?? declaration.name;
      const isOurs = isLibrary(declaration.parent.parent.parent.moduleSpecifier);
      if (isOurs) return integerName.test(text) ? text : undefined;
    }
  }
  return undefined;
}

/** Insertions that convert parameters, results, initial values of variables, and assignments. */
export function conversionEdits(root: ts.Node, conversions: Conversions): readonly Edit[] {
  const wraps: Wrap[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node)) return;
    if (hasBody(node)) wraps.push(...functionWraps(node, conversions));
    if (ts.isVariableDeclaration(node) && node.initializer) {
      const conversion = conversions.ofType(node.type);
      if (conversion) wraps.push(convert(node.initializer, conversion, conversions));
    }
    wraps.push(...assignmentWraps(node, conversions));
    ts.forEachChild(node, visit);
  };
  visit(root);
  // Of several that end at one place the inner one, which was found later, is closed first.
  return [...wraps.map(({ before }) => before), ...wraps.map(({ after }) => after).reverse()];
}

/** What is written before and after a node. */
interface Wrap {
  readonly before: Edit;
  readonly after: Edit;
}

type WithBody = ts.FunctionLikeDeclaration & { readonly body: ts.ConciseBody };

function hasBody(node: ts.Node): node is WithBody {
  return ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;
}

function functionWraps(node: WithBody, conversions: Conversions): readonly Wrap[] {
  const wraps: Wrap[] = [];
  const parameters = node.parameters.flatMap((one) => {
    const conversion = conversions.ofType(one.type);
    if (!conversion || !ts.isIdentifier(one.name) || one.dotDotDotToken) return [];
    const { text } = one.name;
    // What is left out stays undefined.
    return [`${text} = ${text} === undefined ? ${text} : ${conversions.prefix}${conversion}(${text})`];
  });
  if (parameters.length > 0) {
    const { body } = node;
    if (ts.isBlock(body)) wraps.push(wrap(body.getStart() + 1, `${parameters.join('; ')};`, body.getStart() + 1, ''));
    else wraps.push(wrap(body.getStart(), `(${parameters.join(', ')}, `, body.end, ')'));
  }
  const result = isOrdinary(node) ? conversions.ofType(node.type) : undefined;
  if (result) wraps.push(...returnedExpressions(node.body).map((one) => convert(one, result, conversions)));
  return wraps;
}

/** Stores into annotated variables: `x = value` converts the value, all others convert the variable behind it. */
function assignmentWraps(node: ts.Node, conversions: Conversions): readonly Wrap[] {
  const targets = assignments(node).flatMap(({ root, whole }) => {
    const conversion = whole && ts.isIdentifier(root) ? conversions.ofName(root) : undefined;
    return conversion ? [{ name: root.getText(), conversion }] : [];
  });
  if (targets.length === 0 || !ts.isExpression(node)) return [];
  if (isSimpleAssignment(node)) return [convert(node.right, targets[0]!.conversion, conversions)];
  const stores = targets
    .map(({ name, conversion }) => `${name} = ${conversions.prefix}${conversion}(${name})`)
    .join(', ');
  const isStatement = ts.isExpressionStatement(node.parent);
  // A parenthesis at the start of a line would call what stands on the line before, were there no semicolon.
  if (isStatement) return [wrap(node.getStart(), 'void (', node.end, `, ${stores})`)];
  const keepsValue = ts.isPostfixUnaryExpression(node) || targets.length > 1;
  return keepsValue
    ? [wrap(node.getStart(), '[', node.end, `, ${stores}][0]`)]
    : [wrap(node.getStart(), '(', node.end, `, ${stores})`)];
}

function isSimpleAssignment(node: ts.Node): node is ts.BinaryExpression {
  const isPlain = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  return isPlain && ts.isIdentifier(unwrap(node.left));
}

function isOrdinary(node: WithBody): boolean {
  const isAsync = (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Async) !== 0;
  return !isAsync && !('asteriskToken' in node && node.asteriskToken);
}

function convert(node: ts.Node, conversion: string, { prefix }: Conversions): Wrap {
  return wrap(node.getStart(), `${prefix}${conversion}(`, node.end, ')');
}

function wrap(start: number, opening: string, end: number, closing: string): Wrap {
  return { before: { start, end: start, text: opening }, after: { start: end, end, text: closing } };
}
