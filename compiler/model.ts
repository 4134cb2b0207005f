/**
 * What the stages hand to one another. `discover` fills these in; `evaluate`, `check`, `lower` and `transform` read them.
 */
import type { ts } from '@ts-morph/bootstrap';

/** A function whose body can be compiled. */
export type FunctionNode = ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction | ts.MethodDeclaration;

/** The program types, by the name of the decorator. */
export type ProgramKind =
  | 'socketFilter'
  | 'kprobe'
  | 'kretprobe'
  | 'uprobe'
  | 'uretprobe'
  | 'tracepoint'
  | 'rawTracepoint'
  | 'tc'
  | 'tcAction'
  | 'xdp'
  /** `new IngressFilter(fn)` and `new EgressFilter(fn)`: a tc classifier where nonzero drops. */
  | 'ingressFilter'
  | 'egressFilter';

/** How a program was written; it decides what the user-space half replaces. */
export type ProgramForm =
  /** `@kprobe('x') function f…`, `@xdp static f…` */
  | 'decorator'
  /** `kprobe('x', fn, options)` */
  | 'call'
  /** `new SocketFilter(fn, options)`: the function is named or written there */
  | 'class';

export interface DiscoveredProgram {
  readonly kind: ProgramKind;
  readonly form: ProgramForm;
  /** The C name in the object; unique in the module. */
  readonly name: string;
  readonly function: FunctionNode;
  /** The decorator, the call, or the `new` expression. */
  readonly site: ts.Decorator | ts.CallExpression | ts.NewExpression;
  /** What precedes the function and the options: `'sys_close'`, `'ingress'`, a path and a symbol. */
  readonly targets: readonly ts.Expression[];
  readonly options: ts.Expression | undefined;
}

/** The map classes, by their names in surface.md. */
export type MapKind =
  | 'HashMap'
  | 'LruHashMap'
  | 'PerCpuHashMap'
  | 'LruPerCpuHashMap'
  | 'ArrayMap'
  | 'PerCpuArray'
  | 'LpmTrie'
  | 'Queue'
  | 'Stack'
  | 'BloomFilter'
  | 'StackTraceMap'
  | 'ProgramArray'
  | 'DevMap'
  | 'CpuMap'
  | 'XskMap'
  | 'HashOfMaps'
  | 'ArrayOfMaps'
  | 'SocketStorage'
  | 'TaskStorage'
  | 'CgroupArray'
  | 'PerfQueue'
  | 'RingBuffer'
  | 'UserRingBuffer';

export interface DiscoveredMap {
  readonly kind: MapKind;
  /** The C name in the object; unique in the module. */
  readonly name: string;
  /** The constant that holds the map (aliases resolved). */
  readonly symbol: ts.Symbol;
  readonly declaration: ts.VariableDeclaration | ts.PropertyDeclaration;
  readonly creation: ts.NewExpression;
  /** Resolved `K, V`, or `V` or `T` alone, as the class declares them. */
  readonly typeArguments: readonly ts.Type[];
  readonly options: ts.Expression | undefined;
}

/** `const state = shared<T>({…})`: a struct of globals. */
export interface DiscoveredShared {
  readonly name: string;
  readonly symbol: ts.Symbol;
  readonly declaration: ts.VariableDeclaration | ts.PropertyDeclaration;
  readonly creation: ts.CallExpression;
  readonly perCpu: boolean;
  readonly type: ts.Type;
  readonly initial: ts.Expression | undefined;
}

/** Everything of one entry file that concerns the kernel. */
export interface Discovery {
  readonly entry: ts.SourceFile;
  readonly programs: readonly DiscoveredProgram[];
  /** Every map and shared that the entry file declares, and those of other files that its programs reach. */
  readonly maps: ReadonlyMap<ts.Symbol, DiscoveredMap>;
  readonly shared: ReadonlyMap<ts.Symbol, DiscoveredShared>;
  /** All functions that the programs reach by name, the programs' own included. */
  readonly functions: ReadonlySet<FunctionNode>;
}

/** A constant that the running program fills in before the kernel sees the object. */
export interface LoadConstant {
  /** The variable's name in `.rodata`. */
  readonly name: string;
  /** The name in the source, as seen where the program function stands. */
  readonly symbol: ts.Symbol;
}

/** What lowering one program needs to tell the user-space half. */
export interface CompiledProgram {
  readonly source: DiscoveredProgram;
  readonly name: string;
  readonly section: string;
  /** What the decorator says before its options: `'sys_close'`, `'egress'`. */
  readonly targets: readonly string[];
  readonly constants: readonly LoadConstant[];
  readonly maps: readonly DiscoveredMap[];
  readonly shared: readonly DiscoveredShared[];
}
