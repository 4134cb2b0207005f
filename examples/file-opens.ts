/** Counts the files that each command opens in a pinned map: one process fills it, and others read it meanwhile. */
import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { attach, bpf, HashMap, tracepoint } from 'tsbpf';
import type { CharArray, Tracepoint, u64 } from 'tsbpf';

interface Opens {
  opened: u64;
  failed: u64;
}

const PIN = '/sys/fs/bpf/tsbpf-file-opens';
/** By command. Processes that name the same path share the map; it stays until the path is removed. */
const opens = new HashMap<CharArray<16>, Opens>({ maxEntries: 10_240, pin: PIN });

@tracepoint('syscalls:sys_exit_openat')
function onReturn(ctx: Tracepoint<'syscalls:sys_exit_openat'>) {
  const counts = opens.getOrInsert(bpf.getCurrentComm(), { opened: 0n, failed: 0n });
  if (ctx.ret < 0n) counts.failed += 1n;
  else counts.opened += 1n;
}

const usage = `usage: tsbpf run file-opens.ts record [--duration SECONDS]
       tsbpf run file-opens.ts show | reset | remove
Counts the files that each command opens, for so long or until Ctrl-C, on top of what was counted before. Meanwhile and
afterwards, show prints the counts, reset begins anew, and remove ends with them.`;
const COMMANDS = ['record', 'show', 'reset', 'remove'];

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      options: { duration: { type: 'string' }, help: { type: 'boolean' } },
      allowPositionals: true,
    });
    const [command = '', ...more] = positionals;
    const seconds = Number(values.duration ?? 1e6);
    if (!(seconds > 0)) throw new Error(`--duration is a number of seconds, not '${values.duration}'.`);
    if (values.help || (COMMANDS.includes(command) && more.length === 0)) return { ...values, command, seconds };
    throw new Error(`Say one of ${COMMANDS.join(', ')}.`);
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

const { command, seconds, help } = readOptions();
if (help) {
  console.log(usage);
  process.exit();
}
if (command !== 'record' && !existsSync(PIN)) {
  console.error('Nothing is recorded.');
  process.exit(1);
}

switch (command) {
  case 'record': {
    using link = attach(onReturn);
    const stop = new AbortController();
    process.once('SIGINT', () => stop.abort());
    console.log(`Recording to ${PIN} …`);
    await setTimeout(seconds * 1000, undefined, { signal: stop.signal }).catch(() => undefined);
    break;
  }
  case 'show':
    console.log('  OPENED   FAILED  COMMAND');
    for (const [name, { opened, failed }] of [...opens].sort(([, a], [, b]) => Number(b.opened - a.opened)))
      console.log(`${`${opened}`.padStart(8)} ${`${failed}`.padStart(8)}  ${name}`);
    break;
  case 'reset':
    opens.clear();
    break;
  case 'remove':
    opens.unpin();
}
