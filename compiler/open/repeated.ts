/** What TypeScript says of a call that makes a program, where tsbpf says the same more clearly. */
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { ts } from '../typescript.js';

/** No overload matches; an argument, a property, an option, a type argument or their number does not fit. */
const aboutCalls = new Set([1238, 1241, 1270, 2322, 2344, 2345, 2353, 2554, 2555, 2559, 2561, 2741, 2769]);

/** A module has no such export, maybe one of another name. */
const aboutExports = new Set([2305, 2724]);

/**
 * @param diagnostics TypeScript's.
 * @param ours of the same files, which may have been read by another program of TypeScript.
 * @returns those that are about no call in which one of ours stands, and no name at which one does.
 */
export function withoutRepeated<T extends ts.Diagnostic>(diagnostics: readonly T[], ours: readonly Diagnostic[]): T[] {
  const said = ours.filter(({ source, file }) => source === 'tsbpf' && file !== undefined);
  if (said.length === 0) return [...diagnostics];
  return diagnostics.filter(({ code, file, start }) => {
    if (!file || start === undefined) return true;
    const places = said.filter((one) => one.file!.fileName === file.fileName).map((one) => one.start ?? -1);
    if (aboutExports.has(code)) return !places.includes(start);
    if (!aboutCalls.has(code)) return true;
    return !callsAround(file, start).some((call) =>
      places.some((place) => call.getStart(file) <= place && place < call.end),
    );
  });
}

/** The calls, and decorators, that a position lies in. */
function callsAround(file: ts.SourceFile, position: number): ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (node.getStart(file) > position || position >= node.end) return;
    if (ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isDecorator(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(file, visit);
  return found;
}
