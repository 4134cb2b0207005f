/** What all programs of one object share: the IR module, maps and globals as they come to be needed. */
import type { ts } from '@ts-morph/bootstrap';
import type { Diagnostic } from '../diagnostics/index.js';
import { sectionNames } from '../discover/naming.js';
import type { Recording } from '../evaluated/recording.js';
import type { Evaluator } from '../evaluate/index.js';
import { IrModule } from '../ir/module.js';
import { globalName, type IrValue } from '../ir/values.js';
import type { Discovery, DiscoveredMap, DiscoveredShared, LoadConstant } from '../model.js';
import { lostSection } from '../object/lost-events.js';
import type { CompilerOptions } from '../options.js';
import type * as Pcap from '../pcap/index.js';
import { TypeConverter } from '../types/convert.js';
import { KernelTypes } from '../types/kernel.js';
import { alignOf, integers, type BpfType } from '../types/types.js';
import { CallGraph } from './call-graph.js';
import { DebugInfo } from './debug-info.js';
import { KernelDebug } from './kernel-debug.js';
import { describeMap, type MapLayout } from './maps.js';
import { defineShared } from './shared.js';

export interface ModuleInput {
  readonly discovery: Discovery;
  readonly checker: ts.TypeChecker;
  readonly evaluator: Evaluator;
  readonly options: CompilerOptions;
  readonly projectDirectory: string;
  readFile(file: string): string | undefined;
  /** Takes down what is decided, for `--emit evaluated`. */
  readonly recording?: Recording | undefined;
  /** What compiles tcpdump expressions, where a file names `pcapFilter`. */
  readonly pcap?: typeof Pcap | undefined;
  /** Functions and declarations that are in error already: they are not lowered, and what uses them is given up silently. */
  readonly broken?: ReadonlySet<ts.Node>;
}

/** A constant of `.rodata` that is filled in at load. */
export interface LoadVariable extends LoadConstant {
  readonly type: BpfType;
}

export class ModuleContext {
  readonly ir: IrModule;
  readonly debug: DebugInfo;
  readonly types: TypeConverter;
  readonly kernelTypes: KernelTypes;
  readonly kernelDebug: KernelDebug;
  readonly callGraph: CallGraph;
  readonly diagnostics: Diagnostic[] = [];
  readonly checker: ts.TypeChecker;
  readonly evaluator: Evaluator;
  readonly options: CompilerOptions;
  readonly discovery: Discovery;
  readonly recording: Recording | undefined;
  readonly pcap: typeof Pcap | undefined;
  private readonly broken: ReadonlySet<ts.Node>;
  private readonly layouts = new Map<DiscoveredMap, MapLayout>();
  private readonly sharedTypes = new Map<DiscoveredShared, BpfType>();
  private readonly loads = new Map<ts.Symbol, LoadVariable>();
  private readonly names = new Set<string>();
  private readonly constants = new Map<string, IrValue>();
  private readonly lostCounters = new Map<DiscoveredMap, string>();

  /** Reads a description of the kernel's, through the compiler's host. */
  readonly readFile: (file: string) => string | undefined;

  constructor(input: ModuleInput) {
    this.readFile = (file) => input.readFile(file);
    this.checker = input.checker;
    this.evaluator = input.evaluator;
    this.options = input.options;
    this.discovery = input.discovery;
    this.recording = input.recording;
    this.pcap = input.pcap;
    this.broken = input.broken ?? new Set();
    this.debug = new DebugInfo(input.discovery.entry, input.projectDirectory);
    this.ir = new IrModule(String(this.debug.file(input.discovery.entry).fields['filename']));
    this.ir.compileUnit = this.debug.compileUnit;
    this.types = new TypeConverter(input.checker);
    this.kernelTypes = new KernelTypes(input.checker, this.types);
    this.kernelDebug = new KernelDebug(this.debug);
    this.callGraph = new CallGraph(input.checker);
  }

  /** Whether a node is, or stands in, a part that is in error already. */
  isBroken(node: ts.Node): boolean {
    if (this.broken.size === 0) return false;
    for (let at: ts.Node | undefined = node; at; at = at.parent) if (this.broken.has(at)) return true;
    return false;
  }

  /** The layout of a map; its global is made at the first call. */
  map(map: DiscoveredMap): MapLayout {
    let layout = this.layouts.get(map);
    if (!layout) {
      layout = describeMap(map, this);
      this.layouts.set(map, layout);
    }
    return layout;
  }

  /**
   * The type of a shared struct; its global is made at the first call.
   *
   * @throws Refused where its type or its initial values cannot be stored.
   */
  defineShared(shared: DiscoveredShared): BpfType {
    let type = this.sharedTypes.get(shared);
    if (!type) {
      type = defineShared(shared, this);
      this.sharedTypes.set(shared, type);
    }
    return type;
  }

  /** The `.rodata` variable of a constant that only the running program knows. */
  loadVariable(symbol: ts.Symbol, name: string, type: BpfType, at: ts.Node): LoadVariable {
    let variable = this.loads.get(symbol);
    if (!variable) {
      const unique = this.uniqueName(name);
      variable = { name: unique, symbol, type };
      this.loads.set(symbol, variable);
      this.ir.globals.push({
        name: unique,
        bytes: new Uint8Array(type.size),
        section: '.rodata',
        align: alignOf(type),
        constant: true,
        internal: false,
        debug: this.debug.global(unique, this.debug.type(type), at),
      });
    }
    return variable;
  }

  /** The variable that counts what a ring buffer had no room for; it is made at the first call. */
  lostCounter(ring: DiscoveredMap): string {
    let name = this.lostCounters.get(ring);
    if (!name) {
      name = this.uniqueName(`__tsbpf_lost_${ring.name}`);
      this.lostCounters.set(ring, name);
      this.ir.globals.push({
        name,
        bytes: new Uint8Array(8),
        section: lostSection(ring.name),
        align: 8,
        constant: false,
        internal: false,
        debug: this.debug.global(name, this.debug.type(integers.u64), ring.declaration),
      });
    }
    return name;
  }

  /** Bytes that are known at build, in `.rodata`. */
  constantBytes(bytes: Uint8Array, align: number): IrValue {
    const key = `${align}:${Buffer.from(bytes).toString('latin1')}`;
    let name = this.constants.get(key);
    if (!name) {
      const global = `.constant.${this.constants.size}`;
      this.ir.globals.push({ name: global, bytes, section: '.rodata', align, constant: true, internal: true });
      this.constants.set(key, (name = globalName(global)));
    }
    return name;
  }

  /** A name that no map, program or other global has. */
  uniqueName(wanted: string): string {
    let name = wanted;
    for (let number = 2; this.names.has(name) || this.isTaken(name); number++) name = `${wanted}_${number}`;
    this.names.add(name);
    return name;
  }

  private isTaken(name: string): boolean {
    const { programs, maps, shared } = this.discovery;
    return (
      sectionNames(programs.map(({ kind }) => kind)).includes(name) ||
      programs.some((program) => program.name === name) ||
      [...maps.values()].some((map) => map.name === name) ||
      [...shared.values()].some((entry) => entry.name === name)
    );
  }
}
