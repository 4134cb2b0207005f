/** `tsbpf filter`: what a tcpdump expression compiles to, in every form, and what is said where it compiles to nothing. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ethernetExpressions } from '../support/pcap-expressions.mjs';
import { printListing } from '../../compiler/pcap/print-cbpf.js';
import { readRaw } from '../../compiler/pcap/cbpf.js';
import { compileExpression } from '../../runtime/native/libpcap.js';
import { tsbpf } from './command-line.js';

const folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-filter-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('tsbpf filter', () => {
  it('lists classic BPF unless told otherwise, of all its words', () => {
    const listing = [
      '(000) ldh      [12]',
      '(001) jeq      #0x806           jt 2\tjf 3',
      '(002) ret      #262144',
      '(003) ret      #0',
    ];
    expect(tsbpf(['filter', 'arp'])).toEqual({ status: 0, stderr: '', stdout: `${listing.join('\n')}\n` });
    const words = tsbpf(['filter', 'tcp', 'port', '80']);
    expect(words.stdout).toBe(tsbpf(['filter', 'tcp port 80']).stdout);
    expect(words.stdout).toContain('ldxb     4*([14]&0xf)');
  });

  it('lists what tcpdump lists', () => {
    // Of an interface tcpdump takes the tag from beside the packet, so that it is asked about a file.
    const header = Buffer.from('d4c3b2a1020004000000000000000000000004000100000000', 'hex').subarray(0, 24);
    const file = path.join(folder, 'empty.pcap');
    writeFileSync(file, header);
    const differing = ethernetExpressions.filter((expression) => {
      const { status, stdout } = spawnSync('tcpdump', ['-d', '-r', file, '--', expression], { encoding: 'utf8' });
      return status !== 0 || printListing(readRaw(compileExpression(expression, 1).code!)) !== stdout;
    });
    expect(differing).toEqual([]);
  });

  it('writes initializers and JSON', () => {
    expect(tsbpf(['filter', '--initializers', 'arp']).stdout).toBe(
      '{ 0x28, 0, 0, 0x0000000c },\n{ 0x15, 0, 1, 0x00000806 },\n{ 0x6, 0, 0, 0x00040000 },\n{ 0x6, 0, 0, 0x00000000 },\n',
    );
    const record: unknown = JSON.parse(tsbpf(['filter', '--json', 'arp']).stdout);
    expect(record).toMatchObject({ expression: 'arp', linkType: 'ethernet', emit: 'cbpf' });
    expect(record).toHaveProperty('code.1', { code: 0x15, jumpTrue: 0, jumpFalse: 1, k: 0x806 });
  });

  it('knows link types', () => {
    expect(tsbpf(['filter', '--link-type', 'raw', 'icmp']).stdout).toContain('ldb      [0]');
    expect(tsbpf(['filter', '--link-type', 'linux_sll2', 'ip']).stdout).toContain('ldh      [0]');
    expect(tsbpf(['filter', '--link-type', 'EN10MB', 'arp']).stdout).toBe(tsbpf(['filter', 'arp']).stdout);
  });

  it('writes C that a C compiler takes, and that says what libpcap says', () => {
    const file = path.join(folder, 'filter.c');
    expect(tsbpf(['filter', '--emit', 'c', '-o', file, 'tcp port 80 or ip[2:2] / ip[8] = 3']).status).toBe(0);
    const main = [
      `#include "${file}"`,
      'static const unsigned char arp[] = {0,0,0,0,0,0,0,0,0,0,0,0,8,6,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0};',
      'static const unsigned char ip[] = {0,0,0,0,0,0,0,0,0,0,0,0,8,0,0x45,0,0,30,0,0,0,0,10,1,0,0,0,0,0,0,0,0,0,0};',
      'int main(void) { return matches(arp, arp + 34, 34) || !matches(ip, ip + 34, 34) || matches(ip, ip + 20, 34); }',
    ];
    const program = path.join(folder, 'main.c');
    writeFileSync(program, main.join('\n'));
    const binary = path.join(folder, 'main');
    const compiled = spawnSync('gcc', ['-Wall', '-Werror', '-o', binary, program], { encoding: 'utf8' });
    expect(compiled.stderr).toBe('');
    expect(spawnSync(binary).status).toBe(0);
  });

  it('writes TypeScript that tsbpf builds', () => {
    const file = path.join(folder, 'filter.ts');
    expect(tsbpf(['filter', '--emit', 'ts', '-o', file, 'tcp port 80']).status).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(/^\/\/ 'tcp port 80' for packets of link type ethernet/);
    expect(tsbpf(['build', file, '-o', path.join(folder, 'filter.o')])).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('writes IR and assembly, of the level that is asked for', () => {
    expect(tsbpf(['filter', '--emit', 'll', 'arp']).stdout).toContain('define dso_local i32 @filter(');
    expect(tsbpf(['filter', '--emit', 'asm', 'inbound']).stdout).toContain('section\txdp');
    expect(tsbpf(['filter', '--emit', 'asm', '--cpu', 'v1', 'arp']).stdout).not.toMatch(/\bw\d = /);
    expect(tsbpf(['filter', '--emit', 'asm', '--cpu', 'v3', 'arp']).stdout).toMatch(/\bw\d = /);
  });

  it('says what is wrong, and where the fault lies', () => {
    const said = (...words: string[]) => {
      const { status, stderr, stdout } = tsbpf(['filter', ...words]);
      expect(stdout).toBe('');
      return [status, /TSBPF\d+/.exec(stderr)?.[0]];
    };
    expect(said('tcp', 'prot', '80')).toEqual([1, 'TSBPF3050']);
    expect(said('--link-type', 'token ring', 'tcp')).toEqual([2, 'TSBPF3051']);
    expect(said('--emit', 'c', 'inbound')).toEqual([1, 'TSBPF3054']);
    expect(said('--emit', 'ts', 'ifindex 3')).toEqual([1, 'TSBPF3054']);
    expect(said('--emit', 'pcap', 'tcp')).toEqual([2, 'TSBPF3017']);
    expect(said('--emit', 'c', '--initializers', 'tcp')).toEqual([2, 'TSBPF3008']);
    expect(said('-o', '/nowhere/filter', 'tcp')).toEqual([1, 'TSBPF3003']);
  });
});
