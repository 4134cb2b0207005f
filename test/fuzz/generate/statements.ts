/** Statements: which there are, and sequences of them. */
import type { Tree } from '../tree.js';
import { fill, forEach } from './array-statements.js';
import { assignObject, assignScalar, assignWhere } from './assignments.js';
import { branch, choice, jump, labelledBlock, leave } from './branches.js';
import { helperLoop } from './callbacks.js';
import { callStatement, closure } from './closures.js';
import type { Context } from './context.js';
import {
  aliasObject,
  declareFilled,
  declareObject,
  declareOptional,
  declareOptionalObject,
  declareScalar,
} from './declarations.js';
import { forLoop, forOf, whileLoop } from './loops.js';
import { mapForEach, useMap } from './map-statements.js';
import { forOfStructs, oddLoop, textChoice } from './more-loops.js';
import { nestedPattern, patternParameter, patternWithDefault } from './more-patterns.js';
import { callOptional, callOptionalObject, callWithOptional, declareLater } from './optional-functions.js';
import { assignPattern, destructure, destructureArray, restOfArray, restOfObject, swap } from './patterns.js';
import { useQueue } from './queues.js';
import { chooseObject, reassignObject } from './references.js';
import { sequence, type Production } from './statement.js';
import { textLoop } from './texts.js';
import { unrolled } from './unrolled.js';

export function block(c: Context, depth: number, most = 4): Tree {
  return c.scoped(() => statements(c, depth, 1 + c.random.below(most)));
}

export function statements(c: Context, depth: number, count: number): Tree {
  const list: Tree[] = [];
  for (let made = 0; made < count && c.fuel > 0; made += 1) {
    const next = oneStatement(c, depth);
    list.push(next);
  }
  return sequence(list);
}

const productions: readonly (readonly [number, Production])[] = [
  [14, declareScalar],
  [6, declareObject],
  [2, aliasObject],
  [14, assignScalar],
  [3, assignObject],
  [8, branch],
  [5, forLoop],
  [3, whileLoop],
  [3, forOf],
  [4, jump],
  [3, leave],
  [1, labelledBlock],
  [3, choice],
  [4, closure],
  [1, swap],
  [2, destructure],
  [2, destructureArray],
  [2, declareOptional],
  [6, useMap],
  [2, callStatement],
  [1, fill],
  [1, forEach],
  [1, assignWhere],
  [1, assignPattern],
  [1, restOfArray],
  [1, restOfObject],
  [1, declareFilled],
  [1, declareOptionalObject],
  [2, helperLoop],
  [1, mapForEach],
  [2, useQueue],
  [1, textLoop],
  [1, chooseObject],
  [1, reassignObject],
  [1, callOptional],
  [1, callWithOptional],
  [1, callOptionalObject],
  [1, declareLater],
  [1, unrolled],
  [2, oddLoop],
  [1, forOfStructs],
  [1, textChoice],
  [1, patternParameter],
  [1, nestedPattern],
  [1, patternWithDefault],
];

const total = productions.reduce((all, [weight]) => all + weight, 0);

function oneStatement(c: Context, depth: number): Tree {
  c.fuel -= 2;
  for (let tries = 0; tries < 6; tries += 1) {
    let at = c.random.below(total);
    for (const [weight, production] of productions) {
      at -= weight;
      if (at >= 0) continue;
      const made =
        depth > 0 || production === declareScalar || production === assignScalar ? production(c, depth) : undefined;
      if (made) return made;
      break;
    }
  }
  return declareScalar(c, Math.max(depth, 1)) as Tree;
}
