/** Feeds the compiler a damaged source, and judges its answer. */
import path from 'node:path';
import { formatDiagnostics, toRecord } from '../../compiler/diagnostics/index.js';
import { memoryHost } from '../../compiler/host.js';
import { compile } from '../../compiler/index.js';
import { longestAnswer, type Answer } from './answer.js';
import type { DamagedSource } from './sources.js';

const root = path.resolve(import.meta.dirname, '../..');

const stackTrace = /^\s+at .*(?::\d+:\d+\)?|<anonymous>\)?)$/m;
/** Of V8, about values that the compiler did not expect. */
const wordsOfEngine =
  /Cannot read propert|is not a function|is not iterable|undefined \(reading|Cannot access '|is not defined$/m;
/** `internalError` and `backendRefused`: bugs of the compiler by their own words. */
const bugs = new Set(['TSBPF1801', 'TSBPF1802']);

/** @returns never throws, but LLVM may end the process, and what does not end has to be ended from outside. */
export async function feed({ file, text }: DamagedSource): Promise<Answer> {
  const before = process.cpuUsage();
  const answer = await judge(file, text);
  const { user, system } = process.cpuUsage(before);
  const milliseconds = (user + system) / 1000;
  if (answer.failure === undefined && milliseconds > longestAnswer)
    return { kind: 'failure', failure: `took ${Math.round(milliseconds)} ms`, milliseconds };
  return { ...answer, milliseconds };
}

async function judge(file: string, text: string): Promise<Omit<Answer, 'milliseconds'>> {
  const failed = (failure: string) => ({ kind: 'failure' as const, failure });
  try {
    const compilation = await compile(file, {}, memoryHost({ [file]: text }, root));
    const object = compilation.object();
    const errors = compilation.diagnostics.filter((diagnostic) => toRecord(diagnostic, root).category === 'error');
    const printed = formatDiagnostics(compilation.diagnostics, { directory: root, color: false });
    const messages = compilation.diagnostics.map((diagnostic) => toRecord(diagnostic, root));
    const bug = messages.find(({ code }) => bugs.has(String(code)));
    if (bug) return failed(`${bug.code}: ${bug.message}`);
    const engine = messages.find(({ message, code }) => wordsOfEngine.test(message) && String(code) !== 'TSBPF1202');
    if (engine) return failed(`words of the engine: ${engine.message}`);
    if (stackTrace.test(messages.map(({ message }) => message).join('\n'))) return failed(`a stack trace: ${printed}`);
    if (errors.length > 0) return { kind: 'diagnostics' };
    if (object) return { kind: 'object' };
    const compiled = compilation.programs.length > 0 || compilation.ir() !== '';
    return compiled ? failed('neither diagnostics nor an object') : { kind: 'nothing to compile' };
  } catch (error) {
    return failed(`thrown: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}
