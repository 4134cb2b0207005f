/** Capture files made byte by byte, as the formats' own descriptions say. */

export interface Order {
  readonly littleEndian: boolean;
}

/** Numbers of a width in bytes, in order. */
export function numbers(
  littleEndian: boolean,
  ...fields: readonly (readonly [value: number | bigint, size: 1 | 2 | 4 | 8])[]
) {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [, size]) => sum + size, 0)));
  let at = 0;
  for (const [value, size] of fields) {
    if (size === 1) view.setUint8(at, Number(value));
    else if (size === 2) view.setUint16(at, Number(value), littleEndian);
    else if (size === 4) view.setUint32(at, Number(value), littleEndian);
    else view.setBigUint64(at, BigInt(value), littleEndian);
    at += size;
  }
  return Buffer.from(view.buffer);
}

export const text = (characters: string) => Buffer.from(characters, 'latin1');

/** A pcap file. */
export function pcap(
  {
    littleEndian = true,
    nanoseconds = false,
    linkType = 1,
    snapLength = 65535,
    version = [2, 4] as readonly [number, number],
  },
  packets: readonly { seconds: number; fraction: number; length?: number; data: Uint8Array }[],
): Buffer {
  const magic = nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4;
  const header = numbers(
    littleEndian,
    [magic, 4],
    [version[0], 2],
    [version[1], 2],
    [0, 4],
    [0, 4],
    [snapLength, 4],
    [linkType, 4],
  );
  const records = packets.flatMap(({ seconds, fraction, data, length = data.length }) => [
    numbers(littleEndian, [seconds, 4], [fraction, 4], [data.length, 4], [length, 4]),
    data,
  ]);
  return Buffer.concat([header, ...records]);
}

const padded = (bytes: Uint8Array) => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);

/** Blocks of a pcapng file in one byte order. */
export function pcapng(littleEndian: boolean) {
  const block = (type: number, body: Uint8Array, trailer?: number) => {
    const content = padded(body);
    const length = content.length + 12;
    return Buffer.concat([
      numbers(littleEndian, [type, 4], [length, 4]),
      content,
      numbers(littleEndian, [trailer ?? length, 4]),
    ]);
  };
  const option = (code: number, value: Uint8Array) =>
    Buffer.concat([numbers(littleEndian, [code, 2], [value.length, 2]), padded(value)]);
  const options = (...all: Buffer[]) =>
    all.length === 0 ? Buffer.alloc(0) : Buffer.concat([...all, numbers(littleEndian, [0, 4])]);
  return {
    block,
    option,
    section: (version: readonly [number, number] = [1, 0], ...all: Buffer[]) =>
      block(
        0x0a0d0d0a,
        Buffer.concat([
          numbers(littleEndian, [0x1a2b3c4d, 4], [version[0], 2], [version[1], 2], [2n ** 64n - 1n, 8]),
          options(...all),
        ]),
      ),
    interface: (linkType: number, snapLength: number, ...all: Buffer[]) =>
      block(1, Buffer.concat([numbers(littleEndian, [linkType, 2], [0, 2], [snapLength, 4]), options(...all)])),
    enhanced: (id: number, ticks: bigint, length: number, data: Uint8Array, ...all: Buffer[]) => {
      const head = numbers(
        littleEndian,
        [id, 4],
        [ticks >> 32n, 4],
        [ticks & 0xffffffffn, 4],
        [data.length, 4],
        [length, 4],
      );
      return block(6, Buffer.concat([head, padded(data), options(...all)]));
    },
    simple: (length: number, data: Uint8Array) => block(3, Buffer.concat([numbers(littleEndian, [length, 4]), data])),
    obsolete: (id: number, ticks: bigint, length: number, data: Uint8Array, ...all: Buffer[]) => {
      const head = numbers(
        littleEndian,
        [id, 2],
        [7, 2],
        [ticks >> 32n, 4],
        [ticks & 0xffffffffn, 4],
        [data.length, 4],
        [length, 4],
      );
      return block(2, Buffer.concat([head, padded(data), options(...all)]));
    },
  };
}
