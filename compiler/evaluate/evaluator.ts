/** Partial evaluation: which expressions are known at build, and their values. */
import { ts } from '../typescript.js';
import { isPromise, isProxy } from 'node:util/types';
import * as constants from '../../runtime/constants.js';
import * as types from '../../runtime/types.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import {
  contentChanges,
  moduleNotLoaded,
  sliceRefused,
  sliceThrew,
  sliceTimedOut,
  variableChanges,
} from '../diagnostics/evaluate.js';
import type { Host } from '../host.js';
import type { FunctionNode } from '../model.js';
import { Assessor } from './assessor.js';
import { literalValue } from './direct.js';
import { FactFinder } from './facts.js';
import type { Assessment, Bindings, Cell, Evaluation, Facts, Reference, Target } from './model.js';
import { Modules } from './modules.js';
import { Resolver } from './resolver.js';
import { Runner, type Failure, type Outcome } from './runner.js';
import { isNameReference } from './syntax.js';
import { timeLimit, World } from './world.js';

export interface EvaluatorInput {
  readonly program: ts.Program;
  readonly checker: ts.TypeChecker;
  readonly host: Host;
  /** `--define NAME=value`. A dotted name (`process.env.MODE`) stands for that property. */
  readonly defines: Readonly<Record<string, unknown>>;
  /** Maps, shared, `bpf`, contexts: never static. */
  isBpf(symbol: ts.Symbol): boolean;
  /** BPF functions: their parameters and variables are known only while the program runs. */
  readonly functions: ReadonlySet<FunctionNode>;
}

const library: Readonly<Record<string, unknown>> = { ...types, ...constants };

export class Evaluator {
  readonly #resolver: Resolver;
  readonly #facts: FactFinder;
  readonly #assessor: Assessor;
  readonly #modules: Modules;
  readonly #runner: Runner;
  readonly #known = new Map<ts.Node, Evaluation>();

  constructor(input: EvaluatorInput) {
    const world = new World();
    this.#resolver = new Resolver({
      ...input,
      isBpf: (symbol) => input.isBpf(symbol),
      library: (name) => (Object.hasOwn(library, name) ? { value: library[name] } : undefined),
    });
    this.#facts = new FactFinder(this.#resolver);
    this.#assessor = new Assessor(this.#resolver, this.#facts);
    this.#modules = new Modules(input.host, world);
    this.#runner = new Runner(this.#resolver, this.#assessor, this.#modules, world);
  }

  /**
   * Loads the packages that static slices under these functions can reach: the only asynchronous part.
   * A module that cannot be loaded is reported by the evaluation that needs it.
   */
  async prepare(roots: Iterable<ts.Node>): Promise<void> {
    const seen = new Set<Cell | ts.Node>();
    const loading: Promise<void>[] = [];
    const follow = (reference: Reference): void => {
      const target = this.#resolver.target(reference);
      if (target.kind === 'module') loading.push(this.#modules.load(target.request));
      if (target.kind === 'namespace') {
        for (const symbol of target.members) follow({ node: reference.node, name: symbol.name, symbol } as Reference);
      }
      const cell = target.kind === 'cell' || target.kind === 'local' ? target.cell : undefined;
      if (!cell || seen.has(cell)) return;
      seen.add(cell);
      if (cell.constant && this.#assessor.assessReference(reference, undefined).kind !== 'static') return;
      for (const one of [cell, ...cell.patches]) this.#assessor.factsOf(one).references.forEach(follow);
    };
    for (const root of roots) this.#facts.of(root).references.forEach(follow);
    await Promise.all(loading);
  }

  /** Whether any code changes a part of what the name holds: such a literal needs memory of its own. */
  isContentChanged(symbol: ts.Symbol): boolean {
    return this.#resolver.isContentChanged(symbol);
  }

  /**
   * Decides an expression, and computes it where it is static.
   *
   * @param bindings values of names inside BPF functions that lowering knows at this place.
   */
  evaluate(expression: ts.Expression, bindings?: Bindings): Evaluation {
    const known = this.#known.get(expression);
    if (known) return known;
    const literal = literalValue(expression);
    if (literal) return this.#keep(expression, { kind: 'static', value: literal.value });
    if (!isValuePosition(expression)) return notStatic({ node: expression, text: 'is a name, not a value' });
    const facts = this.#facts.of(expression);
    const assessment = this.#assessor.assess(facts, bindings);
    const evaluation = this.#decide(expression, facts, assessment, bindings);
    return this.#isLasting(facts, assessment, evaluation) ? this.#keep(expression, evaluation) : evaluation;
  }

  /**
   * Calls the value of a static function with static values, under the same clock as a slice.
   *
   * @param place where a failure is reported.
   */
  call(callee: (...values: never[]) => unknown, values: readonly unknown[], place: ts.Node): Evaluation {
    const outcome = this.#runner.attempt(() => this.#runner.run(() => callee(...(values as never[]))));
    return this.#outcome(outcome, place);
  }

  #keep(expression: ts.Expression, evaluation: Evaluation): Evaluation {
    this.#known.set(expression, evaluation);
    return evaluation;
  }

  /** An answer that no bindings would change. */
  #isLasting(facts: Facts, assessment: Assessment, evaluation: Evaluation): boolean {
    if (evaluation.kind === 'failed' && evaluation.diagnostic.code === sliceTimedOut.code) return true;
    if (assessment.bound) return false;
    if (assessment.kind === 'static') return true;
    return !facts.references.some((reference) => this.#resolver.target(reference).kind === 'local');
  }

  #decide(expression: ts.Expression, facts: Facts, assessment: Assessment, bindings: Bindings | undefined): Evaluation {
    const target = this.#targetOf(expression, facts);
    const refusal = target && this.#refusal(expression, target);
    if (refusal) return { kind: 'failed', diagnostic: refusal };
    if (assessment.kind === 'load') return this.#load(expression, target, assessment.reason);
    if (assessment.kind === 'never') return notStatic(assessment.reason);
    if (assessment.effect) return notStatic(assessment.effect);
    const changing = this.#changing(facts);
    if (changing) return notStatic({ node: changing, text: 'changes while the program runs' });
    const cell = this.#resolver.expressionCell(expression);
    const outcome = this.#runner.value(cell, { bindings, fresh: new Map() });
    if (!outcome.ok && outcome.failure.kind === 'load') {
      return this.#load(expression, target, { node: expression, text: `it reads ${outcome.failure.what}` });
    }
    return this.#outcome(outcome, expression);
  }

  #targetOf(expression: ts.Expression, facts: Facts): Target | undefined {
    const reference = ts.isIdentifier(expression) ? facts.references[0] : undefined;
    return reference && this.#resolver.target(reference);
  }

  #refusal(expression: ts.Expression, target: Target): Diagnostic | undefined {
    if (target.kind === 'variable') return variableChanges(expression, target.name);
    const changedAt = target.kind === 'cell' ? target.cell.changedAt : undefined;
    return changedAt && contentChanges(expression, expression.getText(), placeOf(changedAt));
  }

  /** A larger expression around a constant whose content changes is left to lowering, which meets the name itself. */
  #changing(facts: Facts): ts.Node | undefined {
    return facts.references.find((reference) => {
      const target = this.#resolver.target(reference);
      return target.kind === 'cell' && target.cell.changedAt;
    })?.node;
  }

  #load(expression: ts.Expression, target: Target | undefined, reason: { node: ts.Node; text: string }): Evaluation {
    const isConstant = target?.kind === 'load' || (target?.kind === 'cell' && target.cell.constant);
    if (!isConstant || isFunctionValue(target)) return notStatic(reason);
    const { symbol, declaration } = target;
    return { kind: 'load', symbol, declaration, name: expression.getText(), reason: reason.text };
  }

  #outcome(outcome: Outcome, place: ts.Node): Evaluation {
    if (!outcome.ok) return { kind: 'failed', diagnostic: describeFailure(outcome.failure, place) };
    const { value } = outcome;
    if (typeof value !== 'object' || value === null) return { kind: 'static', value };
    if (isProxy(value)) return { kind: 'failed', diagnostic: sliceRefused(place, 'its value is a Proxy', undefined) };
    return isPromise(value) ? notStatic({ node: place, text: 'is awaited' }) : { kind: 'static', value };
  }
}

/** Names of declarations and properties, spread elements and some keywords are expressions to the syntax tree alone. */
function isValuePosition(node: ts.Expression): boolean {
  if (ts.isIdentifier(node)) return isNameReference(node);
  const isKeyword = node.kind === ts.SyntaxKind.ImportKeyword || node.kind === ts.SyntaxKind.SuperKeyword;
  return !isKeyword && !ts.isPrivateIdentifier(node) && !ts.isSpreadElement(node) && !ts.isOmittedExpression(node);
}

function describeFailure(failure: Failure, place: ts.Node): Diagnostic {
  switch (failure.kind) {
    case 'threw':
      return sliceThrew(place, failure.message, failure.where);
    case 'timeout':
      return sliceTimedOut(place, timeLimit / 1000);
    case 'refused':
      return sliceRefused(place, failure.reason, failure.where);
    case 'module':
      return moduleNotLoaded(place, failure.specifier, failure.message);
    case 'load':
      return sliceRefused(place, `${failure.what} differs from run to run`, undefined);
  }
}

function notStatic({ node, text }: { node: ts.Node; text: string }): Evaluation {
  return { kind: 'notStatic', node, reason: text };
}

/** A function is compiled where it is called; it cannot be a variable of the object. */
function isFunctionValue(target: Target): boolean {
  if (target.kind !== 'cell') return false;
  const { root } = target.cell;
  return ts.isArrowFunction(root) || ts.isFunctionExpression(root) || ts.isClassExpression(root);
}

function placeOf(node: ts.Node): string {
  const file = node.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(node.getStart());
  return `${file.fileName.slice(file.fileName.lastIndexOf('/') + 1)}:${line + 1}`;
}
