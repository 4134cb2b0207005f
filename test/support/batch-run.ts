/**
 * Test runs of many packets, a system call each and nothing else: results alone, as fast as JavaScript can ask for them.
 */
import { allocate } from '../../runtime/native/libc.js';
import { programTestRun } from '../../runtime/native/libbpf.js';

/** struct bpf_test_run_opts of bpf/bpf.h: where its members lie, in bytes. */
const options = { size: 80, dataIn: 8, dataSizeIn: 24, dataSizeOut: 28, value: 56, repeat: 60, duration: 64 };

/** Packets in memory that does not move. */
export interface PacketBatch extends Disposable {
  readonly length: number;
  /**
   * Runs a program on each packet.
   *
   * @returns what it returned, as unsigned 32-bit numbers.
   */
  run(fd: number): Uint32Array;
  /** Nanoseconds that one run on one of the packets takes. */
  time(fd: number, packet: number, repeat: number): number;
}

/** @param skip how many bytes the kernel drops of each packet: 14 for socket filters, which are put before it. */
export function batchOf(packets: readonly Uint8Array[], skip = 0): PacketBatch {
  const total = packets.reduce((sum, { length }) => sum + skip + length, 0);
  const memory = allocate(Math.max(1, total));
  const starts: number[] = [];
  let end = 0;
  for (const packet of packets) {
    starts.push(end);
    // The kernel takes the protocol from what it drops (0x88b5 is for experiments), and of some it refuses short packets.
    if (skip === 14) memory.bytes.set([0x88, 0xb5], end + 12);
    memory.bytes.set(packet, end + skip);
    end += skip + packet.length;
  }
  const bytes = new Uint8Array(new ArrayBuffer(options.size));
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(options.size), true);
  const runOne = (fd: number, index: number, repeat: number): void => {
    view.setBigUint64(options.dataIn, memory.pointer + BigInt(starts[index]!), true);
    view.setUint32(options.dataSizeIn, packets[index]!.length + skip, true);
    view.setUint32(options.dataSizeOut, 0, true);
    view.setInt32(options.repeat, repeat, true);
    const status = programTestRun(fd, bytes);
    if (status < 0) throw new Error(`BPF_PROG_TEST_RUN of ${packets[index]!.length} bytes failed: errno ${-status}`);
  };
  return {
    length: packets.length,
    run(fd) {
      const results = new Uint32Array(packets.length);
      for (let index = 0; index < packets.length; index++) {
        runOne(fd, index, 1);
        results[index] = view.getUint32(options.value, true);
      }
      return results;
    },
    time(fd, packet, repeat) {
      runOne(fd, packet, repeat);
      return view.getUint32(options.duration, true);
    },
    [Symbol.dispose]: () => memory.free(),
  };
}
