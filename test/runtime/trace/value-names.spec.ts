/** Names of values, by texts in the form that the kernel's TP_printk makes. */
import { expect, it } from 'vitest';
import { nameValue, parseValueNames } from '../../../runtime/trace/value-names.js';

const format = `name: example
print fmt: "reason=%s flags=%s state=%s", __print_symbolic(REC->reason, { 1, "NOT_SPECIFIED" }, { 2, "NO_SOCKET" }), (REC->flags) ? __print_flags(REC->flags, "|", {(unsigned long)(((gfp_t)0x20u)), "GFP_ATOMIC"}, { 0x1UL, "LOW" }, { (1 << 2), "FOUR" }) : "none", __print_symbolic(REC->state, { -1, "GONE" })`;

const names = parseValueNames(format);

it('are found for enumerations and for flags', () => {
  expect([...names.keys()]).toEqual(['reason', 'flags', 'state']);
  expect(names.get('reason')).toEqual({
    kind: 'symbols',
    names: [
      [1n, 'NOT_SPECIFIED'],
      [2n, 'NO_SOCKET'],
    ],
  });
  expect(names.get('flags')).toEqual({
    kind: 'flags',
    names: [
      [0x20n, 'GFP_ATOMIC'],
      [1n, 'LOW'],
      [4n, 'FOUR'],
    ],
  });
  expect(names.get('state')!.names).toEqual([[-1n, 'GONE']]);
  expect(parseValueNames('print fmt: "%d", REC->fd').size).toBe(0);
});

it.each<[string, number | bigint, string | number | bigint]>([
  ['reason', 2, 'NO_SOCKET'],
  ['reason', 9, 9],
  ['state', -1n, 'GONE'],
  ['flags', 0x21, 'GFP_ATOMIC|LOW'],
  ['flags', 0x49n, 'LOW|0x48'],
  ['flags', 0x40, 0x40],
  ['flags', 0, 0],
])('stand for %s %s as %s', (field, value, expected) => {
  expect(nameValue(value, names.get(field)!)).toBe(expected);
});
