/** Which thread this is, without loading `node:worker_threads`, which takes a hundredth of a tool's start. */
import { readlinkSync } from 'node:fs';
import { createRequire } from 'node:module';

let known: boolean | undefined;

/** Whether this is not a worker thread, as `isMainThread` of `node:worker_threads` says. */
export function isMainThread(): boolean {
  return (known ??= isFirstThread() || askNode());
}

/** Whether this is the thread that the process began with, which no worker is: its number is the process's (proc(5)). */
function isFirstThread(): boolean {
  try {
    // NUMBER/task/NUMBER
    const [process, , thread] = readlinkSync('/proc/thread-self').split('/');
    return process !== undefined && process === thread;
  } catch {
    return false;
  }
}

function askNode(): boolean {
  const threads = createRequire(import.meta.filename)('node:worker_threads') as typeof import('node:worker_threads');
  return threads.isMainThread;
}
