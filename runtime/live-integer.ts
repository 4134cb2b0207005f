/**
 * Integers in memory that the kernel writes at the same time: each is read and written in one piece, since half of an
 * old and half of a new number is neither.
 */
import { codecOf } from './maps/codec.js';
import { hostIsLittleEndian, type FieldLayout, type IntegerLayout, type StructLayout } from './maps/layout.js';
import type { MemoryViews } from './shared-memory.js';

/** Where a view reads and writes; a load moves the memory, so it is asked for at each access. */
export interface LiveMemory {
  readonly views: MemoryViews;
}

/** How one place in memory is read and written. */
export interface Access {
  read(): unknown;
  write(value: unknown): void;
}

/**
 * How an integer that is aligned to its size is read and written.
 *
 * @param offset in bytes.
 * @param path for messages: `'state.count'`.
 */
export function integerAccess(layout: IntegerLayout, memory: LiveMemory, offset: number, path: string): Access {
  const index = offset / layout.size;
  const slow = anyInteger(layout, memory, index, path);
  if (layout.size > 1 && layout.littleEndian !== hostIsLittleEndian) return slow;
  if (layout.meaning === 'boolean' && layout.size === 1) return { ...slow, read: () => memory.views.u8[index] !== 0 };
  if (layout.size === 8) return layout.meaning === 'bigint' ? bigAccess(layout, memory, index, slow) : slow;
  return layout.meaning === 'number' ? numberAccess(layout, memory, index, slow) : slow;
}

/** A function of its own for each width and sign, so that the engine sees one type of array in each. */
function numberAccess({ size, signed }: IntegerLayout, memory: LiveMemory, index: number, slow: Access): Access {
  const low = signed ? -(2 ** (size * 8 - 1)) : 0;
  const high = 2 ** (signed ? size * 8 - 1 : size * 8) - 1;
  const fits = (value: unknown): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high;
  switch (size) {
    case 1:
      return { ...slow, read: signed ? () => memory.views.i8[index] : () => memory.views.u8[index] };
    case 2:
      return {
        ...slow,
        read: signed ? () => Atomics.load(memory.views.i16, index) : () => Atomics.load(memory.views.u16, index),
      };
    default:
      return {
        read: signed ? () => Atomics.load(memory.views.i32, index) : () => Atomics.load(memory.views.u32, index),
        write: (value) => {
          if (fits(value)) Atomics.store(memory.views.u32, index, value);
          else slow.write(value);
        },
      };
  }
}

function bigAccess({ signed }: IntegerLayout, memory: LiveMemory, index: number, slow: Access): Access {
  return {
    read: signed ? () => Atomics.load(memory.views.i64, index) : () => Atomics.load(memory.views.u64, index),
    write(value) {
      const fits = typeof value === 'bigint' && (signed ? BigInt.asIntN : BigInt.asUintN)(64, value) === value;
      if (fits) Atomics.store(memory.views.u64, index, BigInt.asUintN(64, value));
      else slow.write(value);
    },
  };
}

const scratch = new ArrayBuffer(8);
const scratchView = new DataView(scratch);
const scratchOf = {
  1: new Uint8Array(scratch),
  2: new Uint16Array(scratch),
  4: new Uint32Array(scratch),
  8: new BigUint64Array(scratch),
};
const viewOf = { 1: 'u8', 2: 'u16', 4: 'u32', 8: 'u64' } as const;

/** By way of a copy, which the codec decodes: other byte orders, fixed point, and all values that may not fit. */
function anyInteger(layout: IntegerLayout, memory: LiveMemory, index: number, path: string): Access {
  const { size } = layout;
  const codec = codecOf(layout);
  const name = viewOf[size];
  const piece = scratchOf[size];
  return {
    read() {
      piece[0] = Atomics.load(memory.views[name] as Uint32Array, index);
      return codec.decode(scratchView, 0);
    },
    write(value) {
      codec.encodeInto(value, scratchView, 0, path);
      Atomics.store(memory.views[name] as Uint32Array, index, piece[0] as number);
    },
  };
}

/**
 * A bit field, in the smallest aligned word that holds it, as programs reach it. A write changes no other bits, unless a
 * program writes to the same word at the same time.
 */
export function bitsAccess(field: FieldLayout, memory: LiveMemory, offset: number, path: string): Access {
  const { offset: bit, width } = field.bits as { offset: number; width: number };
  const first = offset + (bit >> 3);
  const last = offset + ((bit + width - 1) >> 3);
  const size = ([1, 2, 4, 8] as const).find((wide) => Math.floor(first / wide) === Math.floor(last / wide));
  const place = size && Math.floor(first / size);
  const within = place === undefined ? bit : (offset - place * (size ?? 1)) * 8 + bit;
  const alone: StructLayout = {
    kind: 'struct',
    name: '',
    size: 8,
    fields: [{ ...field, bits: { offset: within, width } }],
  };
  const codec = codecOf<Record<string, unknown>>(alone);
  if (size === undefined || place === undefined) {
    return {
      read: () => codec.decode(memory.views.view, offset)[field.name],
      write: (value) => codec.encodeInto({ [field.name]: value }, memory.views.view, offset, path),
    };
  }
  const name = viewOf[size];
  const piece = scratchOf[size];
  return {
    read() {
      piece[0] = Atomics.load(memory.views[name] as Uint32Array, place);
      return codec.decode(scratchView, 0)[field.name];
    },
    write(value) {
      const words = memory.views[name] as Uint32Array;
      for (let old = Atomics.load(words, place); ; old = Atomics.load(words, place)) {
        piece[0] = old;
        codec.encodeInto({ [field.name]: value }, scratchView, 0, path);
        if (Atomics.compareExchange(words, place, old, piece[0] as number) === old) return;
      }
    },
  };
}
