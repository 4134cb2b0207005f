/** Every explanation of the verifier's messages, provoked: the running kernel says the message, and we know its meaning. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { VerifierError } from '../../runtime/errors.js';
import { loadObject, type LoadedObject } from '../../runtime/object.js';
import { explainVerifier, verifierExplanations } from '../../runtime/verifier-explanations.js';
import { describeKernel, kernelIsAtLeast } from '../support/kernel.js';
import { compileText } from './support/module.js';
import { compileC } from './support/object.js';
import { refusedPrograms, sourceOfRefused } from './verifier/programs.js';

/** Said of TypeScript programs, below and in compiled/kernel-structs.spec.ts. */
const provokedByTypeScript = ['too-many-instructions', 'too-many-jumps', 'licence', 'member-not-in-kernel'];

/** Said only to processes without any capability, which no kernel here lets load programs; and of what no assembler makes. */
const notProvoked = ['loop-not-allowed', 'unreachable'];

interface Refused {
  readonly summary: string;
  readonly explained: string | undefined;
  readonly message: string;
}

function refusalOf(load: () => void): Refused | string {
  try {
    load();
  } catch (failure) {
    if (!(failure instanceof VerifierError)) return String(failure);
    const { summary, message } = failure;
    return { summary, message, explained: explainVerifier(summary)?.name };
  }
  return 'the kernel took it';
}

it('every explanation has a program', () => {
  const provoked = new Set([...Object.values(refusedPrograms).map((one) => one.explanation), ...provokedByTypeScript]);
  const names = verifierExplanations().map(({ name }) => name);
  expect(names.filter((name) => !provoked.has(name) && !notProvoked.includes(name))).toEqual([]);
  expect([...provoked, ...notProvoked].filter((name) => !names.includes(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

describeKernel('what the verifier says of programs in assembly', {}, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-verifier-'));
  let loaded: LoadedObject;
  let withoutPerfmon: Record<string, Refused | string>;

  beforeAll(() => {
    const bytes = compileC(sourceOfRefused());
    writeFileSync(path.join(folder, 'refused.o'), bytes);
    loaded = loadObject(bytes);
    withoutPerfmon = loadWithoutPerfmon(folder);
  });
  afterAll(() => {
    loaded.close();
    rmSync(folder, { recursive: true });
  });

  const said = Object.entries(refusedPrograms).filter(
    ([, { takenSince }]) => takenSince === undefined || !kernelIsAtLeast(takenSince),
  );
  it.for(said)('%s', ([name, { explanation, unprivileged }]) => {
    const refused = unprivileged ? withoutPerfmon[name] : refusalOf(() => loaded.programs[name]!.load());
    expect(refused).toMatchObject({ explained: explanation });
  });
});

/** The verifier trusts who has CAP_BPF and not CAP_PERFMON less: a process of its own, since capabilities don't come back. */
function loadWithoutPerfmon(folder: string): Record<string, Refused | string> {
  const runtime = (name: string) => JSON.stringify(path.resolve(import.meta.dirname, `../../dist/runtime/${name}.js`));
  const names = Object.keys(refusedPrograms).filter((name) => refusedPrograms[name]!.unprivileged);
  const script = `
    import { loadObject, VerifierError } from ${runtime('index')};
    import { explainVerifier } from ${runtime('verifier-explanations')};
    const loaded = loadObject(${JSON.stringify(path.join(folder, 'refused.o'))});
    const results = {};
    for (const name of ${JSON.stringify(names)}) {
      try {
        loaded.programs[name].load();
        results[name] = 'the kernel took it';
      } catch (failure) {
        results[name] = failure instanceof VerifierError
          ? { summary: failure.summary, message: failure.message, explained: explainVerifier(failure.summary)?.name }
          : String(failure);
      }
    }
    console.log(JSON.stringify(results));`;
  // CAP_BPF is number 39; old tools know no name for it.
  const drop = ['--bounding-set=-all,+cap_39', '--inh-caps=-all'];
  const command = [...drop, process.execPath, '--input-type=module', '-e', script];
  const { stdout, stderr, error } = spawnSync('setpriv', command, { encoding: 'utf8' });
  if (stdout === '') throw new Error(error?.message ?? stderr);
  return JSON.parse(stdout) as Record<string, Refused | string>;
}

describeKernel('what the verifier says of TypeScript', {}, () => {
  async function check(body: string, license = 'GPL'): Promise<VerifierError> {
    const compilation = await compileText(body, { license });
    using object = loadObject(compilation.object()!);
    try {
      object.programs['refused']!.load();
    } catch (failure) {
      return failure as VerifierError;
    }
    throw new Error('the kernel took it');
  }

  it('names the loop that is followed too long, and how often it goes round', async () => {
    const error = await check(`export const refused = socketFilter(() => {
  let sum = 0;
  for (let i = 0; i < 10_000_000; i++) sum += bpf.getPrandomU32() & 1;
  return sum;
});`);
    expect(explainVerifier(error.summary)?.name).toBe('too-many-instructions');
    expect(error.sourceLine).toMatch(/module\.program\.ts:4:\d+$/);
    expect(error.message).toContain('the loop in line 4, which goes round 10000000 times');
    expect(error.code).toBe('E2BIG');
  });

  it.skipIf(!kernelIsAtLeast('6.13'))('names the loops around it', async () => {
    const error = await check(`export const refused = socketFilter(() => {
  let sum = 0;
  for (let j = 0; j < 1000; j++) {
    for (let i = 0; i < 100_000; i++) {
      sum = (sum + bpf.getPrandomU32()) & 0xff;
    }
  }
  return sum;
});`);
    expect(error.message).toContain('the loop in line 5, which goes round 100000 times, inside the loop in line 4');
  });

  it('names the loop that has too many ways through', async () => {
    const error = await check(`export const refused = socketFilter(() => {
  let sum = 0;
  for (let i = 0; i < 10_000; i++) {
    if (bpf.getPrandomU32() === 1) sum += bpf.getPrandomU32();
  }
  return sum;
});`);
    expect(explainVerifier(error.summary)?.name).toBe('too-many-jumps');
    expect(error.message).toContain('the loop in line 4, which goes round 10000 times');
  });

  it('tells of the licence at the call', async () => {
    const error = await check(
      `export const refused = socketFilter(() => {
  const now = bpf.getPrandomU32();
  console.log(\`at \${now}\`);
  return 0;
});`,
      'MIT',
    );
    expect(explainVerifier(error.summary)?.name).toBe('licence');
    expect(error.sourceLine).toMatch(/module\.program\.ts:4:\d+$/);
    expect(error.hint).toContain('--license GPL');
  });

  it('tells of a helper that the program type has not, at its call', async () => {
    const error = await check(`export const refused = socketFilter((ctx) => {
  bpf.skbChangeProto(ctx, 8, 0n);
  return 0;
});`);
    expect(explainVerifier(error.summary)?.name).toBe('helper-not-available');
    expect(error.sourceLine).toMatch(/module\.program\.ts:3:\d+$/);
  });
});
