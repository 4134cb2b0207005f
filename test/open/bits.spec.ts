/** Widths of bit fields are assignable to one another, as all integers are. */
import { expect, test } from 'vitest';
import { nodeHost } from '../../compiler/host.js';
import { compile, memoryHost } from '../../compiler/index.js';

test('a bit field takes another of another width, and an integer', async () => {
  const source = `import { HashMap, xdp, XDP, type Bits, type u8, type u32 } from 'tsbpf';
interface Fields { low: Bits<3>; high: Bits<13, u32>; byte: u8 }
const fields = new HashMap<u32, Fields>({ maxEntries: 1 });
export const change = xdp(() => {
  const found = fields.get(0);
  if (found) {
    found.low = found.high;
    found.high = found.byte;
    found.byte = found.low;
  }
  return XDP.PASS;
});`;
  const directory = nodeHost().currentDirectory;
  const { diagnostics } = await compile('bits.ts', {}, memoryHost({ [`${directory}/bits.ts`]: source }, directory));
  expect(diagnostics.map(({ messageText }) => messageText)).toEqual([]);
});
