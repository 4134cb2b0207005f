/** Foreign libraries that are missing, and names of kernel addresses. */
import { describe, expect, it } from 'vitest';
import { errnoName, systemError, PermissionError } from '../../runtime/errors.js';
import { SymbolTable } from '../../runtime/maps/kallsyms.js';
import { foreignLibrary } from '../../runtime/native/library.js';

describe('a missing library', () => {
  it('is missed at the first call, not before', () => {
    const library = foreignLibrary(['libtsbpf-nowhere.so.1'], (detail) => new Error(`install it: ${detail}`));
    const call = library.declare<() => number>('int nothing()');
    expect(library.has('nothing')).toBe(false);
    expect(() => call()).toThrow('install it: libtsbpf-nowhere.so.1');
  });

  it('is missed where only a function lacks', () => {
    const library = foreignLibrary([null], (detail) => new Error(`too old: ${detail}`));
    expect(() => library.declare<() => number>('int tsbpf_nothing()')()).toThrow(/too old: .*tsbpf_nothing/);
  });
});

describe('errno', () => {
  it.each([
    [2, 'ENOENT'],
    [524, 'ENOTSUPP'],
    [4007, 'LIBBPF_ERRNO__VERIFY'],
    [99_999, 'errno 99999'],
  ])('%i is %s', (number, name) => {
    expect(errnoName(number)).toBe(name);
  });

  it('tells a lacking privilege apart', () => {
    expect(systemError(1, 'create map', 'closes')).toBeInstanceOf(PermissionError);
    expect(systemError(2, 'open', '/x').message).toBe("Cannot open '/x': no such file or directory (ENOENT).");
  });
});

describe('SymbolTable', () => {
  const table = new SymbolTable(
    ['ffffffff81000000 T start', 'ffffffff81000100 t middle', 'ffffffffc0000000 t inside\t[veth]', ''].join('\n'),
  );

  it('finds the function that an address is in', () => {
    expect(table.find(0xffffffff810000ffn)).toEqual({ name: 'start', offset: 255 });
    expect(table.find(0xffffffff81000100n)).toEqual({ name: 'middle', offset: 0 });
    expect(table.find(0xffffffffc0000010n)).toEqual({ name: 'inside', offset: 16, module: 'veth' });
    expect(table.find(0xffffffff80ffffffn)).toBeUndefined();
  });

  it('is empty where the kernel hides its addresses', () => {
    expect(new SymbolTable('0000000000000000 T start\n').empty).toBe(true);
  });
});
