/** What the generator knows where it stands: names in scope, what may be jumped to, how deep it is. */
import { Random } from '../random.js';
import type { Tree } from '../tree.js';
import type { ArrayType, ScalarType, StructType, Type } from './types.js';

export interface Variable {
  readonly name: string;
  readonly type: Type;
  /** Whether it may be assigned to. */
  readonly mutable: boolean;
  /** Whether only the run knows its value. */
  readonly varies: boolean;
}

/** A function that can be called: of the program's own declarations, or a local one. */
export interface Callable {
  readonly name: string;
  readonly parameters: readonly { readonly type: Type; readonly optional: boolean }[];
  /** Numbers may follow. */
  readonly rest: boolean;
  readonly result: Type;
}

export interface MapVariable {
  readonly name: string;
  readonly key: 'u32' | 'u64' | StructType;
  /** Of struct keys: the function that makes one of a small number. */
  readonly makeKey: string | undefined;
  readonly value: Type;
  readonly array: boolean;
}

export interface QueueVariable {
  readonly name: string;
  readonly value: ScalarType | StructType;
}

export interface Optional {
  readonly name: string;
  readonly type: Type;
}

export class Context {
  variables: Variable[] = [];
  callables: Callable[] = [];
  optionals: Optional[] = [];
  readonly maps: MapVariable[] = [];
  readonly queues: QueueVariable[] = [];
  readonly structs: StructType[] = [];
  readonly arrays: ArrayType[] = [];
  readonly enumMembers: string[] = [];
  readonly declarations: Tree[] = [];
  /** Labels that `break` may name, innermost last; `continue` those of loops. */
  labels: { readonly name: string; readonly loop: boolean }[] = [];
  /** Loops and switches that `break` leaves, loops that `continue` goes on with. */
  breakable = 0;
  loops = 0;
  /** How deep loops are nested, those of callers included: what they do is multiplied. */
  nested = 0;
  /** How much more the function may hold. */
  fuel: number;
  /** Of the function being generated; undefined where no return may stand. */
  result: Type | undefined;
  private names = 0;

  constructor(
    readonly random: Random,
    readonly index: number,
    fuel: number,
  ) {
    this.fuel = fuel;
  }

  /** A name that nothing else in the module has. */
  name(prefix: string): string {
    this.names += 1;
    return `${prefix}${this.names}_${this.index}`;
  }

  /** A name that is local to the function. */
  local(prefix: string): string {
    this.names += 1;
    return `${prefix}_${this.names}`;
  }

  /** Runs in a scope of its own: what it declares is gone afterwards. */
  scoped<T>(run: () => T): T {
    const { variables, callables, optionals, labels, breakable, loops, nested, result } = this;
    this.variables = [...variables];
    this.callables = [...callables];
    this.optionals = [...optionals];
    this.labels = [...labels];
    try {
      return run();
    } finally {
      Object.assign(this, { variables, callables, optionals, labels, breakable, loops, nested, result });
    }
  }
}
