/**
 * The packet of a `struct sk_buff` of the kernel's own, as probes get it. Its members lie where the running kernel has
 * them (CO-RE). The packet begins at its link layer header where that is known and lies before `data`, as for what was
 * received; else at `data`, as for what is about to be sent. Fragments behind the linear part cannot be read.
 */
import type { ts } from '@ts-morph/bootstrap';
import type { Block } from '../../ir/instructions.js';
import { i1, i32, i64 } from '../../ir/types.js';
import { constant64, type IrValue } from '../../ir/values.js';
import type { LoweringContext } from '../../lower/context.js';
import { askField } from '../../lower/kernel-fields.js';
import { kernelMember, kernelStep, kernelStruct, kernelStructAt } from '../../lower/kernel-memory.js';
import { bits64, toScalar } from '../../lower/scalars.js';
import type { KernelField, KernelStructType, KernelType } from '../../types/kernel.js';
import { integers } from '../../types/types.js';
import type { Extension } from '../extensions.js';
import type { OpenWindow } from '../source.js';
import { CopyingSource, goOnWithout } from './skb.js';

const PROBE_READ_KERNEL = 113;
/** What `mac_header` is where it is not set (skb_mac_header_was_set, linux/skbuff.h). */
const NOT_SET = 0xffff;

const address: KernelType = { kind: 'pointer', to: undefined };

/** Of a struct, the members that are named; what follows three underscores is no part of its name. */
function describe(name: string, members: Readonly<Record<string, KernelType>>): KernelStructType {
  const fields = new Map<string, KernelField>(
    Object.entries(members).map(([member, type]) => [member, { name: member, type, bits: undefined }]),
  );
  return {
    kind: 'kernelStruct',
    name: `${name}___filtered`,
    copied: () => undefined,
    field: (member) => fields.get(member),
  };
}

const device = describe('net_device', { ifindex: integers.i32 });
const buffer = describe('sk_buff', {
  ...{ head: address, data: address, mac_header: integers.u16, len: integers.u32, data_len: integers.u32 },
  ...{ dev: address, vlan_tci: integers.u16 },
  // A tag is there: where this is not 0 since Linux 6.2, by a bit before.
  ...{ vlan_all: integers.u32, vlan_present: integers.u8 },
});

export class KernelBufferSource extends CopyingSource {
  readonly name = 'an sk_buff of the kernel';
  /** The address of the packet's first byte. */
  private readonly start: IrValue;
  /** Of the whole packet, and of what can be read of it. */
  private readonly total: IrValue;
  private readonly readable: IrValue;

  /**
   * @param struct the address of the `sk_buff`; what it is NULL for has no bytes.
   * @param node where the filter stands.
   */
  constructor(
    context: LoweringContext,
    private readonly struct: IrValue,
    private readonly node: ts.Node,
  ) {
    super(context);
    const { builder } = context;
    const data = this.member('data');
    const offset = this.member('mac_header');
    const header = builder.binary('add', this.member('head'), offset);
    const isKnown = builder.compare('ne', offset, constant64(NOT_SET));
    const isBefore = builder.compare('ule', header, data);
    this.start = builder.select(isKnown, builder.select(isBefore, header, data), data);
    const more = builder.binary('sub', data, this.start);
    this.total = builder.binary('add', this.member('len'), more);
    this.readable = builder.binary('sub', this.total, this.member('data_len'));
  }

  private member(name: string): IrValue {
    const value = kernelMember(kernelStruct(buffer, this.struct), name, false, this.node, this.context);
    return bits64(toScalar(value, this.node, this.context), this.context);
  }

  length(): IrValue {
    return this.context.builder.resize(this.total, i32, false);
  }

  extension(extension: Extension): IrValue | undefined {
    const { builder } = this.context;
    if (extension === 'vlanTagPresent') return builder.resize(this.tagPresent(), i32, false);
    if (extension === 'vlanTag') return builder.resize(this.member('vlan_tci'), i32, false);
    if (extension !== 'interfaceIndex') return undefined;
    const { context, node } = this;
    const index = kernelMember(kernelStructAt(device, this.member('dev'), context), 'ifindex', false, node, context);
    return context.builder.resize(bits64(toScalar(index, node, context), context), i32, false);
  }

  private tagPresent(): IrValue {
    const { context, node } = this;
    const { builder } = context;
    const whole = builder.createBlock('whole');
    const bit = builder.createBlock('bit');
    const known = builder.createBlock('known');
    const step = kernelStep(buffer, 'vlan_all', node, context);
    builder.branch(builder.compare('ne', askField([step], 'exists', context), constant64(0)), whole, bit);
    const ways = (['vlan_all', 'vlan_present'] as const).map((name) => {
      builder.start(name === 'vlan_all' ? whole : bit);
      const value = builder.compare('ne', this.member(name), constant64(0));
      const from = builder.block;
      builder.jump(known);
      return { block: from, value };
    });
    builder.start(known);
    return builder.phi(i1, ways);
  }

  protected copy({ index }: OpenWindow, from: number, to: number, copy: IrValue, reject: Block): void {
    const { builder } = this.context;
    const at = index ? builder.resize(index, i64, false) : constant64(0);
    const inside = builder.createBlock('inside');
    // Signed: a buffer that changes meanwhile may seem to have less than nothing.
    const end = builder.binary('add', at, constant64(to));
    builder.branch(builder.compare('sle', end, this.readable), inside, reject);
    builder.start(inside);
    const source = builder.binary('add', this.start, builder.binary('add', at, constant64(from)));
    goOnWithout(
      builder.callHelper(PROBE_READ_KERNEL, i64, [copy, constant64(to - from), source]),
      reject,
      this.context,
    );
  }
}
