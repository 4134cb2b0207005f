/**
 * Helpers behind which the verifier forgets every address into the packet (bpf_helper_changes_pkt_data, net/core/filter.c;
 * tail calls since Linux 6.13), and what each does to the bytes that were there.
 */
import type { DiscoveredMap, Discovery, FunctionNode } from '../model.js';

/**
 * `stays`: every byte keeps its offset. `front`: bytes come or go at the packet's beginning, as many as the parameter of
 * that index says; `sign` is 1 where they come. `shifts`: which bytes move where depends on the packet.
 */
export type PacketMove =
  | { readonly kind: 'stays' }
  | { readonly kind: 'front'; readonly parameter: number; readonly sign: 1 | -1 }
  | { readonly kind: 'shifts' };

const STAYS: PacketMove = { kind: 'stays' };
const SHIFTS: PacketMove = { kind: 'shifts' };

const MOVES: Readonly<Record<string, PacketMove>> = {
  xdpAdjustHead: { kind: 'front', parameter: 1, sign: -1 },
  xdpAdjustTail: STAYS,
  xdpAdjustMeta: STAYS,
  skbChangeHead: { kind: 'front', parameter: 1, sign: 1 },
  skbChangeTail: STAYS,
  skbStoreBytes: STAYS,
  skbPullData: STAYS,
  l3CsumReplace: STAYS,
  l4CsumReplace: STAYS,
  cloneRedirect: STAYS,
  skbVlanPush: SHIFTS,
  skbVlanPop: SHIFTS,
  skbChangeProto: SHIFTS,
  skbAdjustRoom: SHIFTS,
  lwtPushEncap: SHIFTS,
};

/** What a helper does to the packet, by its name as a member of `bpf`; undefined where it leaves addresses as they are. */
export function packetMove(helper: string): PacketMove | undefined {
  return Object.hasOwn(MOVES, helper) ? MOVES[helper] : undefined;
}

const movers = new WeakMap<ReadonlySet<FunctionNode>, boolean>();

/** Whether anything that the programs of a module reach may move a packet, by the names that stand in the source. */
export function mayMovePackets({ functions, maps }: Discovery): boolean {
  let known = movers.get(functions);
  if (known === undefined) {
    const names = new RegExp(`\\b(${Object.keys(MOVES).join('|')})\\b`);
    known = hasTailCalls(maps.values()) || [...functions].some((node) => names.test(node.getText()));
    movers.set(functions, known);
  }
  return known;
}

function hasTailCalls(maps: Iterable<DiscoveredMap>): boolean {
  return [...maps].some(({ kind }) => kind === 'ProgramArray');
}
