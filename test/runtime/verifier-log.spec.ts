/** What is read out of a verifier's log, in the forms that kernels before and after 6.9 have. */
import { describe, expect, it } from 'vitest';
import { readVerifierLog } from '../../runtime/verifier-log.js';

describe('readVerifierLog', () => {
  it('takes message, instruction and place from a new kernel', () => {
    const log = [
      '0: R1=ctx() R10=fp0',
      '; value.count += 1 @ app.ts:12',
      '6: (79) r1 = *(u64 *)(r0 +0)',
      "R0 invalid mem access 'map_value_or_null'",
      'processed 7 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0',
      '',
    ].join('\n');
    expect(readVerifierLog(log)).toMatchObject({
      summary: "R0 invalid mem access 'map_value_or_null'",
      instruction: 6,
      place: { file: 'app.ts', line: 12 },
      text: 'value.count += 1',
      explanation: { name: 'possibly-undefined' },
    });
  });

  it('takes message, instruction and text from an old kernel', () => {
    const log =
      '; return skb.len\n3: (61) r0 = *(u32 *)(r1 +80)\ninvalid bpf_context access off=80 size=4\nprocessed 4 insns (limit 1000000)\n';
    expect(readVerifierLog(log)).toMatchObject({
      summary: 'invalid bpf_context access off=80 size=4',
      instruction: 3,
      place: undefined,
      text: 'return skb.len',
    });
  });

  it('takes the message about a loop, not the states that follow it', () => {
    const log =
      '3: (05) goto pc-1\ninfinite loop detected at insn 3\ncur state: R1=ctx() R10=fp0\nold state: R1=ctx() R10=fp0\n';
    expect(readVerifierLog(log)).toMatchObject({
      summary: 'infinite loop detected at insn 3',
      explanation: { name: 'endless-loop' },
    });
  });

  it('takes all lines of a message', () => {
    const log =
      '2: (71) r0 = *(u8 *)(r2 +0)\ninvalid access to packet, off=0 size=1, R2(id=0,off=0,r=0)\nR2 offset is outside of the packet\nprocessed 3 insns (limit 1000000)\n';
    expect(readVerifierLog(log)).toMatchObject({
      summary: 'invalid access to packet, off=0 size=1, R2(id=0,off=0,r=0); R2 offset is outside of the packet',
      explanation: { name: 'packet-bounds' },
    });
  });

  it('gives no place to what is about the whole program', () => {
    const log = '; return 0; @ app.ts:3\n7: (95) exit\ncombined stack size of 2 calls is 608. Too large\n';
    expect(readVerifierLog(log)).toMatchObject({
      instruction: undefined,
      place: undefined,
      explanation: { name: 'stack-of-calls' },
    });
  });

  it('says so where there is no reason', () => {
    expect(readVerifierLog('').summary).toBe('it gave no reason');
  });
});
