/** What the decorators and calls say when nothing compiled the file; as types they are checked in program-types.ts. */
import { describe, expect, it } from 'vitest';
import { kprobe, xdp } from '../../runtime/index.js';

describe('a program in a file that was not compiled', () => {
  it('says how to run it', () => {
    expect(() => kprobe('sys_close', () => 0)).toThrow(
      'Run it with `tsbpf run FILE` or `node --import tsbpf/register FILE`.',
    );
    expect(() => xdp({})).toThrow(expect.objectContaining({ code: 'TSBPF2004', subject: 'xdp' }));
  });
});
