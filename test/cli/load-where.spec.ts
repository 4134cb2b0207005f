/** What `tsbpf load` attaches, and where. */
import { describe, expect, it } from 'vitest';
import { terminalScreen } from '../../cli/load/screen.js';
import { chooseAttachments } from '../../cli/load/where.js';
import { CommandError } from '../../cli/status.js';

const programs = Object.entries({
  open: 'tracepoint/syscalls/sys_enter_openat',
  late: 'kprobe',
  line: 'uretprobe',
  raw: 'raw_tp/sched_switch',
  count: 'xdp',
  out: 'tc',
  keep: 'socket',
  act: 'action',
  hook: 'fentry/vfs_read',
}).map(([name, section]) => ({ name, section }));

const choose = (
  attach: string[],
  flags: Omit<Parameters<typeof chooseAttachments>[2], 'attach'> = {},
  directions: [string, 'ingress' | 'egress'][] = [],
) => chooseAttachments({ name: 'x.o', directions: new Map(directions) }, programs, { attach, ...flags });

describe('what is attached', () => {
  it.each<[string, object]>([
    ['open', { program: 'open', options: {} }],
    ['open=sched:sched_switch', { program: 'open', options: { event: 'sched:sched_switch' } }],
    ['late=sys_close', { program: 'late', options: { symbol: 'sys_close' } }],
    ['late=do_exit+0x10', { program: 'late', options: { symbol: 'do_exit', offset: 16n } }],
    ['line=/usr/bin/bash:readline', { program: 'line', options: { binary: '/usr/bin/bash', symbol: 'readline' } }],
    ['raw=sched_wakeup', { program: 'raw', options: { event: 'sched_wakeup' } }],
    ['count=eth0', { program: 'count', options: { interface: 'eth0' } }],
    ['count=eth0,generic', { program: 'count', options: { interface: 'eth0', mode: 'generic' } }],
    ['out=eth0,egress', { program: 'out', options: { interface: 'eth0', direction: 'egress' } }],
    ['keep', { program: 'keep', socket: true, options: {} }],
    ['keep=eth0', { program: 'keep', socket: true, options: { interface: 'eth0' } }],
    ['hook', { program: 'hook', options: {} }],
  ])('%s', (text, expected) => expect(choose([text])).toEqual([expected]));

  it('is all where nothing is named, on the interface that is given', () => {
    const some = programs.filter(({ name }) => ['open', 'count', 'out'].includes(name));
    const flags = { attach: [''], interface: 'lo', mode: 'native' } as const;
    expect(chooseAttachments({ name: 'x.o', directions: new Map([['out', 'egress']]) }, some, flags)).toEqual([
      { program: 'open', options: {} },
      { program: 'count', options: { interface: 'lo', mode: 'native' } },
      { program: 'out', options: { interface: 'lo', direction: 'egress' } },
    ]);
  });

  it('is said by the program before it is said by the options', () => {
    const [out] = choose(['out=lo'], { direction: 'ingress' }, [['out', 'egress']]);
    expect(out!.options.direction).toBe('egress');
  });

  it.each<[string, string, number, number, RegExp]>([
    ['no such program', 'opn', 3080, 1, /no program opn/],
    ['an XDP program nowhere', 'count', 3081, 2, /does not say an interface/],
    ['a probe nowhere', 'late', 3081, 2, /does not say a kernel function/],
    ['an unknown mode', 'count=eth0,fast', 3082, 2, /generic or native/],
    ['an unknown direction', 'out=eth0,up', 3082, 2, /ingress or egress/],
    ['no interface', 'count=', 3082, 2, /expected an interface/],
    ['a tracepoint without its group', 'open=sched_switch', 3082, 2, /expected a tracepoint/],
    ['a binary without a function', 'line=/usr/bin/bash', 3082, 2, /a binary and a function/],
    ['a place for what has its own', 'hook=vfs_write', 3088, 2, /cannot be attached here/],
    ['an action', 'act', 3088, 2, /section action/],
  ])('says what is wrong: %s', (_, text, code, status, message) => {
    expect(() => choose([text])).toThrow(CommandError);
    expect(() => choose([text])).toThrow(expect.objectContaining({ code, status }));
    expect(() => choose([text])).toThrow(message);
  });

  it('is refused where there is nothing', () => {
    expect(() => chooseAttachments({ name: 'x.o', directions: new Map() }, [], { attach: [] })).toThrow(
      expect.objectContaining({ code: 3087 }),
    );
  });
});

describe('a terminal', () => {
  /** What stands on a terminal after it was written to, by the three controls that are used. */
  const rendered = (written: string) => {
    const lines = [''];
    // eslint-disable-next-line no-control-regex
    const controls = /\x1b\[(\d+)A|(\r\x1b\[J)|([^])/g;
    for (const [, up, clear, character] of written.matchAll(controls)) {
      if (up !== undefined) lines.splice(lines.length - 1 - Number(up));
      if (up !== undefined) lines.push('');
      else if (clear === undefined && character === '\n') lines.push('');
      else if (clear === undefined) lines[lines.length - 1] += character;
    }
    return lines.slice(0, -1);
  };

  const screenOf = (rows: number, columns: number) => {
    let written = '';
    const screen = terminalScreen({ rows, columns, write: (text: string) => (written += text) });
    return { screen, lines: () => rendered(written) };
  };

  it('keeps what is printed above what changes', () => {
    const { screen, lines } = screenOf(24, 80);
    screen.print(['one']);
    screen.show(['a 1', 'b 1']);
    screen.print(['two']);
    screen.show(['a 2']);
    expect(lines()).toEqual(['one', 'two', '', 'a 2']);
    screen.finish(['a 3', 'b 3']);
    expect(lines()).toEqual(['one', 'two', '', 'a 3', 'b 3']);
  });

  it('shows no more than there is room for, until the end', () => {
    const { screen, lines } = screenOf(4, 5);
    const block = ['123456', 'b', 'c', 'd'];
    screen.show(block);
    expect(lines()).toEqual(['12345', 'b', '… 2 m']);
    screen.finish(block);
    expect(lines()).toEqual(block);
  });
});
