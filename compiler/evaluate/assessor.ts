/** Decides whether what a node depends on is known at build, only at load, or never; nothing is run for it. */
import type { ts } from '@ts-morph/bootstrap';
import type { FactFinder } from './facts.js';
import { isGlobalKnownAtLoad, isModuleKnownAtLoad } from './globals.js';
import type { Assessment, Bindings, Cell, Facts, Reason, Reference, Target } from './model.js';
import type { Resolver } from './resolver.js';

const fine: Assessment = { kind: 'static', effect: undefined, bound: false };
const fineByBinding: Assessment = { kind: 'static', effect: undefined, bound: true };

interface Visit {
  readonly bindings: Bindings | undefined;
  /** Cells being assessed, with their depth. */
  readonly open: Map<Cell, number>;
  /** The least depth that the assessment so far took on trust. */
  lowest: number;
}

export class Assessor {
  readonly #resolver: Resolver;
  readonly #facts: FactFinder;
  readonly #known = new Map<Cell, Assessment>();

  constructor(resolver: Resolver, facts: FactFinder) {
    this.#resolver = resolver;
    this.#facts = facts;
  }

  /** All of a node's references; the first that is not static decides, one that is never static before all. */
  assess(facts: Facts, bindings: Bindings | undefined): Assessment {
    return this.#references(facts, { bindings, open: new Map(), lowest: Infinity });
  }

  assessReference(reference: Reference, bindings: Bindings | undefined): Assessment {
    return this.#reference(reference, { bindings, open: new Map(), lowest: Infinity });
  }

  factsOf(cell: Cell): Facts {
    return cell.form === 'undefined' ? { references: [], effect: undefined } : this.#facts.of(cell.root);
  }

  #references(facts: Facts, visit: Visit): Assessment {
    let effect: Reason | undefined = facts.effect && { node: facts.effect.node, text: facts.effect.reason };
    let bound = false;
    let load: Assessment | undefined;
    for (const reference of facts.references) {
      const one = this.#reference(reference, visit);
      bound ||= one.bound;
      if (one.kind === 'static') effect ??= one.effect && { node: reference.node, text: one.effect.text };
      else if (one.kind === 'never') return { ...one, reason: { node: reference.node, text: one.reason.text } };
      else load ??= { ...one, reason: { node: reference.node, text: one.reason.text } };
    }
    if (load) return bound ? { ...load, bound } : load;
    if (!effect) return bound ? fineByBinding : fine;
    return { kind: 'static', effect, bound };
  }

  #reference(reference: Reference, visit: Visit): Assessment {
    const target = this.#resolver.target(reference);
    const { node } = reference;
    switch (target.kind) {
      case 'value':
      case 'json':
        return fine;
      case 'local':
        return this.#local(target, node, visit);
      case 'cell':
        return this.#cell(target.cell, node, visit);
      case 'namespace':
        return this.#namespace(target.members, node, visit);
      case 'global':
        return isGlobalKnownAtLoad(target.name, reference.member) ? loadOf(node, differs(node)) : fine;
      case 'module':
        return isModuleKnownAtLoad(target.request.specifier, moduleMember(target.request.name, reference.member))
          ? loadOf(node, differs(node))
          : fine;
      case 'load':
        return loadOf(node, `'${reference.name}' ${target.reason}`);
      case 'never':
        return { kind: 'never', reason: { node, text: target.reason }, bound: false };
      case 'variable':
        return {
          kind: 'never',
          reason: { node, text: `'${target.name}' changes while the program runs` },
          bound: false,
        };
    }
  }

  #local(target: Target & { kind: 'local' }, node: ts.Node, visit: Visit): Assessment {
    if (visit.bindings?.(target.symbol)) return fineByBinding;
    if (target.cell) return this.#cell(target.cell, node, visit);
    const text = `'${target.symbol.name}' is only known while the program runs`;
    return { kind: 'never', reason: { node, text }, bound: false };
  }

  #namespace(members: readonly ts.Symbol[], node: ts.Node, visit: Visit): Assessment {
    for (const symbol of members) {
      const one = this.#reference({ node, name: symbol.name, symbol } as Reference, visit);
      if (one.kind !== 'static') return one;
    }
    return fine;
  }

  #cell(cell: Cell, node: ts.Node, visit: Visit): Assessment {
    const known = this.#known.get(cell);
    if (known && (known.kind === 'static' || !visit.bindings)) return known;
    const depth = visit.open.get(cell);
    if (depth !== undefined) {
      visit.lowest = Math.min(visit.lowest, depth);
      return fine;
    }
    const own = visit.open.size;
    visit.open.set(cell, own);
    const outerLowest = visit.lowest;
    visit.lowest = Infinity;
    const assessment = this.#settle(cell, node, this.#withPatches(cell, visit));
    const isFinal = visit.lowest >= own || (assessment.kind !== 'static' && !visit.bindings);
    visit.lowest = Math.min(outerLowest, visit.lowest >= own ? Infinity : visit.lowest);
    visit.open.delete(cell);
    if (isFinal && !assessment.bound && (!visit.bindings || assessment.kind === 'static')) {
      this.#known.set(cell, assessment);
    }
    return assessment;
  }

  #withPatches(cell: Cell, visit: Visit): Assessment {
    const own = this.#references(this.factsOf(cell), visit);
    if (own.kind !== 'static') return own;
    for (const patch of cell.patches) {
      const one = this.#references(this.factsOf(patch), visit);
      if (one.kind !== 'static') return one;
    }
    return own;
  }

  /** What computing a user-space constant does, the running program does once and for itself. */
  #settle(cell: Cell, node: ts.Node, assessment: Assessment): Assessment {
    if (!cell.constant) return assessment;
    if (assessment.kind === 'static') return fine;
    return loadOf(node, `'${cell.name}' is not known at build, because ${assessment.reason.text}`);
  }
}

function loadOf(node: ts.Node, text: string): Assessment {
  return { kind: 'load', reason: { node, text }, bound: false };
}

function differs(node: ts.Node): string {
  return `'${node.getText()}' differs from run to run`;
}

function moduleMember(name: string, member: string | undefined): string | undefined {
  return name === 'default' || name === '*' || name === '=' ? member : name;
}
