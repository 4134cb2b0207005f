/** `--emit module`: an ES module around the object, and its declarations, for user-space code that stands elsewhere. */
import { ts } from '../typescript.js';
import type { CompiledProgram, DiscoveredMap, DiscoveredShared } from '../model.js';
import { stripTypes, type TransformInput } from './index.js';
import { TypePrinter } from './type-printer.js';

export interface EmittedModule {
  /** JavaScript that imports `tsbpf` alone. */
  readonly code: string;
  /** The matching `.d.ts`. */
  readonly declarations: string;
}

/**
 * Makes a typed module that exports a handle for each program, each map and all shared data of a compilation.
 *
 * Where programs have constants that only a running program knows, the module exports `setConstants`, to be called
 * before the first program is loaded; what was not set is 0.
 *
 * @param compilation one without errors.
 */
export function emitModule(compilation: TransformInput): EmittedModule {
  const { discovery, programs } = compilation;
  if (!discovery) throw new Error('there is no module to emit: the source file was not read');
  const parts: Parts = {
    programs,
    maps: [...discovery.maps.values()],
    shared: [...discovery.shared.values()],
    constants: [...new Set(programs.flatMap(({ constants }) => constants.map(({ name }) => name)))],
  };
  return { code: emitCode(parts, compilation.object()), declarations: emitDeclarations(parts) };
}

interface Parts {
  readonly programs: readonly CompiledProgram[];
  readonly maps: readonly DiscoveredMap[];
  readonly shared: readonly DiscoveredShared[];
  readonly constants: readonly string[];
}

function emitCode({ programs, maps, shared, constants }: Parts, object: Uint8Array | undefined): string {
  const classes = new Set<string>(maps.map(({ kind }) => kind));
  if (shared.length) classes.add('shared');
  const getters = [...maps, ...shared].map(({ name }) => `${name}: () => ${name}`);
  const lines = [
    "import { createModule as __createModule } from 'tsbpf/module';",
    ...(classes.size
      ? [`import { ${[...classes].map((name) => `${name} as __${name}`).join(', ')} } from 'tsbpf';`]
      : []),
    '',
    'const __module = __createModule({',
    '  url: import.meta.url,',
    `  object: '${Buffer.from(object ?? []).toString('base64')}',`,
    `  maps: { ${getters.join(', ')} },`,
    '});',
  ];
  if (constants.length) {
    lines.push(
      `const __constants = { ${constants.map((name) => `${name}: 0`).join(', ')} };`,
      'export function setConstants(values) { Object.assign(__constants, values); }',
    );
  }
  for (const map of maps) {
    lines.push(
      `export const ${map.name} = new __${map.kind}(${literalText(map.options)}, __module.map('${map.name}'));`,
    );
  }
  for (const { name, perCpu, initial } of shared) {
    const make = perCpu ? '__shared.perCpu' : '__shared';
    lines.push(`export const ${name} = ${make}(${literalText(initial)}, __module.shared('${name}'));`);
  }
  for (const program of programs) {
    const values = program.constants.map(({ name }) => `${name}: __constants.${name}`);
    const getter = values.length ? `() => ({ ${values.join(', ')} })` : '() => ({})';
    lines.push(`export const ${program.name} = __module.program('${program.name}', { constants: ${getter} });`);
  }
  return `${lines.join('\n')}\n`;
}

function emitDeclarations({ programs, maps, shared, constants }: Parts): string {
  const printer = new TypePrinter();
  const lines: string[] = [];
  for (const { name, kind, typeArguments } of maps) {
    const types = typeArguments.map((type) => printer.print(type)).join(', ');
    lines.push(`export declare const ${name}: ${printer.use(kind)}${types ? `<${types}>` : ''};`);
  }
  for (const { name, perCpu, type } of shared) {
    const text = printer.print(type);
    lines.push(
      `export declare const ${name}: ${perCpu ? `ReturnType<typeof ${printer.use('shared')}.perCpu<${text}>>` : text};`,
    );
  }
  for (const { name } of programs) lines.push(`export declare const ${name}: ${printer.use('Program')};`);
  if (constants.length) {
    const fields = constants.map((name) => `readonly ${name}?: number | bigint | boolean`);
    lines.push(
      '/** Sets what the programs take as constants; to be called before the first of them is loaded. */',
      `export declare function setConstants(values: { ${fields.join('; ')} }): void;`,
    );
  }
  const imports = printer.names.length ? [`import { ${printer.names.join(', ')} } from 'tsbpf';`, ''] : [];
  return `${[...imports, ...lines].join('\n')}\n`;
}

/** An expression of literals alone as it was written; what names something is in the object already. */
function literalText(expression: ts.Expression | undefined): string {
  if (!expression || !isLiteral(expression)) return '{}';
  const { code } = stripTypes('/options.ts', `export default (${expression.getText()});`);
  const end = code.indexOf('//# sourceMappingURL');
  return code.slice('export default '.length, end).trim().replace(/;$/, '');
}

function isLiteral(node: ts.Node): boolean {
  if (ts.isShorthandPropertyAssignment(node) || ts.isSpreadAssignment(node)) return false;
  if (ts.isIdentifier(node)) return ts.isPropertyAssignment(node.parent) && node.parent.name === node;
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) return false;
  return ts.forEachChild(node, (child) => (ts.isTypeNode(child) || isLiteral(child) ? undefined : true)) === undefined;
}
