/** Generated programs, many in one object: compiled once to IR, and that by LLVM for each level. */
import path from 'node:path';
import { findBackend } from '../../compiler/backend/index.js';
import { toRecord } from '../../compiler/diagnostics/index.js';
import { memoryHost } from '../../compiler/host.js';
import { compile, type CompilerOptions } from '../../compiler/index.js';
import { moduleOf, programAt } from './module-text.js';
import type { Program } from './tree.js';

const root = path.resolve(import.meta.dirname, '../..');

export interface Level {
  readonly cpu: CompilerOptions['cpu'];
  readonly optimize: boolean;
}

export interface Refusal {
  readonly code: string;
  readonly text: string;
}

export interface CompiledPrograms {
  /** Those that came through, by their index. */
  readonly programs: readonly Program[];
  /** An object of all of them. */
  readonly object: Uint8Array;
}

export interface Compiled {
  readonly groups: readonly CompiledPrograms[];
  readonly refusals: ReadonlyMap<number, Refusal>;
}

/** Programs that are still to be compiled, at some of the levels. */
interface Task {
  readonly group: readonly Program[];
  readonly levels: readonly Level[];
}

type Results = ReadonlyMap<Level, { readonly groups: CompiledPrograms[]; readonly refusals: Map<number, Refusal> }>;

/** Compiles programs for several levels; those that are refused are taken out, and said. */
export async function compilePrograms(
  programs: readonly Program[],
  levels: readonly Level[],
): Promise<ReadonlyMap<Level, Compiled>> {
  const results: Results = new Map(levels.map((level) => [level, { groups: [], refusals: new Map() }]));
  // Lowering tells v1 and v2 from the later ones where maps are counted in, and knows nothing else of a level.
  const old = levels.filter(({ cpu }) => cpu === 'v1' || cpu === 'v2');
  const late = levels.filter((level) => !old.includes(level));
  const counting = programs.filter((program) => program.usesMaps);
  const tasks: Task[] = [
    { group: programs.filter((program) => !program.usesMaps), levels },
    { group: counting, levels: old },
    { group: counting, levels: late },
  ];
  for (let task = tasks.pop(); task; task = tasks.pop()) {
    if (task.group.length > 0 && task.levels.length > 0) tasks.push(...(await compileTask(task, results)));
  }
  return results;
}

/** What is left to do afterwards. */
async function compileTask({ group, levels }: Task, results: Results): Promise<Task[]> {
  const made = await lowered(group, levels[0] as Level);
  if (typeof made === 'string') return levels.flatMap((level) => assemble(made, group, level, results));
  for (const level of levels) for (const [index, refusal] of made) results.get(level)?.refusals.set(index, refusal);
  return without(group, [...made.keys()], levels);
}

/** The programs that nobody blames; where nobody is blamed, the half that holds it will say who. */
function without(group: readonly Program[], blamed: readonly number[], levels: readonly Level[]): Task[] {
  if (blamed.length > 0) return [{ group: group.filter(({ index }) => !blamed.includes(index)), levels }];
  const middle = group.length >> 1;
  return [group.slice(0, middle), group.slice(middle)].map((half) => ({ group: half, levels }));
}

/** The IR, or whom the compiler refuses and why; nobody where it does not say whom. */
async function lowered(group: readonly Program[], level: Level): Promise<string | Map<number, Refusal>> {
  const file = path.join(root, 'test/fuzz/programs.generated.ts');
  const text = moduleOf(group);
  const blamed = new Map<number, Refusal>();
  const alone = (refusal: Refusal) => {
    if (group.length === 1) blamed.set((group[0] as Program).index, refusal);
    return blamed;
  };
  try {
    const compilation = await compile(file, { cpu: level.cpu }, memoryHost({ [file]: text }, root));
    const ir = compilation.ir();
    if (ir !== '') return ir;
    for (const diagnostic of compilation.diagnostics) {
      const { line, code, category, message } = toRecord(diagnostic, root);
      if (category !== 'error') continue;
      const refusal = {
        code: String(code),
        text: `${line === undefined ? '' : text.split('\n')[line - 1]}\n${String(code)}: ${message}`,
      };
      const index = line === undefined ? undefined : programAt(text, line);
      if (index === undefined) return alone(refusal);
      if (!blamed.has(index)) blamed.set(index, refusal);
    }
    return blamed.size > 0 ? blamed : alone({ code: 'nothing', text: 'neither an object nor an error' });
  } catch (error) {
    return alone({ code: 'thrown', text: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

function assemble(ir: string, group: readonly Program[], level: Level, results: Results): Task[] {
  const backend = findBackend();
  if (!backend) throw new Error('no LLVM is installed');
  const { output, messages } = backend.assemble(ir, { ...level, emit: 'object' });
  const errors = messages.filter(({ severity }) => severity === 'error');
  if (output && errors.length === 0) {
    results.get(level)?.groups.push({ programs: group, object: output });
    return [];
  }
  const text = errors.map((message) => message.text).join('\n');
  const named = [...text.matchAll(/in function program_(\d+)/g)].map(([, index]) => Number(index));
  const blamed = named.length > 0 ? named : group.length === 1 ? group.map(({ index }) => index) : [];
  const code = /stack limit/.test(text) ? 'stack' : 'LLVM';
  for (const index of blamed) results.get(level)?.refusals.set(index, { code, text });
  return without(group, blamed, [level]);
}
