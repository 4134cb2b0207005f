import { xdp } from 'tsbpf';

/** Refused where it stands, and not again where its result is used. */
function half(length: number): number {
  return length / 2;
  //     ^^^^^^^^^^ TSBPF1305
}

export const program = xdp((ctx) => half(ctx.packet.byteLength) + 1);
