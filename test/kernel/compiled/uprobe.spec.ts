/** Functions of user space from TypeScript: arguments at entry, the result at return. */
import { getPriority, setPriority } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attach } from '../../../runtime/attach/attach.js';
import { describeKernel } from '../../support/kernel.js';
import { runModule, type Exports } from '../support/module.js';

const TEXT = `
const seen = new HashMap<u32, i64>({ maxEntries: 16 });
const watched = shared<{ process: u32 }>({ process: 0 });
const isWatched = () => Number(bpf.getCurrentPidTgid() >> 32n) === watched.process;

/** int setpriority(int which, id_t who, int value) */
@uprobe('libc.so.6', 'setpriority')
function onSet(_ctx: PtRegs, which: i32, who: u32, value: i32) {
  if (!isWatched()) return;
  seen.set(0, i64(which));
  seen.set(1, i64(who));
  seen.set(2, i64(value));
}

const onGot = uretprobe('libc.so.6', 'getpriority', (_ctx, result: i32) => {
  if (isWatched()) seen.set(3, i64(result));
});
export { onSet, onGot, seen, watched };
`;

describeKernel('uprobes in TypeScript', { needs: ['uprobes'] }, () => {
  let module: Exports;

  beforeAll(async () => {
    module = await runModule(TEXT);
    module.watched.process = process.pid;
  });
  afterAll(() => {
    for (const item of Object.values(module ?? {})) item.close?.();
  });

  it('have the arguments and the result of a function of a library', () => {
    using entry = attach(module.onSet);
    using exit = attach(module.onGot);
    const before = getPriority();
    setPriority(process.pid, before);
    expect([entry.closed, exit.closed]).toEqual([false, false]);
    expect([0, 1, 2, 3].map((key) => module.seen.get(key))).toEqual([
      0n, // PRIO_PROCESS
      BigInt(process.pid),
      BigInt(before),
      BigInt(before),
    ]);
  });
});
