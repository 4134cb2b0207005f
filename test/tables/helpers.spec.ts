/** The table of helpers: numbers and well-formedness against the kernel's header, signatures against the C ones by hand. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findHelper, helperNames, scalarType, type Helper } from '../../compiler/programs/helpers.js';
import { TsbpfError } from '../../runtime/errors.js';
import { bpf } from '../../runtime/helpers.js';
import { describeInC, evaluateInC } from './c-compiler.js';

const helpers = helperNames().map((name) => findHelper(name)!);
const declarations = readFileSync(new URL('../../runtime/helpers.generated.ts', import.meta.url), 'utf8');

describe('the table of helpers', () => {
  it('has every helper that linux/bpf.h has numbered, 1 to 211', () => {
    expect(helpers.map(({ number }) => number)).toEqual(Array.from({ length: 211 }, (_, index) => index + 1));
  });

  it('has first kernels that never fall as numbers rise', () => {
    const versions = helpers.map(({ firstKernel }) => {
      const [major = 0, minor = 0] = firstKernel.split('.').map(Number);
      return major * 1000 + minor;
    });
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    expect(findHelper('ktimeGetNs')!.firstKernel).toBe('4.1');
    expect(findHelper('ringbufReserve')!.firstKernel).toBe('5.8');
    expect(findHelper('loop')!.firstKernel).toBe('5.17');
  });

  it('has pointers, lengths and outputs that belong together, in every row', () => {
    for (const helper of helpers) checkRow(helper);
  });
});

function checkRow(helper: Helper): void {
  const context = helper.name;
  for (const [index, parameter] of helper.parameters.entries()) {
    const isInteger = ['scalar', 'size', 'varargs'].includes(parameter.kind);
    expect(parameter.cType.includes('*'), `${context}.${parameter.name}`).toBe(!isInteger);
    if (parameter.kind === 'context') expect(index, context).toBe(0);
    if (parameter.sizeParameter !== undefined) {
      expect(helper.parameters[parameter.sizeParameter]!.sizeOf, context).toBe(index);
    }
    if (parameter.kind.startsWith('memory')) {
      expect(parameter.sizeParameter ?? parameter.bytes, context).toBeGreaterThan(0);
    }
  }
  expect(helper.parameters.filter(({ kind }) => kind === 'memory-out').length, context).toBeLessThanOrEqual(1);
  expect(declarations).toMatch(new RegExp(`^  ${helper.camelName}(<.*>)?\\(`, 'm'));
}

describeInC('the table of helpers in the installed headers', () => {
  it('has the same numbers', () => {
    const header = readFileSync('/usr/include/linux/bpf.h', 'utf8');
    const known = helpers.filter(({ name }) => header.includes(`FN(${name})`) || header.includes(`FN(${name},`));
    expect(known.length).toBeGreaterThan(200);
    const numbers = evaluateInC(
      ['linux/bpf.h'],
      known.map(({ name }) => `BPF_FUNC_${name}`),
    );
    expect(known.map(({ number }) => number)).toEqual(numbers);
  });
});

describe('the shape of a helper', () => {
  it('gives probe_read_kernel what it fills in, whose length the compiler passes', () => {
    const helper = findHelper('probeReadKernel')!;
    expect(helper).toMatchObject({ number: 113, gplOnly: true, firstKernel: '5.5' });
    expect(helper.result).toEqual({ cType: 'long', kind: 'output', output: 0 });
    expect(helper.parameters[0]).toMatchObject({
      kind: 'memory-out',
      sizeParameter: 1,
      written: false,
      outputType: 'value',
    });
    expect(helper.parameters[1]).toMatchObject({ kind: 'size', sizeOf: 0, written: false });
    expect(helper.parameters[2]).toMatchObject({ kind: 'pointer', written: true });
  });

  it('knows maps, keys, values and trailing flags', () => {
    const { parameters, result } = findHelper('mapUpdateElem')!;
    expect(parameters.map(({ kind }) => kind)).toEqual(['map', 'key', 'value', 'scalar']);
    expect(parameters.map(({ flags }) => flags)).toEqual([false, false, false, true]);
    expect(result).toEqual({ cType: 'long', kind: 'scalar' });
    expect(findHelper('mapLookupElem')!.result.kind).toBe('element');
  });

  it('tells memory whose length the kernel knows, and memory that may be missing', () => {
    expect(findHelper('strtoul')!.parameters[3]).toMatchObject({ kind: 'memory-out', bytes: 8 });
    expect(findHelper('csumDiff')!.parameters[0]).toMatchObject({
      kind: 'memory-in',
      nullable: true,
      sizeParameter: 1,
    });
  });

  it('takes the size of a reservation from the result', () => {
    const size = findHelper('ringbufReserve')!.parameters[1]!;
    expect(size).toMatchObject({ kind: 'size', written: false });
    expect(size.sizeOf).toBeUndefined();
  });

  it('has no helper under another name', () => {
    expect(findHelper('get_current_comm')).toBeUndefined();
    expect(findHelper('toString')).toBeUndefined();
  });

  it('knows the widths of C integers', () => {
    expect(scalarType('u32')).toEqual({ bits: 32, signed: false });
    expect(scalarType('int')).toEqual({ bits: 32, signed: true });
    expect(scalarType('long')).toEqual({ bits: 64, signed: true });
    expect(scalarType('__be16')).toEqual({ bits: 16, signed: false });
  });
});

describe('the declarations of bpf', () => {
  it.each([
    'ktimeGetNs(): u64;',
    'getCurrentPidTgid(): u64;',
    'getSmpProcessorId(): number;',
    'getCurrentComm(): CharArray<16>;',
    'probeReadUser<T>(unsafePtr: Wide): T;',
    'probeReadUserStr<N extends number>(unsafePtr: Wide): CharArray<N>;',
    'skbLoadBytes<N extends number>(skb: SkBuff, offset: number): Bytes<N>;',
    'skbStoreBytes(skb: SkBuff, offset: number, from: Memory, flags?: Wide): number;',
    'perfEventOutput(ctx: object, map: object, flags: Wide, data: Memory): number;',
    'mapLookupElem<V>(map: object, key: unknown): V | undefined;',
    'tracePrintk(fmt: string, ...values: Wide[]): number;',
    'loop(nrLoops: number, callbackFn: (index: number) => CallbackResult, flags?: Wide): number;',
    'strtol(buf: Memory, flags?: Wide): i64;',
    'csumDiff(from: Memory | undefined, to: Memory | undefined, seed: number): i64;',
    'xdpAdjustHead(xdpMd: XdpContext, delta: number): number;',
    'setHashInvalid(skb: SkBuff): void;',
  ])('hold %s', (signature) => {
    expect(declarations).toContain(`\n  ${signature}\n`);
  });

  it('say since when, and for whom', () => {
    expect(declarations).toMatch(/Since 4\.6, GPL\. \*\/\n {2}getStackid/);
    expect(declarations).toMatch(/Since 5\.8\. \*\/\n {2}ringbufOutput/);
  });
});

describe('bpf in user space', () => {
  it('refuses every call and says where it belongs', () => {
    expect(() => bpf.ktimeGetNs()).toThrow(TsbpfError);
    expect(() => bpf.ktimeGetNs()).toThrow(/bpf\.ktimeGetNs\(\) runs in the kernel only/);
  });
});
