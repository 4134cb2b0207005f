/** Patterns that take the context, the packet and shared data apart. */
import { beforeAll, expect, it } from 'vitest';
import { testRun } from '../../../runtime/test-run.js';
import { describeKernel } from '../../support/kernel.js';
import { runModule, type Exports } from '../support/module.js';

const TEXT = `
export const state = shared<{ limit: u32; inner: { port: u16 } }>({ limit: 7, inner: { port: 80 } });

export const parameter = xdp(({ packet }) => packet.byteLength);
export const nested = xdp((ctx) => {
  const { packet: { byteLength: length }, ingress_ifindex } = ctx;
  return length * 100 + (ingress_ifindex > 0 ? 1 : 0);
});
export const fromShared = xdp(() => {
  const { limit, inner: { port } } = state;
  return limit * 1000 + port;
});
export const ofNamespaces = xdp((ctx) => {
  const { min } = Math;
  return min(20, ctx.packet.byteLength);
});
`;

describeKernel('patterns', {}, () => {
  let module: Exports;
  beforeAll(async () => {
    module = await runModule(TEXT);
  }, 240_000);

  it.for([
    ['parameter', 64],
    ['nested', 6401],
    ['fromShared', 7080],
    ['ofNamespaces', 20],
  ] as const)('%s', ([program, expected]) => {
    expect(testRun(module[program], { packet: new Uint8Array(64) }).value).toBe(expected);
  });
});
