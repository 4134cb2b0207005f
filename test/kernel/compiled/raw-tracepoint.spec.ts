/** Raw tracepoints from TypeScript: the kernel's own arguments. */
import { getPriority } from 'node:os';
import { expect, it } from 'vitest';
import { attach } from '../../../runtime/attach/attach.js';
import { describeKernel } from '../../support/kernel.js';
import { systemCall } from '../../support/machine.js';
import { runModule } from '../support/module.js';

const TEXT = `
const counts = new PerCpuArray<u64>({ maxEntries: 1 });
const watched = shared<{ process: u32 }>({ process: 0 });

/** sys_enter(struct pt_regs *regs, long id) */
@rawTracepoint('sys_enter')
function onCall(ctx: RawArgs): number {
  if (ctx.args[1] === ${systemCall.getpriority}n && Number(bpf.getCurrentPidTgid() >> 32n) === watched.process) counts[0] += 1n;
  return 0;
}
export { onCall, counts, watched };
`;

describeKernel('raw tracepoints in TypeScript', {}, () => {
  it('have the arguments as the kernel passes them', async () => {
    const { onCall, counts, watched } = await runModule(TEXT);
    watched.process = process.pid;
    using link = attach(onCall);
    for (let index = 0; index < 25; index++) getPriority();
    link.close();
    getPriority();
    expect(counts.sum(0)).toBe(25n);
    onCall.close();
    counts.close();
  });
});
