/** `--emit evaluated`: a file's programs as TypeScript, after partial evaluation. Made of what lowering took down alone. */
import path from 'node:path';
import { render } from '../evaluate/render.js';
import type { Discovery, FunctionNode } from '../model.js';
import { typeName, type BpfType } from '../types/types.js';
import { ts } from '../typescript.js';
import { Body } from './body.js';
import type { Surroundings } from './expressions.js';
import type { Activation, Decision, RecordedProgram, Recording } from './recording.js';

const { factory } = ts;

/**
 * Prints what lowering left of a file.
 *
 * @param recording what it took down; the compilation had no errors.
 * @returns TypeScript that says what is compiled. It is to be read: types and imports are those of the source.
 */
export function printEvaluated(recording: Recording, discovery: Discovery): string {
  const printer = new Printer(discovery);
  const programs = recording.programs.map((program) => printer.program(program));
  const head = `// The BPF half of ${path.basename(discovery.entry.fileName)} after partial evaluation.`;
  const sections = [head, printer.loads(), mapTexts(recording), sharedTexts(recording), printer.constants()];
  return `${[...sections, ...printer.functions(), ...programs].filter(Boolean).join('\n\n')}\n`;
}

class Printer implements Surroundings {
  private readonly names = new Set<string>();
  private readonly objects = new Map<ts.Symbol, { readonly name: string; readonly value: unknown }>();
  private readonly atLoad = new Map<string, BpfType>();
  /** Specialised functions by their text, without a name. */
  private readonly specialised = new Map<string, { readonly name: string; readonly text: string }>();
  private readonly printer = ts.createPrinter({ newLine: ts.NewLineKind.LineFeed });

  constructor(discovery: Discovery) {
    for (const { name } of [...discovery.programs, ...discovery.maps.values(), ...discovery.shared.values()]) {
      this.names.add(name);
    }
  }

  program({ program, targets, options, activation }: RecordedProgram): string {
    const { form, kind, site, name, function: node } = program;
    const given = options.map(([option, value]) => `${option}: ${value}`);
    const after = given.length > 0 ? [`{ ${given.join(', ')} }`] : [];
    const before = targets.map((target) => render(target));
    if (form === 'decorator') {
      const all = [...before, ...after];
      return `@${kind}${all.length > 0 ? `(${all.join(', ')})` : ''}\n${this.functionText(activation, name, node.parameters)}`;
    }
    const written = this.functionText(activation, undefined, node.parameters);
    const made = form === 'class' ? `new ${(site as ts.NewExpression).expression.getText()}` : kind;
    return `const ${name} = ${made}(${[...before, written, ...after].join(', ')});`;
  }

  constantName(symbol: ts.Symbol, value: unknown): string {
    const known = this.objects.get(symbol);
    if (known) return known.name;
    const name = this.claim(symbol.name);
    this.objects.set(symbol, { name, value });
    return name;
  }

  loadName({ constant }: Extract<Decision, { kind: 'load' }>): string {
    this.atLoad.set(constant.name, constant.type);
    return constant.name;
  }

  functionName(activation: Activation, parameters: readonly ts.ParameterDeclaration[]): string | undefined {
    if (!isSelfContained(activation, [])) return undefined;
    const key = this.functionText(activation, '', parameters);
    const known = this.specialised.get(key);
    if (known) return known.name;
    const name = this.claim(nameOf(activation.node as FunctionNode));
    const comment = this.knownParameters(activation, parameters);
    this.specialised.set(key, { name, text: comment + this.functionText(activation, name, parameters) });
    return name;
  }

  loads(): string {
    const lines = [...this.atLoad].map(
      ([name, type]) => `declare const ${name}: ${typeName(type)}; // known at load: ${width(type)} of .rodata`,
    );
    return lines.join('\n');
  }

  constants(): string {
    return [...this.objects.values()].map(({ name, value }) => `const ${name} = ${render(value)};`).join('\n');
  }

  functions(): string[] {
    return [...this.specialised.values()].map(({ text }) => text);
  }

  /** A comment with the parameters that are constants here. */
  private knownParameters({ node, decisions }: Activation, kept: readonly ts.ParameterDeclaration[]): string {
    const gone = (node as FunctionNode).parameters.filter((one) => !kept.includes(one));
    const parts = gone.flatMap(({ name }) => {
      const decision = decisions.get(name);
      return decision?.kind === 'value' ? [`${name.getText()} = ${render(decision.value)}`] : [];
    });
    return parts.length > 0 ? `// with ${parts.join(', ')}\n` : '';
  }

  /** @param name of a declaration; undefined for an arrow function. */
  private functionText(
    activation: Activation,
    name: string | undefined,
    parameters: readonly ts.ParameterDeclaration[],
  ): string {
    const node = activation.node as FunctionNode;
    const { transformed } = ts.transform(node as ts.Node, [
      (context) => () => {
        const body = new Body(activation, this, context);
        const own = parameters.map((one) => body.parameter(one));
        const block = body.ofFunction() ?? factory.createBlock([]);
        if (name === undefined) {
          return factory.createArrowFunction(undefined, node.typeParameters, own, node.type, undefined, block);
        }
        const whole = ts.isBlock(block) ? block : factory.createBlock([factory.createReturnStatement(block)], true);
        return factory.createFunctionDeclaration(
          undefined,
          undefined,
          name,
          node.typeParameters,
          own,
          node.type,
          whole,
        );
      },
    ]);
    return this.printer
      .printNode(ts.EmitHint.Unspecified, transformed[0]!, node.getSourceFile())
      .replace(/^( {4})+/gm, (spaces) => ' '.repeat(spaces.length / 2));
  }

  private claim(wanted: string): string {
    let name = wanted;
    for (let number = 2; this.names.has(name); number++) name = `${wanted}_${number}`;
    this.names.add(name);
    return name;
  }
}

/** Whether all that a function calls back is written at the top of a file, or within the function itself. */
function isSelfContained(activation: Activation, around: readonly ts.Node[]): boolean {
  const isLoop = ts.isForOfStatement(activation.node);
  const outer = isLoop ? undefined : ts.findAncestor(activation.node.parent, ts.isFunctionLike);
  if (outer && !around.includes(outer)) return false;
  const owners = isLoop ? around : [...around, activation.node];
  return [...activation.inner.values()].flat().every((one) => isSelfContained(one, owners));
}

function nameOf(node: FunctionNode): string {
  const name = node.name ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name : undefined);
  return name && ts.isIdentifier(name) ? name.text : 'anonymous';
}

function width({ size }: BpfType): string {
  return size <= 8 ? `${size * 8} bits` : `${size} bytes`;
}

function mapTexts({ maps }: Recording): string {
  const lines = [...maps].map(([{ name, kind, creation }, { maxEntries, flags, inner }]) => {
    const types = creation.typeArguments?.map((type) => type.getText()).join(', ');
    const size = kind === 'RingBuffer' || kind === 'UserRingBuffer' ? 'size' : 'maxEntries';
    const options = [
      ...(maxEntries === undefined ? [] : [`${size}: ${maxEntries === 0 ? '0 /* known at load */' : maxEntries}`]),
      ...(flags ? [`flags: ${flags}`] : []),
      ...(inner ? [`inner: { maxEntries: ${inner.maxEntries}, flags: ${inner.flags} }`] : []),
    ];
    const given = options.length > 0 ? `{ ${options.join(', ')} }` : '';
    return `const ${name} = new ${kind}${types ? `<${types}>` : ''}(${given});`;
  });
  return lines.join('\n');
}

function sharedTexts({ shared }: Recording): string {
  const lines = [...shared].map(([{ name, creation }, initial]) => {
    const types = creation.typeArguments?.map((type) => type.getText()).join(', ');
    const value = initial ? render(initial.value) : '{ /* known at load */ }';
    return `const ${name} = ${creation.expression.getText()}${types ? `<${types}>` : ''}(${value});`;
  });
  return lines.join('\n');
}
