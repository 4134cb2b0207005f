/** `pcapFilter` in user space: libpcap's own interpreter, on bytes. */
import { describe, expect, it } from 'vitest';
import { pcapFilter, TsbpfError, type LinkType } from 'tsbpf';

/** An Ethernet frame with a TCP segment from port 1234 to port 80 (RFC 791, RFC 9293). */
const ethernet = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];
const ip = [0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
const tcp = [0x04, 0xd2, 0, 80, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 2, 0, 0, 0, 0, 0, 0];
const frame = Uint8Array.from([...ethernet, ...ip, ...tcp]);

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof TsbpfError) return error.code;
    throw error;
  }
  return 'nothing was thrown';
}

describe('pcapFilter in user space', () => {
  it('says whether bytes match', () => {
    expect(pcapFilter('tcp port 80', frame)).toBe(true);
    expect(pcapFilter('tcp port 81', frame)).toBe(false);
    expect(pcapFilter('', frame)).toBe(true);
    expect(pcapFilter('tcp', new Uint8Array())).toBe(false);
  });

  it('takes a part of a longer buffer', () => {
    const buffer = Uint8Array.from([...Array<number>(100).fill(0xff), ...frame]);
    expect(pcapFilter('tcp dst port 80', buffer.subarray(100))).toBe(true);
  });

  it('takes the length of a packet of which a part was kept', () => {
    const data = new Uint8Array(64);
    data.set(frame);
    expect(pcapFilter('tcp port 80', { data, length: 30 })).toBe(false);
    expect(pcapFilter('tcp port 80 and greater 1000', { data, length: 1500 })).toBe(true);
    expect(pcapFilter('tcp port 80 and greater 1000', { data, length: 64 })).toBe(false);
  });

  it('knows link types', () => {
    const raw = frame.subarray(14);
    expect(pcapFilter('tcp port 80', raw, 'raw')).toBe(true);
    expect(pcapFilter('tcp port 80', raw)).toBe(false);
    // Family AF_INET in the machine's order; in network order for loop.
    expect(pcapFilter('tcp', Uint8Array.from([2, 0, 0, 0, ...raw]), 'null')).toBe(true);
    expect(pcapFilter('tcp', Uint8Array.from([0, 0, 0, 2, ...raw]), 'loop')).toBe(true);
    const cooked = [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0];
    expect(pcapFilter('tcp port 80', Uint8Array.from([...cooked, ...raw]), 'linux_sll')).toBe(true);
    const cooked2 = [8, 0, 0, 0, 0, 0, 0, 3, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0];
    expect(pcapFilter('tcp port 80', Uint8Array.from([...cooked2, ...raw]), 'linux_sll2')).toBe(true);
  });

  it('keeps few filters, and may make them anew', () => {
    for (let port = 0; port < 200; port++) expect(pcapFilter(`tcp port ${port}`, frame)).toBe(port === 80);
    expect(pcapFilter('tcp port 80', frame)).toBe(true);
  });

  it('refuses what it cannot do, with a code', () => {
    expect(codeOf(() => pcapFilter('tcp prot 80', frame))).toBe('TSBPF2121');
    expect(() => pcapFilter('tcp prot 80', frame)).toThrow(/'tcp prot 80'.*'ethernet'.*syntax error/);
    expect(codeOf(() => pcapFilter('tcp\0', frame))).toBe('TSBPF2121');
    expect(codeOf(() => pcapFilter('tcp', frame, 'token ring' as LinkType))).toBe('TSBPF2122');
    expect(codeOf(() => pcapFilter('tcp', undefined as unknown as Uint8Array))).toBe('TSBPF2123');
    expect(codeOf(() => pcapFilter('tcp', {} as Uint8Array))).toBe('TSBPF2123');
    expect(codeOf(() => pcapFilter('tcp', [1, 2, 3] as unknown as Uint8Array))).toBe('TSBPF2123');
  });

  it('survives expressions that are long or deep', () => {
    const ports = (count: number) => Array.from({ length: count }, (_, port) => `port ${port}`).join(' or ');
    expect(pcapFilter(ports(150), frame)).toBe(true);
    expect(codeOf(() => pcapFilter(ports(5000), frame))).toBe('TSBPF2121');
    expect(pcapFilter(`${'('.repeat(1000)}tcp${')'.repeat(1000)}`, frame)).toBe(true);
    expect(codeOf(() => pcapFilter(`${'('.repeat(20_000)}tcp${')'.repeat(20_000)}`, frame))).toBe('TSBPF2121');
  });
});
