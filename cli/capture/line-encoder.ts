/** Packets as lines: for people in tcpdump's manner, or as JSON. */
import type { Encoder } from '../../runtime/capture/encoder.js';
import type { Prefix } from '../../runtime/capture/framing.js';
import type { CaptureRecord } from '../../runtime/capture/record.js';
import type { WallClock } from '../../runtime/capture/wall-clock.js';
import { directionOf } from '../../runtime/packet/captured-packet.js';
import type { OutputBuffer } from '../../runtime/packet/output-buffer.js';
import { decodePacket, type Decoded } from './decode.js';

/** More of a packet than headers need. */
const DECODED = 512;

export interface LineOptions {
  readonly linkType: number;
  readonly interfaceName: (index: number) => string;
  readonly directions: boolean;
  readonly json: boolean;
}

export class LineEncoder implements Encoder {
  readonly #scratch = new Uint8Array(DECODED);
  readonly #text = new TextEncoder();

  constructor(private readonly options: LineOptions) {}

  header(): Uint8Array {
    return new Uint8Array();
  }

  encode(record: CaptureRecord, prefix: Prefix, clock: WallClock, out: OutputBuffer): void {
    const line = this.#line(record, prefix, clock);
    out.length += this.#text.encodeInto(`${line}\n`, out.bytes.subarray(out.length)).written;
  }

  #line(record: CaptureRecord, prefix: Prefix, clock: WallClock): string {
    const { interfaceName, linkType, directions, json } = this.options;
    const decoded = decodePacket(linkType, this.#bytes(record, prefix));
    const name = interfaceName(record.interfaceIndex);
    const direction = directions ? directionOf(record.packetType) : undefined;
    const length = record.length + prefix.added;
    if (!json) return packetLine(timeOfDay(clock), name, direction, length, decoded);
    const timestamp = `${(BigInt(clock.high) << 32n) | BigInt(clock.low)}`;
    return JSON.stringify({ timestamp, interface: name, direction, length, ...decoded });
  }

  #bytes({ memory, dataAt, captured }: CaptureRecord, prefix: Prefix): Uint8Array {
    const scratch = this.#scratch;
    scratch.set(prefix.bytes.subarray(0, prefix.length));
    const rest = Math.min(captured - prefix.replaces, DECODED - prefix.length);
    const from = dataAt + prefix.replaces;
    scratch.set(memory.subarray(from, from + rest), prefix.length);
    return scratch.subarray(0, prefix.length + rest);
  }

  trailer(): Uint8Array {
    return new Uint8Array();
  }

  wholePackets(bytes: Uint8Array): { packets: number; length: number } {
    let packets = 0;
    let length = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, length)) {
      packets++;
      length = end + 1;
    }
    return { packets, length };
  }
}

let lastSecond = -1;
let lastText = '';

/** Of this machine's time zone, with nanoseconds. */
function timeOfDay({ seconds, nanoseconds }: WallClock): string {
  if (seconds !== lastSecond) {
    lastSecond = seconds;
    lastText = new Date(seconds * 1000).toTimeString().slice(0, 8);
  }
  return `${lastText}.${String(nanoseconds).padStart(9, '0')}`;
}

/** One line about a packet: `12:00:00.000000000 eth0 in IP 10.0.0.1.1234 > 10.0.0.2.80: TCP [S], length 0`. */
export function packetLine(
  time: string,
  name: string,
  direction: string | undefined,
  length: number,
  decoded: Decoded,
): string {
  const { network, vlan, source, destination, protocol, sourcePort, destinationPort, flags, detail, payload } = decoded;
  const tag = vlan === undefined ? '' : `vlan ${vlan} `;
  const ends =
    source !== undefined && network !== 'ARP'
      ? ` ${endpoint(source, sourcePort)} > ${endpoint(destination ?? '', destinationPort)}:`
      : network === 'ARP'
        ? ''
        : ',';
  const words = [protocol, flags && `[${flags}]`, detail].filter((word) => word !== undefined).join(' ');
  const said = words ? ` ${words},` : network === 'ARP' ? ',' : '';
  const way = direction === undefined ? '' : ` ${direction.padEnd(3)}`;
  return `${time} ${name}${way} ${tag}${network}${ends}${said} length ${payload ?? length}`;
}

const endpoint = (address: string, port: number | undefined): string =>
  port === undefined ? address : `${address}.${port}`;
