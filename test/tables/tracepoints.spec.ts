/** Tracepoints: the table of system calls, and the kernel's own descriptions of other events. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { integerOfCType, integerOfSize } from '../../compiler/programs/c-types.js';
import { syscallFields, syscallNames } from '../../compiler/programs/syscalls.js';
import { parseTracepointFormat, type TracepointField } from '../../compiler/programs/tracepoint-format.js';

const types = readFileSync(new URL('../../runtime/tracepoints.generated.ts', import.meta.url), 'utf8');
const short = ({ name, offset, size, type }: TracepointField) => `${name} ${offset} ${size} ${type}`;

describe('system call tracepoints', () => {
  it('type openat as C does, whatever its slots', () => {
    expect(syscallFields('syscalls:sys_enter_openat')!.map(short)).toEqual([
      '__syscall_nr 8 4 i32',
      'dfd 16 4 i32',
      'filename 24 8 u64',
      'flags 32 4 i32',
      'mode 40 2 u16',
    ]);
    expect(syscallFields('syscalls:sys_enter_openat')![2]!.cType).toBe('const char *');
  });

  it('type kill and read as C does', () => {
    expect(syscallFields('syscalls:sys_enter_kill')!.slice(1).map(short)).toEqual(['pid 16 4 i32', 'sig 24 4 i32']);
    expect(syscallFields('syscalls:sys_enter_read')!.slice(1).map(short)).toEqual([
      'fd 16 4 u32',
      'buf 24 8 u64',
      'count 32 8 u64',
    ]);
  });

  it('give what a system call returns', () => {
    expect(syscallFields('syscalls:sys_exit_openat')!.map(short)).toEqual(['__syscall_nr 8 4 i32', 'ret 16 8 i64']);
  });

  it('do not know other events', () => {
    expect(syscallFields('sched:sched_switch')).toBeUndefined();
    expect(syscallFields('syscalls:sys_enter_nothing')).toBeUndefined();
    expect(syscallFields('syscalls:sys_enter_')).toBeUndefined();
  });

  // kernel/fork.c has clone(flags, newsp, parent_tidptr, tls, child_tidptr) where CONFIG_CLONE_BACKWARDS is set, as on arm64.
  it('have the arguments of clone in the order of the machine', () => {
    const names = (machine: 'x86_64' | 'arm64') =>
      syscallFields('syscalls:sys_enter_clone', machine)!.map(({ name, offset }) => `${name} ${offset}`);
    expect(names('x86_64').slice(-2)).toEqual(['child_tidptr 40', 'tls 48']);
    expect(names('arm64').slice(-2)).toEqual(['tls 40', 'child_tidptr 48']);
    expect(names('arm64').slice(0, -2)).toEqual(names('x86_64').slice(0, -2));
  });

  it('are as many as their types', () => {
    const declared = [...types.matchAll(/^ {2}(\w+): {/gm)].map((match) => match[1]);
    expect(declared).toEqual(syscallNames());
    expect(declared.length).toBeGreaterThan(350);
    expect(types).toContain('  openat: { dfd: i32; filename: u64; flags: i32; mode: u16 };');
  });

  it('have six arguments at most, in slots of 8 bytes', () => {
    for (const name of syscallNames()) {
      const fields = syscallFields(`syscalls:sys_enter_${name}`)!.slice(1);
      expect(fields.length, name).toBeLessThanOrEqual(6);
      expect(fields.map(({ offset }) => offset)).toEqual(fields.map((_, index) => 16 + index * 8));
      for (const { type } of fields) expect(type, name).toMatch(/^[ui](8|16|32|64)$/);
    }
  });

  const tracefs = '/sys/kernel/tracing/events/syscalls';
  it('agree with the running kernel', ({ skip }) => {
    skip(!existsSync(tracefs), 'tracefs is not mounted');
    const format = readFileSync(`${tracefs}/sys_enter_openat/format`, 'utf8');
    expect(parseTracepointFormat(format).map(short)).toEqual(syscallFields('syscalls:sys_enter_openat')!.map(short));
  });
});

const COMMON = `name: sample
ID: 316
format:
\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

`;

describe('the format of an event', () => {
  it('reads sched_switch: texts, narrow and wide integers', () => {
    const format = `${COMMON}\tfield:char prev_comm[16];\toffset:8;\tsize:16;\tsigned:0;
\tfield:pid_t prev_pid;\toffset:24;\tsize:4;\tsigned:1;
\tfield:int prev_prio;\toffset:28;\tsize:4;\tsigned:1;
\tfield:long prev_state;\toffset:32;\tsize:8;\tsigned:1;

print fmt: "prev_comm=%s field:int x; offset:1", REC->prev_comm
`;
    expect(parseTracepointFormat(format).map(short)).toEqual([
      'prev_comm 8 16 CharArray<16>',
      'prev_pid 24 4 i32',
      'prev_prio 28 4 i32',
      'prev_state 32 8 i64',
    ]);
  });

  it('reads arrays of bytes and of integers', () => {
    const format = `${COMMON}\tfield:const void * skaddr;\toffset:8;\tsize:8;\tsigned:0;
\tfield:__u16 sport;\toffset:24;\tsize:2;\tsigned:0;
\tfield:__u8 saddr_v6[16];\toffset:40;\tsize:16;\tsigned:0;
\tfield:unsigned long args[6];\toffset:56;\tsize:48;\tsigned:0;
\tfield:char comm[TASK_COMM_LEN];\toffset:104;\tsize:16;\tsigned:1;
`;
    expect(parseTracepointFormat(format).map(short)).toEqual([
      'skaddr 8 8 u64',
      'sport 24 2 u16',
      'saddr_v6 40 16 Bytes<16>',
      'args 56 48 FixedArray<u64, 6>',
      'comm 104 16 CharArray<16>',
    ]);
  });

  it('knows texts and arrays whose place is only known at run time, and no other data of that kind', () => {
    const format = `${COMMON}\tfield:__data_loc char[] filename;\toffset:8;\tsize:4;\tsigned:0;
\tfield:__rel_loc char[] name;\toffset:12;\tsize:4;\tsigned:0;
\tfield:__data_loc u8[] data;\toffset:16;\tsize:4;\tsigned:0;
\tfield:__data_loc unsigned int[] lengths;\toffset:20;\tsize:4;\tsigned:0;
\tfield:__data_loc cpumask_t mask;\toffset:24;\tsize:4;\tsigned:0;
`;
    const common = { size: 4, signed: false };
    expect(parseTracepointFormat(format)).toEqual([
      { name: 'filename', offset: 8, ...common, cType: 'char', dataFrom: 'record', type: 'CharArray<256>' },
      { name: 'name', offset: 12, ...common, cType: 'char', dataFrom: 'field', type: 'CharArray<256>' },
      { name: 'data', offset: 16, ...common, cType: 'u8', arrayLength: 256, dataFrom: 'record', type: 'Bytes<256>' },
      { name: 'data_loc_data', offset: 16, ...common, cType: 'u32', type: 'u32' },
      {
        ...{ name: 'lengths', offset: 20, ...common, cType: 'unsigned int', arrayLength: 64, dataFrom: 'record' },
        type: 'FixedArray<u32, 64>',
      },
      { name: 'data_loc_lengths', offset: 20, ...common, cType: 'u32', type: 'u32' },
      { name: 'mask', offset: 24, ...common, cType: 'cpumask_t', dataFrom: 'record', type: undefined },
    ]);
  });

  it('takes the format for the truth where a type name means something else there', () => {
    const format = `${COMMON}\tfield:dev_t dev;\toffset:8;\tsize:4;\tsigned:0;
\tfield:bool wakeup;\toffset:12;\tsize:1;\tsigned:0;
\tfield:enum state what;\toffset:16;\tsize:4;\tsigned:1;
\tfield:struct odd thing;\toffset:20;\tsize:12;\tsigned:0;
`;
    expect(parseTracepointFormat(format).map(short)).toEqual([
      'dev 8 4 u32',
      'wakeup 12 1 boolean',
      'what 16 4 i32',
      'thing 20 12 undefined',
    ]);
  });

  it('finds nothing in other text', () => {
    expect(parseTracepointFormat('')).toEqual([]);
    expect(parseTracepointFormat('field: nonsense; offset:x;\n\u0000')).toEqual([]);
  });
});

describe('C types', () => {
  it('are integers by name or by size', () => {
    expect(integerOfCType('const clockid_t')).toBe('i32');
    expect(integerOfCType('unsigned long long')).toBe('u64');
    expect(integerOfCType('struct sockaddr *')).toBe('u64');
    expect(integerOfCType('struct path')).toBeUndefined();
    expect(integerOfSize(2, true)).toBe('i16');
    expect(integerOfSize(3, true)).toBeUndefined();
  });
});
