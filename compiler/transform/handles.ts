/** What stands in user space where a program function, a map or shared data was written. */
import { ts } from '../typescript.js';
import type { CompiledProgram, DiscoveredMap, DiscoveredShared } from '../model.js';
import type { Edit } from './edits.js';
import type { ForeignNames } from './foreign.js';

/** Edits of a file, and what has to stand at its top. */
export interface Replacement {
  readonly edits: readonly Edit[];
  readonly prelude: string;
}

/** Replaces the function of one program by its handle. */
export function replaceProgram(program: CompiledProgram, entry: ts.SourceFile, foreign: ForeignNames): Replacement {
  const handle = handleText(program, entry, foreign);
  const { form, site, function: target } = program.source;
  if (form === 'call') return { edits: [replace(site, handle, entry)], prelude: '' };
  if (form === 'class') {
    return { edits: [replace((site as ts.NewExpression).arguments![0]!, handle, entry)], prelude: '' };
  }
  if (ts.isMethodDeclaration(target)) {
    return { edits: [replace(target, `static ${target.name.getText()} = ${handle};`, entry)], prelude: '' };
  }
  return replaceDeclaration(target as ts.FunctionDeclaration, handle, entry);
}

/** A function declaration is known in all of its block, so its handle stands at the block's beginning. */
function replaceDeclaration(target: ts.FunctionDeclaration, handle: string, entry: ts.SourceFile): Replacement {
  const name = target.name?.text ?? '__tsbpf_default';
  const text = `const ${name} = ${handle}; `;
  const { parent } = target;
  if (ts.isSourceFile(parent)) {
    const has = (kind: ts.SyntaxKind) => (target.modifiers ?? []).some((modifier) => modifier.kind === kind);
    const exported = has(ts.SyntaxKind.ExportKeyword);
    const byDefault = exported && has(ts.SyntaxKind.DefaultKeyword);
    const prelude = byDefault ? `${text}export { ${name} as default }; ` : `${exported ? 'export ' : ''}${text}`;
    return { edits: [replace(target, '', entry)], prelude };
  }
  if (ts.isBlock(parent) || ts.isModuleBlock(parent)) {
    const opening = parent.getStart(entry) + 1;
    return { edits: [replace(target, '', entry), { start: opening, end: opening, text: ` ${text}` }], prelude: '' };
  }
  return { edits: [replace(target, text, entry)], prelude: '' };
}

/** `new HashMap<u32, u64>({…})` gets the object's definition as a second argument. */
export function replaceMap(map: DiscoveredMap): Edit {
  return addDefinition(map.creation, `__tsbpf.map(${JSON.stringify(map.name)})`);
}

/** `shared<T>({…})` gets the object's variable as a second argument. */
export function replaceShared(shared: DiscoveredShared): Edit {
  return addDefinition(shared.creation, `__tsbpf.shared(${JSON.stringify(shared.name)})`);
}

function addDefinition(creation: ts.NewExpression | ts.CallExpression, text: string): Edit {
  const first = creation.arguments?.[0];
  if (first) return { start: first.getEnd(), end: first.getEnd(), text: `, ${text}` };
  if (!creation.arguments) return { start: creation.getEnd(), end: creation.getEnd(), text: `(undefined, ${text})` };
  const inside = creation.getEnd() - 1;
  return { start: inside, end: inside, text: `undefined, ${text}` };
}

function handleText(program: CompiledProgram, entry: ts.SourceFile, foreign: ForeignNames): string {
  const constants = program.constants.map(({ name, symbol }) => {
    return `${JSON.stringify(name)}: ${constantText(symbol, entry, foreign)}`;
  });
  const getter = constants.length ? `() => ({ ${constants.join(', ')} })` : '() => ({})';
  const direction = program.source.kind === 'tc' ? `, direction: ${JSON.stringify(program.targets[0])}` : '';
  return `__tsbpf.program(${JSON.stringify(program.name)}, { constants: ${getter}${direction} })`;
}

/** A constant by its name where the program stands; one of another file is imported. */
function constantText(symbol: ts.Symbol, entry: ts.SourceFile, foreign: ForeignNames): string {
  const declaration = symbol.declarations?.[0];
  if (!declaration) return symbol.name;
  if (declaration.getSourceFile() !== entry) {
    const isImported = ts.isVariableDeclaration(declaration) || ts.isPropertyDeclaration(declaration);
    return (isImported ? foreign.expression(declaration) : undefined) ?? symbol.name;
  }
  const isMember = ts.isPropertyDeclaration(declaration);
  return (isMember ? foreign.expression(declaration) : undefined) ?? symbol.name;
}

function replace(node: ts.Node, text: string, entry: ts.SourceFile): Edit {
  return { start: node.getStart(entry), end: node.getEnd(), text };
}
