/** What lowering one program needs: where instructions go, which names are visible, where `return` and `break` lead. */
import type { ts } from '@ts-morph/bootstrap';
import type { Diagnostic } from '../diagnostics/index.js';
import type { Recording } from '../evaluated/recording.js';
import { FunctionBuilder } from '../ir/builder.js';
import type { Block } from '../ir/instructions.js';
import type { MetadataNode } from '../ir/metadata.js';
import type { IrFunction } from '../ir/module.js';
import { i1, i32, voidType } from '../ir/types.js';
import { constant, type IrRegister, type IrValue } from '../ir/values.js';
import type { DiscoveredMap, DiscoveredProgram, DiscoveredShared, FunctionNode } from '../model.js';
import type { ProgramType } from '../programs/index.js';
import { isScalar, type BpfType } from '../types/types.js';
import type { LoadVariable, ModuleContext } from './module-context.js';
import { checkMovedHeaders } from './moved-headers.js';
import { checkOverwritten } from './overwritten.js';
import { keepAddressTestsApart } from './address-tests.js';
import { showFollowedOffsets } from './followed-offsets.js';
import { NotSeparable, Refused } from './refused.js';
import { Scope } from './scope.js';
import type { Value } from './values.js';

export interface ProgramOptions {
  readonly defaultResult: number;
  readonly minimumPacketSize: number;
  /** Of XDP programs: whether packets may lie in several buffers. */
  readonly frags: boolean;
}

/** Where `break` and `continue` lead. */
export interface Target {
  readonly label: ts.Symbol | string | undefined;
  readonly breakTo: Block;
  readonly continueTo: Block | undefined;
}

/** A function whose body is being lowered: the program's own, or one that is inlined into it. */
export interface Frame {
  readonly function: FunctionNode;
  readonly parent: Frame | undefined;
  /** Takes what `return` gives. */
  return(value: Value, node: ts.Node): void;
  readonly targets: Target[];
}

/** The IR function that instructions go into: the program's own, or one that a helper calls back. */
export interface FunctionState {
  readonly builder: FunctionBuilder;
  readonly subprogram: MetadataNode;
  /** The program's context, as this function knows it. */
  contextPointer(): IrValue;
  /** What ends the program: a return of its default result, or a word to the function that called this one. */
  leave(): void;
  exit?: Block;
  /** Whether an address into the packet was given to the program, which moving the packet would make invalid. */
  viewsPacket: boolean;
  /** Where the returns of the program meet, and what they give. */
  returns?: { readonly block: Block; readonly result: IrValue };
  /** Where the packet's first byte and its end are kept; see packet-bounds.ts. */
  packetBounds?: { readonly data: IrValue; readonly end: IrValue };
}

export class LoweringContext {
  readonly usedMaps = new Set<DiscoveredMap>();
  readonly usedShared = new Set<DiscoveredShared>();
  readonly usedConstants = new Set<LoadVariable>();
  scope = new Scope();
  /** Comparisons are the bound of a loop that LLVM must not replace by another way out; see visitors/loops.ts. */
  keepsBounds = false;
  /** How many functions of the object, other than the program, are being lowered around this point. */
  separate = 0;
  frame!: Frame;
  private state: FunctionState;
  private readonly assigned = new Map<FunctionNode, ReadonlySet<ts.Symbol>>();

  constructor(
    readonly module: ModuleContext,
    readonly program: DiscoveredProgram,
    readonly type: ProgramType,
    readonly options: ProgramOptions,
    ir: IrFunction,
    subprogram: MetadataNode,
    /** What the decorator says before its options: `'sys_close'`. */
    readonly targets: readonly string[],
  ) {
    const builder = new FunctionBuilder(ir);
    this.state = {
      builder,
      subprogram,
      viewsPacket: false,
      contextPointer: () => ir.parameters[0]!,
      leave: () => this.leaveWith(constant(i32, options.defaultResult)),
    };
  }

  get builder(): FunctionBuilder {
    return this.state.builder;
  }

  /** The function that instructions go into. */
  get functionState(): FunctionState {
    return this.state;
  }

  get contextPointer(): IrValue {
    return this.state.contextPointer();
  }

  /** The function that takes the instructions now. */
  get currentFunction(): FunctionState {
    return this.state;
  }

  /** Whether what is lowered now may run more than once: in a loop of this function, or around its call. */
  isInLoop(): boolean {
    for (let frame: Frame | undefined = this.frame; frame; frame = frame.parent)
      if (frame.targets.some(({ continueTo }) => continueTo)) return true;
    return false;
  }

  /** Runs `lower` with another function taking the instructions. */
  inFunction<T>(state: FunctionState, lower: () => T): T {
    const outer = { state: this.state, frame: this.frame, scope: this.scope };
    this.state = state;
    try {
      return lower();
    } finally {
      this.state = outer.state;
      this.frame = outer.frame;
      this.scope = outer.scope;
    }
  }

  /** Where decisions are taken down, if anybody asked. */
  get recording(): Recording | undefined {
    return this.module.recording;
  }

  get checker(): ts.TypeChecker {
    return this.module.checker;
  }

  /** Says what is wrong and gives the current statement up. */
  refuse(diagnostic: Diagnostic): never {
    this.report(diagnostic);
    throw new Refused();
  }

  /** What follows is better, or only works, where it is inlined into the program: it has the packet's bounds. */
  keepInline(): void {
    if (this.separate > 0) throw new NotSeparable();
  }

  report(diagnostic: Diagnostic): void {
    this.module.diagnostics.push(diagnostic);
  }

  /** The instructions that follow come from this node. */
  at(node: ts.Node): void {
    this.builder.debug = this.module.debug.location(node, this.state.subprogram);
  }

  /** Runs `lower` with a scope of its own. */
  scoped<T>(lower: () => T, scope: Scope = new Scope(this.scope)): T {
    const outer = this.scope;
    this.scope = scope;
    try {
      return lower();
    } finally {
      this.scope = outer;
    }
  }

  /** Memory of the program's stack for a value of this type. */
  allocate(type: BpfType): IrRegister {
    if (isScalar(type)) return this.builder.allocate(type.size);
    return this.builder.allocate(type.size, this.module.debug.type(type));
  }

  allocatePointer(): IrRegister {
    return this.builder.allocate(8);
  }

  /** The block that ends the program with its default result: where JavaScript would throw. */
  exitBlock(): Block {
    return (this.state.exit ??= this.builder.createBlock('default'));
  }

  /** Tells LLVM what it may take for true from here on, since the language has it so. */
  assume(condition: IrValue): void {
    this.module.ir.declare({ name: 'llvm.assume', returns: voidType, parameters: [i1] });
    this.builder.assume(condition);
  }

  /** Returns from the program. All returns meet in one block at the end, around which LLVM lays the code out as it does for C. */
  leaveWith(result: IrValue): void {
    const { builder } = this;
    this.state.returns ??= { block: builder.createBlock('return'), result: builder.allocate(4) };
    const { block, result: slot } = this.state.returns;
    builder.store(result, slot, 4);
    builder.jump(block);
  }

  /** Writes the exit block and the return, if anything leads there. */
  finish(): void {
    if (this.state.exit) {
      this.builder.start(this.state.exit);
      this.state.leave();
    }
    if (this.state.returns) {
      this.builder.start(this.state.returns.block);
      this.builder.return(this.builder.load(i32, this.state.returns.result, 4));
    }
    this.builder.finish();
    checkMovedHeaders(this);
    checkOverwritten(this);
    keepAddressTestsApart(this.builder.function_);
    showFollowedOffsets(this.builder.function_, this.builder.hasLoops);
  }

  /** Whether any code of the function assigns to the name after its declaration. */
  isReassigned(
    symbol: ts.Symbol,
    within: FunctionNode,
    find: (within: FunctionNode) => ReadonlySet<ts.Symbol>,
  ): boolean {
    let symbols = this.assigned.get(within);
    if (!symbols) this.assigned.set(within, (symbols = find(within)));
    return symbols.has(symbol);
  }

  /** The symbol that a name means, through imports. */
  symbolOf(node: ts.Node): ts.Symbol | undefined {
    const symbol = this.checker.getSymbolAtLocation(node);
    if (!symbol) return undefined;
    return symbol.flags & 2097152 /* Alias */ ? this.checker.getAliasedSymbol(symbol) : symbol;
  }
}
