/** Values that only a running program knows: they are in `.rodata` before the verifier sees the program. */
import { afterEach, beforeAll, expect, it } from 'vitest';
import { testRun } from '../../../runtime/test-run.js';
import { describeKernel } from '../../support/kernel.js';
import { runModule } from '../support/module.js';

const TEXT = `
const limit: u32 = Number(process.env.TSBPF_TEST_LIMIT);
const far = BigInt(process.env.TSBPF_TEST_FAR ?? 0);
const isOn: boolean = process.env.TSBPF_TEST_ON === 'yes';
const PORTS = [1, 2, 3].map((port) => htons(port));
const FOLDED = PORTS.reduce((sum, port) => sum + port, 0);
const sizes = new HashMap<u32, u32>({ maxEntries: Number(process.env.TSBPF_TEST_ENTRIES) });

@xdp({ minimumPacketSize: 14 })
function decide(ctx: XdpContext): number {
  sizes.set(ctx.packet.getUint32(0), limit);
  if (isOn) return limit;
  return far > 0x1_0000_0000n ? FOLDED : 7;
}
const add = (a: number) => a + limit;
export { decide, sizes, add };
`;

const packet = new Uint8Array(64);

describeKernel('constants of a running program', {}, () => {
  beforeAll(() => {
    Object.assign(process.env, { TSBPF_TEST_LIMIT: '4000000000', TSBPF_TEST_ENTRIES: '5' });
  });
  afterEach(() => {
    delete process.env.TSBPF_TEST_ON;
    delete process.env.TSBPF_TEST_FAR;
  });

  async function decide(environment: Record<string, string>): Promise<number> {
    Object.assign(process.env, environment);
    const { decide: program, sizes } = await runModule(TEXT);
    try {
      return testRun(program, { packet }).value;
    } finally {
      program.close();
      sizes.close();
    }
  }

  it('are what they are when the program is loaded', async () => {
    expect(await decide({ TSBPF_TEST_ON: 'yes' })).toBe(4_000_000_000);
    expect(await decide({ TSBPF_TEST_ON: 'no', TSBPF_TEST_FAR: `${2n ** 40n}` })).toBe(0x100 + 0x200 + 0x300);
    expect(await decide({ TSBPF_TEST_ON: 'no', TSBPF_TEST_FAR: '-1' })).toBe(7);
  });

  it('are alike in user space, and size maps', async () => {
    const { decide: program, sizes, add } = await runModule(TEXT);
    expect(add(1)).toBe(4_000_000_001);
    testRun(program, { packet });
    expect(sizes.get(0)).toBe(4_000_000_000);
    expect(sizes.maxEntries).toBe(5);
    program.close();
    sizes.close();
  });
});
