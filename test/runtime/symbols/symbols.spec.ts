/** Names for addresses of processes, from files that may be anything. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ElfError } from '../../../runtime/symbols/elf-file.js';
import { FunctionTable } from '../../../runtime/symbols/function-table.js';
import { parseMappings, ProcessSymbols } from '../../../runtime/symbols/process.js';
import { elfFile } from './elf.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-symbols-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const written = (content: Uint8Array) => {
  const file = path.join(folder, 'file');
  writeFileSync(file, content);
  return file;
};

/** A position-independent program has its code elsewhere in memory than in the file. */
const sample = elfFile({
  symbols: [
    { name: 'outer', address: 0x401000, size: 0x100 },
    { name: 'inner', address: 0x401040, size: 0x10 },
    { name: 'assembly', address: 0x401200, size: 0 },
    { name: 'last', address: 0x401280, size: 0x10 },
    { name: 'data', address: 0x401020, size: 8, type: 1 },
  ],
  dynamic: [{ name: 'exported', address: 0x401400, size: 0x20 }],
  segment: { offset: 0x1000, address: 0x401000, size: 0x1000 },
});

describe('the functions of a file', () => {
  it.each<[number, string | undefined, number?]>([
    [0x1000, 'outer', 0],
    [0x1010, 'outer', 0x10],
    [0x1048, 'inner', 8],
    // Behind a function that lies inside it, the outer one goes on.
    [0x1060, 'outer', 0x60],
    [0x10ff, 'outer', 0xff],
    [0x1100, undefined],
    // What has no size reaches to what follows.
    [0x1210, 'assembly', 0x10],
    [0x1290, undefined],
    [0x1404, 'exported', 4],
    [0x0fff, undefined],
    [0x2000, undefined],
  ])('are found by where they are in it: 0x%s', (offset, name, from) => {
    const found = FunctionTable.read(written(sample)).find(BigInt(offset));
    expect(found).toEqual(name === undefined ? undefined : { name, offset: from });
  });

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['text', Buffer.from('#!/bin/sh\necho no ELF file at all, but long enough to be taken for a header of one\n')],
    ['one that is cut', sample.subarray(0, -10)],
    ['one for 32 bits', Buffer.concat([Buffer.from('\x7fELF\x01\x01', 'latin1'), sample.subarray(6)])],
  ])('are refused of %s', (_, content) => {
    expect(() => FunctionTable.read(written(content))).toThrow(ElfError);
  });

  it('are not waited for in a pipe', () => {
    const pipe = path.join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(() => FunctionTable.read(pipe)).toThrow(ElfError);
  });

  it('are found, or not, in a file whose bytes are wrong', () => {
    let state = 1;
    const random = (limit: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % limit;
    };
    for (let round = 0; round < 3000; round++) {
      const mutant = Buffer.from(sample);
      for (let change = 0; change <= random(3); change++) mutant[random(mutant.length)] = random(256);
      try {
        FunctionTable.read(written(mutant)).find(0x1048n);
      } catch (failure) {
        expect(failure).toBeInstanceOf(ElfError);
      }
    }
  });
});

describe('the mappings of a process', () => {
  it('are those that have a file or a name', () => {
    // As in proc_pid_maps(5).
    const text = `00400000-00452000 r-xp 00001000 08:02 173521      /usr/bin/dbus-daemon
00e03000-00e24000 rw-p 00000000 00:00 0           [heap]
7f2c00000000-7f2c00021000 rw-p 00000000 00:00 0
7f2c10000000-7f2c10001000 r--p 00000000 08:02 9    /tmp/with a blank (deleted)
ffffffffff600000-ffffffffff601000 r-xp 00000000 00:00 0 [vsyscall]
`;
    expect(parseMappings(text)).toEqual([
      { start: 0x400000n, end: 0x452000n, fileOffset: 0x1000n, file: '/usr/bin/dbus-daemon' },
      { start: 0xe03000n, end: 0xe24000n, fileOffset: 0n, file: '[heap]' },
      { start: 0x7f2c10000000n, end: 0x7f2c10001000n, fileOffset: 0n, file: '/tmp/with a blank' },
      { start: 0xffffffffff600000n, end: 0xffffffffff601000n, fileOffset: 0n, file: '[vsyscall]' },
    ]);
  });

  it('are none of one that is gone', () => {
    // The kernel's pids stay below 2^22 (PID_MAX_LIMIT).
    expect(new ProcessSymbols(2 ** 30).find(0x1000n)).toBeUndefined();
  });
});
