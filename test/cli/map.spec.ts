/** `tsbpf map`, on maps that these tests make and pin. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadObject, pinMaps, type LoadedObject } from '../../runtime/index.js';
import { possibleCpus } from '../../runtime/native/libbpf.js';
import { compileC } from '../kernel/support/object.js';
import { describeKernel } from '../support/kernel.js';
import { tsbpf } from './command-line.js';

const source = `
  struct flow { __be16 port; unsigned char mac[6]; char name[8]; };
  struct state { __u64 packets; __s32 balance; _Bool blocked; };
  struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, struct flow); __type(value, struct state); __uint(max_entries, 8); } flows SEC(".maps");
  struct { __uint(type, BPF_MAP_TYPE_ARRAY); __type(key, __u32); __type(value, __u64); __uint(max_entries, 3); } counts SEC(".maps");
  struct { __uint(type, BPF_MAP_TYPE_PERCPU_HASH); __type(key, __u32); __type(value, __u32); __uint(max_entries, 3); } each SEC(".maps");
  struct { __uint(type, BPF_MAP_TYPE_QUEUE); __type(value, __u32); __uint(max_entries, 3); } line SEC(".maps");
  SEC("xdp") int pass(void *ctx) { return 2; }`;

describeKernel('tsbpf map', {}, () => {
  let root: string;
  let loaded: LoadedObject;
  const pin = (name: string) => path.join(root, name);
  const map = (...parameters: string[]) => tsbpf(['map', ...parameters], { cwd: root });
  const lines = (text: string) => text.trimEnd().split('\n');

  beforeAll(() => {
    root = mkdtempSync(path.join(tmpdir(), 'tsbpf-map-'));
    expect(spawnSync('mount', ['-t', 'bpf', 'bpf', root]).status).toBe(0);
    loaded = loadObject(compileC(source));
    pinMaps(loaded.maps, root);
  });

  afterAll(() => {
    loaded?.close();
    spawnSync('umount', [root]);
    rmSync(root, { recursive: true });
  });

  it('lists what is pinned in a folder, and all maps', () => {
    const { status, stdout } = map('list', root);
    expect(status).toBe(0);
    const [headings, ...rows] = lines(stdout).map((line) => line.trim().split(/ {2,}/));
    expect(headings).toEqual(['ID', 'NAME', 'TYPE', 'KEY', 'VALUE', 'ENTRIES', 'PINNED AT']);
    const counts = loaded.maps['counts']!;
    expect(rows).toContainEqual([`${counts.id}`, 'counts', 'array', '4', '8', '3', pin('counts')]);
    expect(rows).toHaveLength(4);
    const all = lines(map('list', '--json').stdout).map((line) => JSON.parse(line) as { id: number });
    expect(all.find(({ id }) => id === counts.id)).toMatchObject({ name: 'counts', type: 'array', maxEntries: 3 });
  });

  it('sets, gets, dumps and deletes entries of structs', () => {
    const key = '{port: 443, mac: "0a:0b:0c:00:00:01", name: "web"}';
    expect(map('set', pin('flows'), key, '{packets: 18446744073709551615, balance: -3, blocked: true}')).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    });
    const entry = { port: 443, mac: Uint8Array.of(10, 11, 12, 0, 0, 1), name: 'web' };
    expect(loaded.maps['flows']!.get(entry)).toEqual({ packets: 0xffffffffffffffffn, balance: -3, blocked: true });
    expect(JSON.parse(map('get', pin('flows'), key, '--json').stdout)).toEqual({
      value: { packets: '18446744073709551615', balance: -3, blocked: true },
    });
    expect(map('dump', pin('flows')).stdout).toBe(
      'PORT  MAC                NAME               PACKETS  BALANCE  BLOCKED\n' +
        ' 443  0a:0b:0c:00:00:01  web   18446744073709551615       -3  true\n',
    );
    expect(map('delete', pin('flows'), key).status).toBe(0);
    expect(map('delete', pin('flows'), key)).toMatchObject({ status: 1, stdout: '' });
    expect(map('dump', pin('flows'), '--json')).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('takes numbers as they are usually written, and maps by their number', () => {
    expect(map('set', String(loaded.maps['counts']!.id), '0x2', '0x10').status).toBe(0);
    expect(map('get', pin('counts'), '2').stdout).toBe('16\n');
    expect(lines(map('dump', pin('counts'), '--json').stdout).map((line) => JSON.parse(line) as unknown)).toEqual([
      { key: 0, value: '0' },
      { key: 1, value: '0' },
      { key: 2, value: '16' },
    ]);
  });

  it('says as JSON what was set, deleted and pinned, and what is wrong', () => {
    const key = '{port: 80, mac: "000000000001", name: "x"}';
    const entry = { port: 80, mac: [0, 0, 0, 0, 0, 1], name: 'x' };
    const value = { packets: '5', balance: 1, blocked: false };
    const parsed = (...parameters: string[]) => JSON.parse(map(...parameters, '--json').stdout) as unknown;
    expect(parsed('set', pin('flows'), key, '{packets: 5, balance: 1, blocked: false}')).toEqual({ key: entry, value });
    expect(parsed('delete', pin('flows'), key)).toEqual({ key: entry });
    const { id } = loaded.maps['flows']!;
    expect(parsed('pin', String(id), pin('json'))).toEqual({ id, name: 'flows', pin: pin('json') });
    expect(parsed('delete', pin('flows'), key)).toMatchObject({ code: 'TSBPF3021', category: 'error' });
    spawnSync('rm', [pin('json')]);
  });

  it('writes per-CPU values for all CPUs or for each', () => {
    const cpus = possibleCpus();
    const values = Array.from({ length: cpus }, (_, cpu) => cpu + 5);
    expect(map('set', pin('each'), '7', '9').status).toBe(0);
    expect(loaded.maps['each']!.get(7)).toEqual(Array(cpus).fill(9));
    expect(map('set', pin('each'), '7', JSON.stringify(values)).status).toBe(0);
    const rows = values.map((value, cpu) => ['7', `${cpu}`, `${value}`]);
    const [headings, ...dumped] = lines(map('dump', pin('each')).stdout).map((line) => line.trim().split(/ +/));
    expect([headings, dumped]).toEqual([['KEY', 'CPU', 'VALUE'], rows]);
  });

  it('pins by number', () => {
    expect(map('pin', String(loaded.maps['each']!.id), pin('again')).status).toBe(0);
    expect(map('dump', pin('again')).status).toBe(0);
  });

  it.each<[string, () => string[], number, RegExp]>([
    ['no such pin', () => ['dump', pin('nowhere')], 1, /ENOENT.*nowhere.*no such file/],
    ['no such number', () => ['dump', '4000000000'], 1, /ENOENT/],
    ['no such folder', () => ['list', pin('nowhere')], 1, /ENOENT.*read folder.*nowhere/],
    ['a map without keys', () => ['dump', pin('line')], 1, /type queue, which has no keys/],
    [
      'no such entry',
      () => ['get', pin('flows'), '{port: 1, mac: "000000000000", name: ""}'],
      1,
      /has no entry with the key {port: 1/,
    ],
    ['a member that lacks', () => ['get', pin('flows'), '{port: 1}'], 1, /a key of map 'flows'\.mac/],
    ['a key that is none', () => ['get', pin('counts'), 'two'], 2, /KEY two: expected an integer/],
    ['a key out of range', () => ['get', pin('counts'), '-1'], 1, /key of map 'counts'/],
    ['an unknown member', () => ['get', pin('flows'), '{prt: 1}'], 2, /KEY prt: expected one of its members: port/],
    ['JSON that is cut', () => ['set', pin('flows'), '{port: 1', '1'], 2, /KEY .*expected JSON/],
    ['an argument that lacks', () => ['get', pin('flows')], 2, /missing required argument 'KEY'/],
  ])('says what is wrong: %s', (_, parameters, status, message) => {
    const result = map(...parameters());
    expect(result.stdout).toBe('');
    expect(result.stderr).toMatch(message);
    expect(result.status).toBe(status);
    expect(result.stderr).not.toMatch(/^ +at /m);
  });
});
