/** Pinned maps: several at once, opened again, and refused where their types are others. */
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BpfMap, loadObject, openMaps, pinMaps, Record } from '../../runtime/index.js';
import * as libbpf from '../../runtime/native/libbpf.js';
import { describeKernel } from '../support/kernel.js';
import { runModule } from './support/module.js';
import { compileC } from './support/object.js';

const source = `
  struct flow { __u32 source; __be16 port; __u16 flags; };
  struct state { __u64 packets; __u32 limit; };
  struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, struct flow); __type(value, struct state); __uint(max_entries, 8); } flows SEC(".maps");
  struct { __uint(type, BPF_MAP_TYPE_ARRAY); __type(key, __u32); __type(value, __u64); __uint(max_entries, 4); } counts SEC(".maps");
  SEC("xdp") int pass(void *ctx) { return 2; }`;

/** A module with one map, which is pinned at a path. */
const program = (pin: string, value: string) => `
  import { HashMap, xdp, XDP } from 'tsbpf';
  import type { be16, i32, u16, u32, u64 } from 'tsbpf';
  interface Flow { source: u32; port: be16; flags: u16 }
  interface State { ${value} }
  export const flows = new HashMap<Flow, State>({ maxEntries: 8, pin: '${pin}' });
  export const count = xdp(() => {
    const state = flows.get({ source: 1, port: 2, flags: 3 });
    if (state) state.limit += 1;
    return XDP.PASS;
  });`;

describeKernel('pins', {}, () => {
  let root: string;

  beforeAll(() => {
    root = mkdtempSync(path.join(tmpdir(), 'tsbpf-pins-'));
    expect(spawnSync('mount', ['-t', 'bpf', 'bpf', root]).status).toBe(0);
  });

  afterAll(() => {
    spawnSync('umount', [root]);
    rmSync(root, { recursive: true });
  });

  it('are made for all maps of an object, and opened again by the folder', () => {
    using loaded = loadObject(compileC(source));
    const folder = path.join(root, 'all');
    const paths = pinMaps(loaded.maps, folder);
    expect(paths).toEqual({ flows: path.join(folder, 'flows'), counts: path.join(folder, 'counts') });
    loaded.maps['counts']!.set(2, 7n);
    expect(libbpf.objectPin(loaded.programs['pass']!.fd, path.join(folder, 'program'))).toBe(0);
    using opened = openMaps(folder);
    // The pinned program is no map.
    expect(Object.keys(opened.maps)).toEqual(['counts', 'flows']);
    expect(opened.maps['counts']!.get(2)).toBe(7n);
    const key = { source: 1, port: 443, flags: 2 };
    opened.maps['flows']!.set(key, { packets: 3n, limit: 4 });
    expect([...loaded.maps['flows']!]).toEqual([[key, { packets: 3n, limit: 4 }]]);
    expect(() => BpfMap.open(path.join(folder, 'program'))).toThrow(expect.objectContaining({ code: 'TSBPF2035' }));
  });

  it('are made all or none', () => {
    const folder = path.join(root, 'none');
    using first = loadObject(compileC(source));
    first.maps['counts']!.pin(path.join(root, 'taken'));
    using second = loadObject(compileC(source));
    const [flows, counts] = [second.maps['flows']!, second.maps['counts']!];
    pinMaps({ counts: first.maps['counts']! }, folder);
    expect(() => pinMaps({ flows, counts }, folder)).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    expect(readdirSync(folder)).toEqual(['counts']);
  });

  it('that are not to be had say why', () => {
    expect(() => openMaps(path.join(root, 'nowhere'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    const plain = mkdtempSync(path.join(tmpdir(), 'tsbpf-plain-'));
    writeFileSync(path.join(plain, 'file'), '');
    expect(() => openMaps(plain)).toThrow(expect.objectContaining({ subject: path.join(plain, 'file') }));
    using loaded = loadObject(compileC(source));
    expect(() => pinMaps(loaded.maps, plain)).toThrow('BPF file system');
    expect(existsSync(path.join(plain, 'flows'))).toBe(false);
    rmSync(plain, { recursive: true });
  });

  it('of other types are refused, and the member is named', async () => {
    using loaded = loadObject(compileC(source));
    const pin = path.join(root, 'typed');
    loaded.maps['flows']!.pin(pin);
    const good = await runModule(program(pin, 'packets: u64; limit: u32'));
    good['flows'].set({ source: 9, port: 80, flags: 0 }, { packets: 1n, limit: 2 });
    expect(loaded.maps['flows']!.get({ source: 9, port: 80, flags: 0 })).toEqual({ packets: 1n, limit: 2 });
    good['flows'].close();
    for (const [value, difference] of [
      ['packets: u64; limit: i32', 'value.limit is u32 instead of i32'],
      ['limit: u32; packets: u64', 'value.limit is at byte 8 instead of byte 0'],
      ['packets: u64; limit: u32; more: u32', 'value.more is missing'],
      ['total: u64; limit: u32', 'value.total is missing'],
    ] as const) {
      const bad = await runModule(program(pin, value));
      expect(() => bad['flows'].size).toThrow(difference);
      expect(() => bad['count'].load()).toThrow(difference);
    }
  });

  it('open by descriptor, which stays the caller’s', () => {
    using map = BpfMap.create({ type: 'hash', key: new Record('I'), value: new Record('Q'), maxEntries: 4 });
    map.set(1, 5n);
    using again = BpfMap.open(map.fd, { key: new Record('I'), value: new Record('Q') });
    expect(again.get(1)).toBe(5n);
    again.close();
    expect(map.get(1)).toBe(5n);
    expect(() => BpfMap.open(99_999)).toThrow(expect.objectContaining({ code: 'EBADF' }));
    const file = openSync('/dev/null', 'r');
    expect(() => BpfMap.open(file)).toThrow(expect.objectContaining({ code: 'TSBPF2035' }));
    closeSync(file);
  });
});
