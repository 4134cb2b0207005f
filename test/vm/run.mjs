/** `node test/vm/run.mjs KERNEL COMMAND…`: runs a command in a guest of that kernel and prints what it prints. */
import { constants } from 'node:os';
import { kernels } from './kernels.mjs';
import { runInGuest } from './guest.mjs';

const guests = [...kernels, 'arm64'];
const [version, ...command] = process.argv.slice(2);
if (!guests.includes(version ?? '') || command.length === 0) {
  process.stderr.write(`usage: scripts/vm.sh ${guests.join('|')} COMMAND…\n`);
  process.exit(2);
}

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    stop.abort();
    process.exitCode = 128 + constants.signals[signal];
  });
}

const variables = Object.entries(process.env).filter(([name]) => name === 'CI' || name.startsWith('TSBPF_'));
try {
  const { status, failure, console } = await runInGuest(version, command, {
    environment: Object.fromEntries(variables),
    stdout: process.stdout,
    stderr: process.stderr,
    signal: stop.signal,
  });
  if (failure !== undefined || process.env.TSBPF_VM_CONSOLE) process.stderr.write(`${console.trimEnd()}\n`);
  if (failure !== undefined) process.stderr.write(`kernel ${version}: ${failure}\n`);
  process.exitCode ??= status ?? 3;
} catch (error) {
  process.stderr.write(`kernel ${version}: ${error.message}\n`);
  process.exitCode = 3;
}
