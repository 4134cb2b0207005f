/** Objects with wrong bytes, and what the runtime makes of them: an error for a person, or programs and maps that work. */
import path from 'node:path';
import { compile } from '../../compiler/index.js';
import { Btf, checkObject, ObjectError, readElf } from '../../compiler/object/index.js';
import { loadObject, TsbpfError, type LoadedObject } from '../../runtime/index.js';
import { KeyedMap } from '../../runtime/maps/keyed.js';
import { longestAnswer, type Answer } from './answer.js';
import { Random } from './random.js';

const root = path.resolve(import.meta.dirname, '../..');
/** Of each kind of map and program some, structs in structs, shared variables, kernel structs, calls, and lines. */
const sources = [
  'bench/programs/flows.ts',
  'test/golden/programs/kernel-structs.ts',
  'test/golden/programs/subprogram.ts',
  'test/golden/programs/scratch.ts',
  'examples/unlinkers.ts',
];

interface Sample {
  readonly bytes: Uint8Array;
  readonly btf: { readonly offset: number; readonly size: number };
}

let samples: Promise<readonly Sample[]> | undefined;

async function compileSample(source: string): Promise<Sample> {
  const compilation = await compile(path.join(root, source));
  const bytes = compilation.object();
  if (!bytes) throw new Error(`${source} does not compile: ${JSON.stringify(compilation.diagnostics[0]?.messageText)}`);
  const section = readElf(bytes).sections.find(({ name }) => name === '.BTF');
  if (!section) throw new Error(`${source} has no BTF`);
  return { bytes, btf: { offset: section.offset, size: section.size } };
}

export interface DamagedObject {
  readonly bytes: Uint8Array;
  /** Of the object, where its BTF is, damaged too perhaps. */
  readonly btf: Uint8Array;
}

/** The damaged object of that number under that seed: always the same, as long as the samples are. */
export async function damagedObject(seed: number, index: number): Promise<DamagedObject> {
  samples ??= Promise.all(sources.map(compileSample));
  const random = new Random(seed, index, 2);
  const { bytes, btf } = random.pick(await samples);
  const damaged = bytes.slice();
  // Every second one is damaged in its BTF alone, which is the smaller part and the one that layouts are made of.
  const part = random.once(2) ? damaged.subarray(btf.offset, btf.offset + btf.size) : damaged;
  for (let changes = 1 + random.below(4); changes > 0; changes--) change(part, random);
  const cut = random.once(20) ? damaged.subarray(0, random.below(damaged.length)) : damaged;
  return { bytes: cut, btf: damaged.subarray(btf.offset, btf.offset + btf.size) };
}

/** To anything, by a bit, to an extreme, by one, or to another byte; or a word to an extreme. */
function change(bytes: Uint8Array, random: Random): void {
  const at = random.below(bytes.length);
  const before = bytes[at] as number;
  const ways = [
    () => (bytes[at] = random.below(256)),
    () => (bytes[at] = before ^ (1 << random.below(8))),
    () => (bytes[at] = random.pick([0, 1, 0x7f, 0x80, 0xff])),
    () => (bytes[at] = before + (random.once(2) ? 1 : -1)),
    () => (bytes[at] = bytes[random.below(bytes.length)] as number),
    () => bytes.fill(random.pick([0, 0xff]), at, at + 4),
  ];
  random.pick(ways)();
}

/** Maps that are larger than this are not made: what the kernel has of memory is not what is tested. */
const LARGEST_MAP = 1 << 26;

/** @returns never throws, but libbpf may end the process, and what does not end has to be ended from outside. */
export function feedObject({ bytes, btf }: DamagedObject): Answer {
  const before = process.cpuUsage();
  const answer = judge(bytes, btf);
  const { user, system } = process.cpuUsage(before);
  const milliseconds = (user + system) / 1000;
  if (answer.failure === undefined && milliseconds > longestAnswer)
    return { kind: 'failure', failure: `took ${Math.round(milliseconds)} ms`, milliseconds };
  return { ...answer, milliseconds };
}

function judge(bytes: Uint8Array, btf: Uint8Array): Omit<Answer, 'milliseconds'> {
  const wrong = attempt(() => void Btf.parse(btf)).failure;
  if (wrong !== undefined) return { kind: 'failure', failure: `Btf.parse: ${wrong}` };
  let loaded: LoadedObject | undefined;
  const opened = attempt(() => void (loaded = loadObject(bytes)));
  if (opened.failure !== undefined) return { kind: 'failure', failure: `loadObject: ${opened.failure}` };
  if (!loaded) return { kind: 'refused' };
  try {
    const failure = useAll(loaded, bytes);
    return failure === undefined ? { kind: 'accepted' } : { kind: 'failure', failure };
  } finally {
    (loaded as LoadedObject).close();
  }
}

/** Loads each program and reads each map, each of which may be refused. */
function useAll({ programs, maps }: LoadedObject, bytes: Uint8Array): string | undefined {
  const sizes = checkObject(bytes).maps.map(
    ({ keySize, valueSize, maxEntries }) => (keySize + valueSize + 64) * maxEntries,
  );
  if (process.getuid?.() !== 0 || sizes.some((size) => size > LARGEST_MAP)) return undefined;
  for (const [name, map] of Object.entries(maps)) {
    if (!(map instanceof KeyedMap)) continue;
    const { failure } = attempt(() => {
      for (const [key] of [...map].slice(0, 4)) JSON.stringify(map.get(key), (_, value: unknown) => String(value));
    });
    if (failure !== undefined) return `map ${name}: ${failure}`;
  }
  for (const [name, program] of Object.entries(programs)) {
    const { failure } = attempt(() => void program.load());
    if (failure !== undefined) return `program ${name}: ${failure}`;
  }
  return undefined;
}

/** Errors for people are answers; all others are failures. */
function attempt(action: () => void): { readonly failure?: string } {
  try {
    action();
  } catch (error) {
    const isAnswer = (error instanceof TsbpfError || error instanceof ObjectError) && error.message !== '';
    if (!isAnswer) return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    if (/\[object |\bNaN\b|'undefined'/.test(error.message))
      return { failure: `a message with holes: ${error.message}` };
  }
  return {};
}
