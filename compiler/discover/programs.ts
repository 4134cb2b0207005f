/** Finds programs in their three spellings, and says what is wrong with those that are none. */
import { ts } from '../typescript.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import {
  functionNotConstant,
  methodNotStatic,
  misplacedDecorator,
  programGenerator,
  programWithoutBody,
  spreadArgument,
  twoProgramsOnFunction,
  programTypeNotImported,
  unknownProgramType,
  wrongArgumentCount,
} from '../diagnostics/discover.js';
import type { DiscoveredProgram, FunctionNode } from '../model.js';
import { findNear } from '../open/near.js';
import { programClasses, programSpellings, type ProgramSpelling } from './kinds.js';
import { holderName } from './naming.js';
import { asFunctionExpression, functionOf, isStatic, resolveSymbol, tsbpfName, unwrap } from './symbols.js';

/** A program without its final name. */
export type ProgramDraft = Omit<DiscoveredProgram, 'name'> & { readonly wishedName: string };

type Report = (diagnostic: Diagnostic) => void;

/** The program that a decorator makes, or undefined where it is not ours or is wrong. */
export function programOfDecorator(
  decorator: ts.Decorator,
  checker: ts.TypeChecker,
  report: Report,
): ProgramDraft | undefined {
  const call = ts.isCallExpression(decorator.expression) ? decorator.expression : undefined;
  const callee = call ? call.expression : decorator.expression;
  const name = tsbpfName(callee, checker);
  const spelling = name === undefined ? undefined : programSpellings.get(name);
  if (!spelling) {
    reportForeignDecorator(decorator, callee, checker, report);
    return undefined;
  }
  const target = decoratedFunction(decorator, spelling, report);
  if (!target) return undefined;
  const parts = splitArguments(decorator, spelling, [...(call?.arguments ?? [])], false, report);
  if (!parts) return undefined;
  const others = (target.modifiers ?? []).filter((modifier) => ts.isDecorator(modifier) && isOurs(modifier, checker));
  if (others[0] !== decorator) {
    report(twoProgramsOnFunction(decorator, functionName(target) ?? spelling.kind));
    return undefined;
  }
  const wishedName = functionName(target) ?? derivedName(spelling, parts.targets);
  if (!checkFunction(target, wishedName, decorator, report)) return undefined;
  return { kind: spelling.kind, form: 'decorator', function: target, site: decorator, wishedName, ...parts };
}

/** The program that `kprobe('x', fn, options)` makes, or undefined where the call is not ours or is wrong. */
export function programOfCall(
  call: ts.CallExpression,
  checker: ts.TypeChecker,
  report: Report,
): ProgramDraft | undefined {
  const spelling = callSpelling(call, checker);
  if (!spelling || ts.isDecorator(call.parent)) return undefined;
  const parts = splitArguments(call.expression, spelling, [...call.arguments], true, report);
  if (!parts) return undefined;
  const target = constantFunction(parts.functionArgument!, checker);
  if (!target) {
    report(functionNotConstant(parts.functionArgument!, spelling.kind));
    return undefined;
  }
  if (isDecorated(target, checker)) {
    report(twoProgramsOnFunction(parts.functionArgument!, functionName(target) ?? spelling.kind));
    return undefined;
  }
  const wishedName = holderName(call) ?? functionName(target) ?? derivedName(spelling, parts.targets);
  if (!checkFunction(target, wishedName, parts.functionArgument!, report)) return undefined;
  const { targets, options } = parts;
  return { kind: spelling.kind, form: 'call', function: target, site: call, targets, options, wishedName };
}

/** The program that `new SocketFilter(fn)` makes; none where the argument is a program already. */
export function programOfClass(
  creation: ts.NewExpression,
  checker: ts.TypeChecker,
  report: Report,
): ProgramDraft | undefined {
  const name = tsbpfName(creation.expression, checker);
  const kind = name === undefined ? undefined : programClasses.get(name);
  if (!kind) return undefined;
  const given = creation.arguments ?? [];
  const spread = given.find(ts.isSpreadElement);
  if (spread) return void report(spreadArgument(spread, name!));
  if (given.length < 1 || given.length > 2) {
    return void report(wrongArgumentCount(creation, `new ${name}`, `new ${name}(function)`, given.length));
  }
  const [argument, options] = given;
  if (isProgram(argument!, checker)) return undefined;
  const target = constantFunction(argument!, checker);
  if (!target) {
    const callable = checker.getTypeAtLocation(argument!).getCallSignatures().length > 0;
    return callable ? void report(functionNotConstant(argument!, `new ${name}`)) : undefined;
  }
  const wishedName = functionName(target) ?? holderName(creation) ?? kind;
  if (!checkFunction(target, wishedName, argument!, report)) return undefined;
  return { kind, form: 'class', function: target, site: creation, targets: [], options, wishedName };
}

/** Whether an expression is a program already: a call that makes one, a const that holds one, a decorated function. */
export function isProgram(expression: ts.Expression, checker: ts.TypeChecker): boolean {
  const node = unwrap(expression);
  if (ts.isCallExpression(node)) return callSpelling(node, checker) !== undefined;
  const symbol = resolveSymbol(node, checker);
  if (!symbol) return false;
  const target = functionOf(symbol, checker);
  if (target) return isDecorated(target, checker);
  return (symbol.declarations ?? []).some(
    (declaration) =>
      (ts.isVariableDeclaration(declaration) || ts.isPropertyDeclaration(declaration)) &&
      declaration.initializer !== undefined &&
      declaration.initializer !== node &&
      isProgram(declaration.initializer, checker),
  );
}

/** The decorator that makes a function a program, or undefined. */
export function programDecorator(target: FunctionNode, checker: ts.TypeChecker): ts.Decorator | undefined {
  const modifiers: readonly ts.ModifierLike[] = target.modifiers ?? [];
  return modifiers.find((modifier): modifier is ts.Decorator => ts.isDecorator(modifier) && isOurs(modifier, checker));
}

function isDecorated(target: FunctionNode, checker: ts.TypeChecker): boolean {
  return programDecorator(target, checker) !== undefined;
}

function isOurs(decorator: ts.Decorator, checker: ts.TypeChecker): boolean {
  const { expression } = decorator;
  const name = tsbpfName(ts.isCallExpression(expression) ? expression.expression : expression, checker);
  return name !== undefined && programSpellings.has(name);
}

function callSpelling(call: ts.CallExpression, checker: ts.TypeChecker): ProgramSpelling | undefined {
  const name = tsbpfName(call.expression, checker);
  return name === undefined ? undefined : programSpellings.get(name);
}

function constantFunction(argument: ts.Expression, checker: ts.TypeChecker): FunctionNode | undefined {
  const written = asFunctionExpression(argument);
  if (written) return written;
  const symbol = resolveSymbol(argument, checker);
  return symbol && functionOf(symbol, checker);
}

interface Parts {
  readonly targets: readonly ts.Expression[];
  readonly options: ts.Expression | undefined;
  readonly functionArgument?: ts.Expression;
}

/** Targets, then the function where it is an argument, then options. */
function splitArguments(
  place: ts.Node,
  spelling: ProgramSpelling,
  given: readonly ts.Expression[],
  withFunction: boolean,
  report: Report,
): Parts | undefined {
  const spread = given.find(ts.isSpreadElement);
  if (spread) return void report(spreadArgument(spread, spelling.kind));
  const needed = spelling.targets + (withFunction ? 1 : 0);
  if (given.length < needed || given.length > needed + 1) {
    return void report(wrongArgumentCount(place, spelling.kind, spelling.usage, given.length));
  }
  const targets = given.slice(0, spelling.targets);
  const options = given[needed];
  return withFunction ? { targets, options, functionArgument: given[spelling.targets]! } : { targets, options };
}

function decoratedFunction(
  decorator: ts.Decorator,
  { kind }: ProgramSpelling,
  report: Report,
): ts.FunctionDeclaration | ts.MethodDeclaration | undefined {
  const { parent } = decorator;
  if (ts.isFunctionDeclaration(parent)) return parent;
  if (!ts.isMethodDeclaration(parent)) return void report(misplacedDecorator(decorator, kind, describe(parent)));
  if (isStatic(parent)) return parent;
  return void report(methodNotStatic(decorator, kind, parent.name.getText()));
}

const decorated: Readonly<Partial<Record<ts.SyntaxKind, string>>> = {
  [ts.SyntaxKind.ClassDeclaration]: 'a class',
  [ts.SyntaxKind.ClassExpression]: 'a class',
  [ts.SyntaxKind.PropertyDeclaration]: 'a property',
  [ts.SyntaxKind.GetAccessor]: 'a getter',
  [ts.SyntaxKind.SetAccessor]: 'a setter',
  [ts.SyntaxKind.Parameter]: 'a parameter',
  [ts.SyntaxKind.VariableStatement]: 'a variable',
  [ts.SyntaxKind.Constructor]: 'a constructor',
};

function describe(node: ts.Node): string {
  return decorated[node.kind] ?? 'something other than a function';
}

/** Decorators of others are left alone, but on a function declaration only ours mean anything. */
function reportForeignDecorator(
  decorator: ts.Decorator,
  callee: ts.Expression,
  checker: ts.TypeChecker,
  report: Report,
): void {
  const name = ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText();
  const known = programSpellings.has(name);
  const near = known ? [name] : findNear(name, programSpellings.keys());
  const unresolved = ts.isIdentifier(callee) && !checker.getSymbolAtLocation(callee);
  if (ts.isFunctionDeclaration(decorator.parent) || (unresolved && near.length > 0)) {
    report(known && unresolved ? programTypeNotImported(callee, name) : unknownProgramType(callee, name, near));
  }
}

function checkFunction(target: FunctionNode, name: string, place: ts.Node, report: Report): boolean {
  if (!target.body) return report(programWithoutBody(place, name)) ?? false;
  const asynchronous = (target.modifiers ?? []).some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
  const generator = !ts.isArrowFunction(target) && target.asteriskToken !== undefined;
  if (asynchronous) report(programGenerator(place, name, 'async'));
  if (generator) report(programGenerator(place, name, 'a generator'));
  return !asynchronous && !generator;
}

function functionName(target: FunctionNode): string | undefined {
  const { name } = target;
  if (!name) return holderName(target);
  return ts.isIdentifier(name) || ts.isStringLiteral(name) || ts.isPrivateIdentifier(name) ? name.text : undefined;
}

/** `kprobe_sys_close`, where no declaration gives a name. */
function derivedName({ kind }: ProgramSpelling, targets: readonly ts.Expression[]): string {
  const words = targets.map((target) => (ts.isStringLiteralLike(target) ? target.text : ''));
  return [kind, ...words.map((word) => word.split('/').at(-1)!)].filter(Boolean).join('_');
}
