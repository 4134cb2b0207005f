/**
 * Programs that TypeScript accepts under `strict`, loaded together, and run on packets:
 *
 *     describePrograms('nullability', { prelude }, (program) => {
 *       program('a lookup that is tested', '(ctx) => { … }').returns(2).returns(1, [0x45, 0]);
 *     });
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import path from 'node:path';
import { formatDiagnostics } from '../../compiler/diagnostics/index.js';
import { memoryHost } from '../../compiler/host.js';
import { compile } from '../../compiler/index.js';
import type { CompilerOptions } from '../../compiler/options.js';
import { describeKernel, type Requirements } from './kernel.js';
import { TestObject } from './test-run.js';

const root = path.resolve(import.meta.dirname, '../..');

export interface ProgramsOptions extends Requirements {
  /** Imports from `tsbpf`, maps, interfaces and functions that the programs share. */
  readonly prelude: string;
  readonly compilerOptions?: Partial<CompilerOptions>;
}

interface Run {
  readonly result: number;
  readonly packet: Uint8Array;
}

/** One program; every method adds a run of it. */
export class ProgramTest {
  readonly runs: Run[] = [];

  constructor(
    readonly name: string,
    /** The program: `xdp((ctx) => …)`, `tc('ingress', (ctx) => …)`. */
    readonly source: string,
  ) {}

  /** Run on these bytes, followed by zeros up to 64 bytes, the program has to return this. All programs share the maps. */
  returns(result: number, bytes: readonly number[] = [], length = Math.max(64, bytes.length)): this {
    const packet = new Uint8Array(length);
    packet.set(bytes.slice(0, length));
    this.runs.push({ result, packet });
    return this;
  }
}

export type DeclareProgram = (name: string, source: string) => ProgramTest;

/**
 * A suite of programs that the kernel has to take.
 *
 * @param body declares the programs and their runs.
 */
export function describePrograms(
  name: string,
  options: ProgramsOptions,
  body: (program: DeclareProgram) => void,
): void {
  const programs: ProgramTest[] = [];
  body((title, source) => {
    const program = new ProgramTest(title, source);
    programs.push(program);
    return program;
  });
  describeKernel(name, options, () => {
    let objects: readonly (TestObject | Error)[] = [];
    beforeAll(async () => {
      objects = await compileAll(programs, options);
    }, 240_000);
    afterAll(() => new Set(objects).forEach((object) => object instanceof TestObject && object[Symbol.dispose]()));
    programs.forEach(({ name: title, runs }, index) => {
      if (runs.length === 0) throw new Error(`'${title}' has no runs: nothing would be tested`);
      it(
        title,
        () => {
          const object = objects[index];
          if (!(object instanceof TestObject)) throw object ?? new Error('the suite was not compiled');
          const loaded = object.program(`program_${index}`);
          expect(runs.map(({ packet }) => loaded.run(packet).value)).toEqual(runs.map(({ result }) => result));
        },
        240_000,
      );
    });
  });
}

/** All programs as one object; where the compiler refuses any, each as one of its own, so that a refusal fails one test. */
async function compileAll(programs: readonly ProgramTest[], options: ProgramsOptions): Promise<(TestObject | Error)[]> {
  const together = await compilePrograms(
    programs.map((_, index) => index),
    programs,
    options,
  );
  if (together instanceof TestObject) return programs.map(() => together);
  const alone: (TestObject | Error)[] = [];
  for (const index of programs.keys()) alone.push(await compilePrograms([index], programs, options));
  return alone;
}

async function compilePrograms(
  indices: readonly number[],
  programs: readonly ProgramTest[],
  { prelude, compilerOptions }: ProgramsOptions,
): Promise<TestObject | Error> {
  const file = path.join(root, 'test/kernel/compiled/programs.ts');
  const sources = indices.map((index) => `export const program_${index} = ${programs[index]!.source};`);
  const host = memoryHost({ [file]: [prelude, ...sources, ''].join('\n') }, root);
  const compilation = await compile(file, { ...compilerOptions }, host);
  const bytes = compilation.object();
  if (bytes) return new TestObject(bytes);
  return new Error(formatDiagnostics(compilation.diagnostics, { directory: root, color: false }));
}
