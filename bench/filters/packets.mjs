// Packets for the filters to look at: Ethernet frames of 128 bytes.
const ethernet = (...type) => [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, ...type];
const ipv4 = (protocol, from, to) => [0x45, 0, 0, 100, 0, 1, 0, 0, 64, protocol, 0, 0, ...from, ...to];
const address6 = (last) => [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last];
const ports = (from, to) => [from >> 8, from & 255, to >> 8, to & 255];
const tcp = (from, to, flags) => [...ports(from, to), 0, 0, 0, 1, 0, 0, 0, 2, 0x50, flags, 0x20, 0, 0, 0, 0, 0];
const http = [...'GET / HTTP/1.1\r\n'].map((letter) => letter.charCodeAt(0));
const [a, b, c] = [
  [10, 0, 0, 1],
  [10, 0, 0, 2],
  [192, 168, 1, 1],
];

const frames = [
  [...ethernet(8, 0), ...ipv4(6, a, b), ...tcp(1024, 80, 0x18), ...http],
  [...ethernet(8, 0), ...ipv4(6, c, [8, 8, 8, 8]), ...tcp(443, 22, 2)],
  [...ethernet(8, 0), ...ipv4(17, b, a), ...ports(53, 53), 0, 80, 0, 0],
  [...ethernet(8, 0), ...ipv4(132, a, c), ...ports(80, 80)],
  [...ethernet(8, 0), ...ipv4(1, a, c), 8, 0, 0, 0],
  [...ethernet(8, 6), 0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1, ...a, 0, 0, 0, 0, 0, 0, ...b],
  [...ethernet(0x86, 0xdd), 0x60, 0, 0, 0, 0, 74, 6, 64, ...address6(1), ...address6(2), ...tcp(1024, 80, 2)],
  [...ethernet(0x86, 0xdd), 0x60, 0, 0, 0, 0, 74, 58, 255, ...address6(1), ...address6(2), 135, 0],
  [...ethernet(0x81, 0), 0, 5, 8, 0, ...ipv4(6, a, b), ...tcp(1024, 80, 2)],
  [...ethernet(0x81, 0), 0, 5, 0x81, 0, 0, 100, 8, 0, ...ipv4(17, a, b), ...ports(53, 53)],
  [...ethernet(0x88, 0x47), 0, 1, 1, 64, ...ipv4(6, a, b)],
];

export const packets = frames.map((bytes) => {
  const packet = new Uint8Array(128);
  packet.set(bytes);
  return packet;
});
