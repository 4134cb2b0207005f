/** Kernel functions that are given a packet. */
import { kernelFunctions, unknownSymbol } from '../attach/kernel-symbols.js';
import { TsbpfError } from '../errors.js';
import { kernelTypes } from '../trace/description.js';

export interface PacketFunction {
  readonly symbol: string;
  /** Which parameter the packet is, from 0. */
  readonly parameter: number;
}

/** Arguments that are in registers, on every machine. */
const REGISTER_ARGUMENTS = 5;

/**
 * Finds a function, and which of its parameters is a `struct sk_buff *`. Where `dev_queue_xmit` is an inline function around
 * `__dev_queue_xmit`, as in newer kernels, that one is meant; so with other names.
 *
 * @throws TsbpfError with near names for a function that the kernel lacks (TSBPF2102), or that is given no packet (TSBPF2139).
 */
export function findPacketFunction(name: string): PacketFunction {
  const symbol = symbolOf(name);
  const parameter = packetParameter(symbol);
  if (parameter < 0) {
    throw new TsbpfError(`The kernel's function '${symbol}' is given no packet.`, {
      code: 'TSBPF2139',
      operation: 'capture at',
      subject: symbol,
      hint: 'One of its first five parameters has to be a `struct sk_buff *`, as those of dev_queue_xmit and ip_rcv are.',
    });
  }
  return { symbol, parameter };
}

/** Copies of an inline function that a few callers have are none that all packets go through. */
function symbolOf(name: string): string {
  const visible = kernelFunctions(true);
  const found = [name, `__${name}`].find((candidate) => visible.has(candidate));
  if (found !== undefined) return found;
  const functions = kernelFunctions();
  if (functions.has(name)) return name;
  throw unknownSymbol(name, functions);
}

function packetParameter(symbol: string): number {
  const types = kernelTypes();
  const type = types?.find(symbol, 'function');
  const prototype = type && types?.typeById(type.type);
  // Most functions that have one have it first.
  if (!types || prototype?.kind !== 'prototype') return 0;
  return prototype.parameters.slice(0, REGISTER_ARGUMENTS).findIndex((parameter) => {
    const pointer = types.resolve(parameter.type);
    if (pointer.kind !== 'pointer') return false;
    const target = types.resolve(pointer.type);
    return target.kind === 'struct' && target.name === 'sk_buff';
  });
}
