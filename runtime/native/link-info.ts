/**
 * What the kernel says about a link (struct bpf_link_info, linux/bpf.h).
 */
import { objectInfo } from './libbpf.js';

const SIZE = 32;
const TYPE_XDP = 6;

/** Which interface a link is on, if it is one of XDP; undefined where the kernel does not say. */
export function linkTarget(fd: number): { type: 'xdp' | 'other'; interfaceIndex: number } | undefined {
  const bytes = Buffer.alloc(SIZE);
  if (objectInfo(fd, bytes, new Uint32Array([SIZE])) < 0) return undefined;
  const isXdp = bytes.readUInt32LE(0) === TYPE_XDP;
  return { type: isXdp ? 'xdp' : 'other', interfaceIndex: isXdp ? bytes.readUInt32LE(16) : 0 };
}
