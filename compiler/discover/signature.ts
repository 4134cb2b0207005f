/**
 * Whether a program is made as its type demands: what it attaches to, its options, its result. Of a call that is wrong
 * in one of these TypeScript says only that no overload matches, and of a decorator on a function nothing at all.
 */
import { ts } from '../typescript.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { optionsNotObject, optionUnknown } from '../diagnostics/discover.js';
import { bareReturnOfObject, optionInvalid, targetInvalid } from '../diagnostics/language.js';
import { findNear } from '../open/near.js';
import { targetForm } from '../programs/targets.js';
import type { ProgramDraft } from './programs.js';
import { returnedExpressions } from './returned.js';

type Report = (diagnostic: Diagnostic) => void;

/** The options of programs, each with what it has to be. */
const options: Readonly<Record<string, readonly [ts.TypeFlags, string]>> = {
  name: [ts.TypeFlags.StringLike, 'a string'],
  defaultResult: [ts.TypeFlags.NumberLike, 'a number'],
  minimumPacketSize: [ts.TypeFlags.NumberLike, 'a number of bytes'],
  frags: [ts.TypeFlags.BooleanLike, 'true or false'],
};

export function checkSignatures(drafts: readonly ProgramDraft[], checker: ts.TypeChecker, report: Report): void {
  for (const draft of drafts) {
    checkTargets(draft, checker, report);
    if (draft.options) checkOptions(draft, draft.options, checker, report);
    checkResult(draft, checker, report);
  }
}

function checkTargets({ kind, targets }: ProgramDraft, checker: ts.TypeChecker, report: Report): void {
  targets.forEach((target, index) => {
    const type = checker.getTypeAtLocation(target);
    if (hasOnly(type, ts.TypeFlags.StringLike | ts.TypeFlags.Never)) return;
    report(targetInvalid(target, `'${checker.typeToString(type)}'`, targetForm(kind, index).usage));
  });
}

function checkOptions({ kind }: ProgramDraft, given: ts.Expression, checker: ts.TypeChecker, report: Report): void {
  if (!ts.isObjectLiteralExpression(given)) {
    const type = checker.getTypeAtLocation(given);
    const isObject = (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0;
    if (!hasOnly(type, ts.TypeFlags.Any) && (!isObject || type.getCallSignatures().length > 0)) {
      report(optionsNotObject(given, kind, checker.typeToString(type)));
    }
    return;
  }
  const names = Object.keys(options).filter((option) => option !== 'frags' || kind === 'xdp');
  for (const property of given.properties) {
    if (!property.name || !(ts.isIdentifier(property.name) || ts.isStringLiteral(property.name))) continue;
    const name = property.name.text;
    const known = names.includes(name) ? options[name] : undefined;
    if (!known) {
      report(optionUnknown(property.name, kind, name, findNear(name, names), names));
      continue;
    }
    const type = checker.getTypeAtLocation(ts.isPropertyAssignment(property) ? property.initializer : property.name);
    const [flags, expected] = known;
    if (!hasOnly(type, flags | ts.TypeFlags.Undefined)) report(optionInvalid(property, name, expected));
  }
}

/** The results of BPF programs are 32 bits; nothing is the default result. */
const results =
  ts.TypeFlags.NumberLike |
  ts.TypeFlags.BigIntLike |
  ts.TypeFlags.BooleanLike |
  ts.TypeFlags.Void |
  ts.TypeFlags.Undefined |
  ts.TypeFlags.Never;

function checkResult({ function: target }: ProgramDraft, checker: ts.TypeChecker, report: Report): void {
  const signature = checker.getSignatureFromDeclaration(target);
  if (!signature || hasOnly(checker.getReturnTypeOfSignature(signature), results)) return;
  const returned = returnedExpressions(target.body).find((one) => !hasOnly(checker.getTypeAtLocation(one), results));
  report(bareReturnOfObject(returned ?? target.type ?? target));
}

/** Whether every value of a type is of these kinds. A flavoured integer such as `u32` is one of its parts. */
function hasOnly(type: ts.Type, flags: ts.TypeFlags): boolean {
  if ((type.flags & (flags | ts.TypeFlags.Any)) !== 0) return true;
  if (type.isUnion()) return type.types.every((one) => hasOnly(one, flags));
  return type.isIntersection() && type.types.some((one) => (one.flags & flags) !== 0);
}
