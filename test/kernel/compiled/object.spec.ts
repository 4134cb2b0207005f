/** Objects as other tools see them: bpftool loads and reads them, llvm-objdump shows their TypeScript. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CpuVersion } from '../../../compiler/options.js';
import { compile } from '../../../compiler/index.js';
import { nodeHost } from '../../../compiler/host.js';
import { describeKernel } from '../../support/kernel.js';
import { command } from '../support/network.js';

/** A program of each type that loads without a target of the machine's own. */
const SOURCE = `import { bpf, HashMap, kprobe, rawTracepoint, RingBuffer, shared, socketFilter, tc, tcAction, tracepoint, xdp } from 'tsbpf';
import type { CharArray, PtRegs, RawArgs, SkBuff, Tracepoint, u32, u64, XdpContext } from 'tsbpf';
import { weigh } from './lib/weigh.js';

interface Key { address: u32; name: CharArray<8> }
interface Entry { packets: u64; bytes: u64 }
const entries = new HashMap<Key, Entry>({ maxEntries: 64 });
const state = shared<{ total: u64; signed: u32 }>({ total: 0n, signed: 0 });
const limit: u32 = Number(process.argv[2]);

@xdp
function onPacket(ctx: XdpContext): number {
  const entry = entries.getOrInsert({ address: ctx.packet.getUint32(26), name: 'xdp' }, { packets: 0n, bytes: 0n });
  entry.packets += 1n;
  state.total += 1n;
  return ctx.packet.byteLength > limit ? 1 : 2;
}
@socketFilter
function onSocket(skb: SkBuff): number {
  return weigh(skb.packet.getUint16(12), skb.len);
}
@tc('ingress')
function onTc(skb: SkBuff): number {
  skb.packet.setUint8(0, Math.trunc(skb.packet.getInt32(4) / (skb.packet.getInt16(2) | 1)));
  return 0;
}
@tcAction
function onAction(skb: SkBuff): number {
  return skb.len > 100 ? 2 : 0;
}
@kprobe('sys_close')
function onClose(_ctx: PtRegs, descriptor: u32) {
  state.signed = descriptor;
}
@tracepoint('syscalls:sys_enter_openat')
function onOpen(ctx: Tracepoint<'syscalls:sys_enter_openat'>) {
  console.log(\`opens with \${ctx.flags}\`);
}
@rawTracepoint('sched_process_exec')
function onExec(_ctx: RawArgs) {
  state.total += bpf.ktimeGetNs() & 1n;
}
`;
const LIBRARY = `export function weigh(kind: number, length: number): number {
  if (kind === 0x0800) return length * 2;
  return length >>> 1;
}
`;
const PROGRAMS = ['onAction', 'onClose', 'onExec', 'onOpen', 'onPacket', 'onSocket', 'onTc'];

describeKernel('an object', {}, () => {
  let folder: string;
  let pins: string;

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-object-'));
    pins = `/sys/fs/bpf/${path.basename(folder)}`;
    for (const project of ['one', 'a/longer/way/two']) write(path.join(folder, project));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function write(project: string): void {
    mkdirSync(path.join(project, 'src/lib'), { recursive: true });
    writeFileSync(path.join(project, 'package.json'), '{ "type": "module" }');
    writeFileSync(path.join(project, 'src/app.ts'), SOURCE);
    writeFileSync(path.join(project, 'src/lib/weigh.ts'), LIBRARY);
  }

  async function build(project: string, directory: string, cpu: CpuVersion = 'v3'): Promise<Uint8Array> {
    const file = path.join(folder, project, 'src/app.ts');
    const compilation = await compile(file, { cpu }, nodeHost(directory));
    expect(compilation.diagnostics.map(({ messageText }) => messageText)).toEqual([]);
    return compilation.object()!;
  }

  function loadAll(object: string): string {
    mkdirSync(pins);
    try {
      const { status, stdout, stderr } = spawnSync('bpftool', ['prog', 'loadall', object, pins], { encoding: 'utf8' });
      if (status !== 0) return `${stdout}${stderr}`;
      const shown = JSON.parse(command('bpftool', '-j', 'prog', 'show', 'pinned', `${pins}/onPacket`)) as {
        gpl_compatible: boolean;
      };
      expect(shown.gpl_compatible).toBe(true);
      return command('ls', pins).trim().split('\n').join(' ');
    } finally {
      rmSync(pins, { recursive: true });
    }
  }

  const levels: readonly CpuVersion[] = ['v1', 'v2', 'v3'];

  it.each(levels)('of %s is loaded whole by bpftool', async (cpu) => {
    const object = path.join(folder, `${cpu}.o`);
    writeFileSync(object, await build('one', folder, cpu));
    expect(loadAll(object)).toBe(PROGRAMS.join(' '));
  });

  // What follows is no matter of the kernel: guests, which are slow, leave it to the host.
  const onHost = it.skipIf(process.env.TSBPF_VM !== undefined);

  onHost('has types that bpftool prints, and lines that point into the TypeScript', async () => {
    const object = path.join(folder, 'app.o');
    writeFileSync(object, await build('one', folder));
    const types = command('bpftool', 'btf', 'dump', 'file', object);
    expect(types).toMatch(/STRUCT 'Key' size=12 vlen=2\n\s+'address' type_id=\d+ bits_offset=0\n\s+'name'/);
    expect(types).toMatch(/DATASEC '\.maps'/);
    expect(types).toMatch(/FUNC 'onPacket'/);

    const shown = command('llvm-objdump-19', '-dS', object);
    for (const [line, text] of [
      ...[...SOURCE.split('\n').entries()].filter(([, text]) => /entry\.packets|Math\.trunc|state\.signed/.test(text)),
    ]) {
      expect(shown).toContain(text.trim());
      expect(shown).not.toContain(`; ${path.join(folder, 'one')}:${line + 1}`);
    }
    expect(shown).toContain('if (kind === 0x0800) return length * 2;');
    expect(fileLines(object)).toEqual(['src/app.ts', 'src/lib/weigh.ts']);
    expect(lineOf(object, 'onTc')).toContain(`src/app.ts:${lineNumber('skb.packet.setUint8')}`);
    expect(lineOf(object, 'onClose')).toContain(`src/app.ts:${lineNumber('state.signed = descriptor')}`);
    expect(lineOf(object, 'onSocket')).toContain('src/lib/weigh.ts:2');
  });

  const lineNumber = (text: string) => SOURCE.split('\n').findIndex((line) => line.includes(text)) + 1;

  /** Which lines the DWARF of a program's section names. */
  function lineOf(object: string, program: string): string[] {
    const text = command('llvm-objdump-19', '-dl', '--disassemble-symbols=' + program, object);
    return [...text.matchAll(/^; \.\/(\S+\.ts:\d+)/gm)].map(([, place]) => place!);
  }

  function fileLines(object: string): string[] {
    const names = new Set(PROGRAMS.flatMap((program) => lineOf(object, program)).map((place) => place.split(':')[0]!));
    return [...names].sort();
  }

  onHost('has a license, and nothing of the machine that made it', async () => {
    const text = Buffer.from(await build('one', folder)).toString('latin1');
    expect(text).toContain('GPL\0');
    const traces = [folder, tmpdir(), process.cwd(), homedir(), hostname()];
    expect(traces.filter((trace) => trace.length > 4 && text.includes(trace))).toEqual([]);
    expect(text).toContain('src/app.ts');
  });

  onHost('is the same wherever the project lies, and whoever builds it', async () => {
    const one = Buffer.from(await build('one', folder)).toString('hex');
    expect(Buffer.from(await build('a/longer/way/two', '/')).toString('hex')).toBe(one);
    const main = path.resolve(import.meta.dirname, '../../../dist/cli/main.js');
    const project = path.join(folder, 'a/longer/way/two');
    const output = path.join(folder, 'other.o');
    const parameters = [main, 'build', 'src/app.ts', '-o', output];
    const { status, stderr } = spawnSync(process.execPath, parameters, { cwd: project, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    expect(spawnSync('cat', [output]).stdout.toString('hex')).toBe(one);
  });
});

describeKernel('an object of v4', { since: '6.6' }, () => {
  it('is loaded where the kernel has it', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-object-'));
    const file = path.join(folder, 'app.ts');
    writeFileSync(file, SOURCE.replace("import { weigh } from './lib/weigh.js';", LIBRARY.replace('export ', '')));
    const object = path.join(folder, 'app.o');
    const pins = `/sys/fs/bpf/${path.basename(folder)}`;
    writeFileSync(object, (await compile(file, { cpu: 'v4' })).object()!);
    // A swap of bytes whatever the machine's own order is came with v4.
    expect(command('llvm-objdump-19', '-d', object)).toMatch(/r\d = bswap32 r\d/);
    mkdirSync(pins);
    try {
      command('bpftool', 'prog', 'loadall', object, pins);
      expect(command('ls', pins).trim().split('\n')).toEqual(PROGRAMS);
    } finally {
      rmSync(pins, { recursive: true });
      rmSync(folder, { recursive: true });
    }
  });
});
