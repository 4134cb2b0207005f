/** The user-space half of a file: the same module, with handles where BPF code was, as JavaScript. */
import { ts } from '../typescript.js';
import { pathToFileURL } from 'node:url';
import type { CompiledProgram, Discovery } from '../model.js';
import { annotatedFunctions, convertAnnotated } from './annotated.js';
import { applyEdits, type Edit } from './edits.js';
import { ForeignNames, lendingExports } from './foreign.js';
import { replaceMap, replaceProgram, replaceShared } from './handles.js';

/** What the user-space half needs to know of a compilation. */
export interface TransformInput {
  readonly discovery?: Discovery | undefined;
  readonly programs: readonly CompiledProgram[];
  readonly sourceFile?: ts.SourceFile | undefined;
  /** Finds which names are tsbpf's integers; without it functions of both halves are left as they are. */
  readonly checker?: ts.TypeChecker | undefined;
  object(): Uint8Array | undefined;
}

/** A source map of revision 3, as far as it is written here. */
export interface SourceMap {
  readonly version: 3;
  readonly sources: readonly string[];
  readonly sourcesContent: readonly string[];
  readonly names: readonly string[];
  readonly mappings: string;
}

export interface Transformed {
  /** JavaScript for Node 20 and later, ending with its source map as a comment. */
  readonly code: string;
  readonly map: SourceMap;
}

/**
 * Makes the module that runs in user space. A file without programs, maps and shared data only loses its types.
 *
 * @param compilation one without errors.
 * @param elsewhere functions of this file that the programs of other files reach, by where they start.
 */
export function transform(compilation: TransformInput, elsewhere: readonly number[] = []): Transformed {
  const { sourceFile, discovery } = compilation;
  if (!sourceFile) throw new Error('there is nothing to transform: the source file was not read');
  const edited = discovery
    ? applyEdits(sourceFile.text, findEdits(compilation, discovery, elsewhere))
    : sourceFile.text;
  return stripTypes(sourceFile.fileName, edited, sourceFile.text);
}

/**
 * Turns TypeScript into JavaScript, one file alone, types unchecked.
 *
 * @param fileName absolute.
 * @param text what to strip.
 * @param original what debuggers show as the source; its lines are those of `text`.
 */
export function stripTypes(fileName: string, text: string, original: string = text): Transformed {
  const { outputText, sourceMapText } = ts.transpileModule(text, {
    fileName,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      isolatedModules: true,
      sourceMap: true,
      jsx: ts.JsxEmit.ReactJSX,
    },
  });
  const url = pathToFileURL(fileName).href;
  const { names, mappings } = JSON.parse(sourceMapText!) as SourceMap;
  const map: SourceMap = { version: 3, sources: [url], sourcesContent: [original], names, mappings };
  const comment = Buffer.from(JSON.stringify(map)).toString('base64');
  const code = outputText.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n');
  return { code: `${code}//# sourceMappingURL=data:application/json;base64,${comment}\n`, map };
}

function findEdits(compilation: TransformInput, discovery: Discovery, elsewhere: readonly number[]): Edit[] {
  const { entry } = discovery;
  const own = halfEdits(compilation, discovery);
  const converted = convertAnnotated(annotatedFunctions(entry, discovery, elsewhere), compilation.checker);
  const isReplaced = ({ start, end }: Edit) =>
    own.edits.some((one) => one.start <= start && end <= one.end && one.end > one.start);
  const prelude = `${converted.prelude}${own.prelude}`;
  const top = ts.getShebang(entry.text)?.length ?? 0;
  const start = top === 0 ? 0 : Math.min(entry.text.length, entry.text.indexOf('\n', top - 1) + 1 || top);
  return [
    ...(prelude ? [{ start, end: start, text: prelude }] : []),
    ...converted.edits.filter((edit) => !isReplaced(edit)),
    ...own.edits,
  ];
}

/** Handles for programs, definitions for maps and shared data, and what has to stand at the top for them. */
function halfEdits(compilation: TransformInput, discovery: Discovery): { edits: Edit[]; prelude: string } {
  const { entry } = discovery;
  const maps = [...discovery.maps.values()];
  const shared = [...discovery.shared.values()];
  if (compilation.programs.length + maps.length + shared.length === 0) return { edits: [], prelude: '' };
  const foreign = new ForeignNames(entry);
  const replacements = compilation.programs.map((program) => replaceProgram(program, entry, foreign));
  const isOwn = ({ declaration }: { declaration: ts.Declaration }) => declaration.getSourceFile() === entry;
  const getters = [...maps, ...shared].flatMap(({ name, declaration }) => {
    const expression = foreign.expression(declaration);
    return expression ? [`${JSON.stringify(name)}: () => ${expression}`] : [];
  });
  const handles = replacements.map(({ prelude }) => prelude).join('');
  const prelude = `${foreign.text()}${moduleText(compilation.object(), getters)}${handles}`;
  const ending = lendingExports(discovery);
  const edits = [
    ...replacements.flatMap((one) => one.edits),
    ...maps.filter(isOwn).map(replaceMap),
    ...shared.filter(isOwn).map(replaceShared),
    ...(ending ? [{ start: entry.text.length, end: entry.text.length, text: `\n${ending}` }] : []),
  ];
  return { edits, prelude };
}

/** The object and the maps that it is to use, as one line. */
function moduleText(object: Uint8Array | undefined, getters: readonly string[]): string {
  const base64 = Buffer.from(object ?? []).toString('base64');
  return (
    "import { createModule as __tsbpf_createModule } from 'tsbpf/module'; " +
    `const __tsbpf = __tsbpf_createModule({ url: import.meta.url, object: '${base64}', maps: { ${getters.join(', ')} } }); `
  );
}
