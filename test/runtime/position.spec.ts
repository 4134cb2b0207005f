/** Positions of which mostly the low 32 bits are read and written. */
import { expect, it } from 'vitest';
import { KernelPosition, OwnPosition } from '../../runtime/events/position.js';

it.each([0n, 0x7fffffffn, 0xfffffff0n, 0x1_ffff_fff8n, 0xffff_ffff_ffff_fff0n])('move on from %s', (from) => {
  const buffer = new ArrayBuffer(16);
  const whole = new BigUint64Array(buffer);
  whole[1] = from;
  const own = new OwnPosition(buffer, 8);
  const seen = new KernelPosition(buffer, 8);
  let expected = from;
  for (const step of [8, 16, 0x7ffffff8, 0x7ffffff8, 8, 0xfffffff8, 8]) {
    expected = BigInt.asUintN(64, expected + BigInt(step));
    own.store((own.low + step) | 0);
    expect(whole[1]).toBe(expected);
    expect(seen.low).toBe(Number(BigInt.asIntN(32, expected)));
  }
  expect(whole[0]).toBe(0n);
});
