// The packets that the pairs are run on.
import { Buffer } from 'node:buffer';

const hardware = '02aabbccdd01020102030405';

/** An Ethernet frame. `payload` is what follows the type, which is in host byte order. */
export function ethernet(type, payload) {
  return Buffer.concat([Buffer.from(hardware, 'hex'), word16(type), payload]);
}

/** IPv4 without options, with a right checksum; addresses as numbers. */
export function ipv4(
  payload,
  { protocol = 17, source = 0x0a010203, destination = 0xc0a80001, tos = 0, wrong = 0 } = {},
) {
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header[1] = tos;
  header.writeUInt16BE(20 + payload.length, 2);
  header.writeUInt16BE(0x1234, 4);
  header[8] = 64;
  header[9] = protocol;
  header.writeUInt32BE(source, 12);
  header.writeUInt32BE(destination, 16);
  header.writeUInt16BE((checksum(header) + wrong) & 0xffff, 10);
  return ethernet(0x0800, Buffer.concat([header, payload]));
}

export function udp(payload, { from = 40000, to = 53, ...ip } = {}) {
  const header = Buffer.concat([word16(from), word16(to), word16(8 + payload.length), word16(0)]);
  return ipv4(Buffer.concat([header, payload]), { protocol: 17, ...ip });
}

const flagBits = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 };

/** `flags` names some of fin, syn, rst, psh, ack; `options` is padded to a multiple of 4 bytes by zeros. */
export function tcp(payload, { from = 40000, to = 80, flags = ['ack'], options = [], ...ip } = {}) {
  const header = Buffer.alloc(20 + Math.ceil(options.length / 4) * 4);
  header.writeUInt16BE(from, 0);
  header.writeUInt16BE(to, 2);
  header.writeUInt32BE(1, 4);
  header[12] = (header.length / 4) << 4;
  header[13] = flags.reduce((bits, name) => bits | flagBits[name], 0);
  header.set(options, 20);
  return ipv4(Buffer.concat([header, payload]), { protocol: 6, ...ip });
}

/** IPv6 with extension headers, each a type and its length in units of 8 bytes beyond the first. */
export function ipv6(extensions, last = 17) {
  const types = [...extensions.map(([type]) => type), last];
  const parts = extensions.map(([, length], index) => {
    const part = Buffer.alloc((length + 1) * 8);
    part[0] = types[index + 1];
    part[1] = length;
    return part;
  });
  const header = Buffer.alloc(40);
  header[0] = 0x60;
  header[6] = types[0];
  header[7] = 64;
  return ethernet(0x86dd, Buffer.concat([header, ...parts, Buffer.alloc(16)]));
}

/** An ARP request for an IPv4 address. */
export function arp(target, operation = 1) {
  const start = Buffer.from('0001080006040001020102030405', 'hex');
  start.writeUInt16BE(operation, 6);
  const addresses = Buffer.alloc(14);
  addresses.writeUInt32BE(target, 10);
  return ethernet(0x0806, Buffer.concat([start, addresses]));
}

/** VLAN tags, outermost first, before a protocol. */
export function tagged(tags, protocol) {
  const types = [...tags.slice(1), protocol];
  return ethernet(
    tags[0] ?? protocol,
    Buffer.concat([...tags.map((_, at) => Buffer.concat([word16(7), word16(types[at])])), Buffer.alloc(46)]),
  );
}

/** A DNS query for a name. */
export function dns(name) {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return udp(Buffer.concat([Buffer.alloc(12), ...labels, Buffer.from([0, 0, 1, 0, 1])]));
}

/** `length` bytes, beginning with a text. */
export function text(start, length = start.length, rest = 0x2e) {
  return Buffer.concat([Buffer.from(start), Buffer.alloc(Math.max(0, length - start.length), rest)]);
}

/** CRC-32 of the bytes, behind them. */
export function withCrc(bytes, wrong = 0) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return Buffer.concat([bytes, word32((~crc ^ wrong) >>> 0)]);
}

export function word16(value) {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function word32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** In the byte order of the machine, as map keys and values that are plain numbers. */
export function host32(...values) {
  return Buffer.from(new Uint32Array(values).buffer);
}

function checksum(header) {
  let sum = 0;
  for (let at = 0; at < header.length; at += 2) sum += header.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
