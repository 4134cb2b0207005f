// Keeps `tsbpf build --watch` running, and says what each change of its file cost, until the object is there.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** In milliseconds; what the process still does after the object is written belongs to it. */
const settling = 200;

/**
 * Starts the command, and waits for its first build.
 *
 * @param {readonly string[]} command a program and its arguments, which watches `file` and writes `output`.
 * @param {(count: number) => string} textOf the file's text after so many changes, another each time.
 * @returns {Promise<{ measure: () => Promise<{ wall: number, cpu: number, memory: number }>, stop: () => void }>}
 *   `measure` makes one change: milliseconds until the object is in its place, milliseconds of all threads, and the largest
 *   resident set so far in KiB.
 */
export async function startWatching(command, file, output, textOf) {
  writeFileSync(file, textOf(0));
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'ignore', 'pipe'] });
  await new Promise((resolve, reject) => {
    child.stderr.once('data', resolve);
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`'${command.join(' ')}' ended`)));
  });
  child.stderr.resume();
  let count = 0;
  const measure = async () => {
    const before = processorTime(child.pid);
    const written = nextWrite(output);
    const started = process.hrtime.bigint();
    writeFileSync(file, textOf(++count));
    await written;
    const wall = Number(process.hrtime.bigint() - started) / 1e6;
    await setTimeout(settling);
    return { wall, cpu: processorTime(child.pid) - before, memory: peakMemory(child.pid) };
  };
  return { measure, stop: () => child.kill() };
}

function nextWrite(file) {
  return new Promise((resolve) => {
    const watcher = watch(path.dirname(file), (_event, name) => {
      if (name !== path.basename(file)) return;
      watcher.close();
      resolve();
    });
  });
}

/** Milliseconds on a processor, by the scheduler's account of each thread; V8's threads stay as long as the process. */
function processorTime(pid) {
  const tasks = readdirSync(`/proc/${pid}/task`).map((task) =>
    readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8'),
  );
  return tasks.reduce((sum, text) => sum + Number(text.split(' ')[0]), 0) / 1e6;
}

function peakMemory(pid) {
  return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}
