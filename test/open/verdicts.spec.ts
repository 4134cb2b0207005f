/** `XDP` names the verdicts, and the type that they have. */
import { expect, test } from 'vitest';
import { nodeHost } from '../../compiler/host.js';
import { compile, memoryHost } from '../../compiler/index.js';

async function messages(result: string): Promise<readonly unknown[]> {
  const source = `import { DevMap, xdp, XDP } from 'tsbpf';
import type { XdpContext } from 'tsbpf';
const devices = new DevMap({ maxEntries: 4 });
@xdp function decide(ctx: XdpContext): XDP {
  const verdict: XDP = ctx.packet.byteLength > 100 ? XDP.DROP : XDP.PASS;
  return ${result};
}
export { decide };`;
  const directory = nodeHost().currentDirectory;
  const { diagnostics } = await compile('file.ts', {}, memoryHost({ [`${directory}/file.ts`]: source }, directory));
  return diagnostics.map(({ code }) => code);
}

test.each(['verdict', 'XDP.TX', 'devices.redirect(1)', 'devices.redirect(1, XDP.DROP)'])('%s', async (result) => {
  expect(await messages(result)).toEqual([]);
});

test.each(['7', 'ctx.packet.byteLength'])('%s is none', async (result) => {
  expect(await messages(result)).toEqual([2322]);
});
