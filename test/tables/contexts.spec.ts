/** Offsets of context structures against the installed kernel headers, and access by the kernel's rules. */
import { describe, expect, it } from 'vitest';
import {
  argumentOffset,
  contextField,
  contextFields,
  syscallArgumentOffset,
} from '../../compiler/programs/contexts.js';
import { describeInC, evaluateInC } from './c-compiler.js';

function layoutInC(header: string, struct: string, fields: readonly { name: string; count?: number }[]): number[] {
  const element = (field: { name: string; count?: number }) => (field.count ? `${field.name}[0]` : field.name);
  return evaluateInC(
    ['linux/types.h', header],
    fields.flatMap((field) => [`offsetof(${struct}, ${field.name})`, `sizeof(((${struct} *)0)->${element(field)})`]),
  );
}

describeInC('the layout of contexts in the installed headers', () => {
  it.each([
    ['SkBuff', 'struct __sk_buff', 33],
    ['XdpContext', 'struct xdp_md', 6],
  ] as const)('of %s is that of %s', (context, struct, count) => {
    const fields = contextFields(context);
    expect(fields).toHaveLength(count);
    expect(fields.flatMap(({ offset, size }) => [offset, size])).toEqual(layoutInC('linux/bpf.h', struct, fields));
  });

  it('covers struct __sk_buff but for flow_keys and padding', () => {
    const [size, elements] = evaluateInC(['linux/bpf.h'], ['sizeof(struct __sk_buff)', 'sizeof(void *)']);
    const covered = contextFields('SkBuff').reduce((sum, field) => sum + field.size * (field.count ?? 1), 0);
    // Between data_meta and flow_keys nothing is lost; behind tstamp_type there are 3 bytes of padding.
    expect(covered).toBe(size! - elements! - 3);
  });
});

describeInC(
  'registers in the installed headers',
  () => {
    it('have the offsets of struct pt_regs', () => {
      const registers = contextFields('PtRegs', 'x86_64').slice(0, 21);
      expect(registers.map(({ name }) => name).slice(-2)).toEqual(['rsp', 'ss']);
      const expected = layoutInC('asm/ptrace.h', 'struct pt_regs', registers);
      expect(registers.flatMap(({ offset, size }) => [offset, size])).toEqual(expected);
    });
  },
  'x64',
);

describe('portable registers', () => {
  const offsetOf = (name: string, machine: 'x86_64' | 'arm64') => contextField('PtRegs', name, machine)?.offset;

  it('follow the calling convention of x86_64', () => {
    const names = ['parm1', 'parm2', 'parm3', 'parm4', 'parm5', 'parm6', 'ret', 'ip', 'sp', 'fp'];
    const registers = ['rdi', 'rsi', 'rdx', 'rcx', 'r8', 'r9', 'rax', 'rip', 'rsp', 'rbp'];
    expect(names.map((name) => offsetOf(name, 'x86_64'))).toEqual(registers.map((name) => offsetOf(name, 'x86_64')));
    expect(argumentOffset(3)).toBe(offsetOf('rcx', 'x86_64'));
    expect(argumentOffset(6)).toBeUndefined();
  });

  it('follow the calling convention of arm64', () => {
    expect(offsetOf('parm6', 'arm64')).toBe(5 * 8);
    expect(offsetOf('ret', 'arm64')).toBe(0);
    expect(offsetOf('fp', 'arm64')).toBe(29 * 8);
    expect(offsetOf('sp', 'arm64')).toBe(31 * 8);
    expect(offsetOf('ip', 'arm64')).toBe(32 * 8);
    expect(offsetOf('rdi', 'arm64')).toBeUndefined();
  });

  it('take the fourth argument of a system call from r10', () => {
    expect(syscallArgumentOffset(0)).toBe(offsetOf('rdi', 'x86_64'));
    expect(syscallArgumentOffset(3)).toBe(offsetOf('r10', 'x86_64'));
    expect(syscallArgumentOffset(6)).toBeUndefined();
  });
});

describe('access to context fields', () => {
  const access = (name: string) => contextField('SkBuff', name)!.access;

  it('lets a socket filter write cb alone', () => {
    const written = contextFields('SkBuff').filter((field) => field.access.socketFilter === 'write');
    expect(written.map(({ name }) => name)).toEqual(['cb']);
  });

  it('keeps from socket filters what the kernel keeps from them', () => {
    for (const name of [
      'tc_classid',
      'data',
      'data_end',
      'data_meta',
      'tstamp',
      'wire_len',
      'hwtstamp',
      'remote_ip4',
    ]) {
      expect(access(name).socketFilter).toBeUndefined();
    }
    expect(access('protocol').socketFilter).toBe('read');
  });

  it('lets tc programs write what the kernel lets them', () => {
    const written = contextFields('SkBuff').filter((field) => field.access.tc === 'write');
    expect(written.map(({ name }) => name).toSorted()).toEqual(
      ['cb', 'mark', 'priority', 'queue_mapping', 'tc_classid', 'tc_index', 'tstamp'].toSorted(),
    );
    expect(access('family').tc).toBeUndefined();
    expect(access('mark')).toMatchObject({ tcAction: 'write', ingressFilter: 'write', egressFilter: 'write' });
  });

  it('lets XDP programs write nothing', () => {
    expect(contextFields('XdpContext').some((field) => field.access.xdp === 'write')).toBe(false);
    expect(contextField('XdpContext', 'egress_ifindex')!.access.xdp).toBeUndefined();
  });
});
