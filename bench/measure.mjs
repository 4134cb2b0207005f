// Runs a command once and says what it cost, from the kernel's own accounting of that one child.
import koffi from 'koffi';

const libc = koffi.load('libc.so.6');
const posixSpawnp = libc.func('posix_spawnp', 'int', ['_Out_ int *', 'str', 'void *', 'void *', 'void *', 'void *']);
const wait4 = libc.func('wait4', 'int', ['int', '_Out_ int *', 'int', 'void *']);

/** `struct rusage` on 64-bit Linux is 18 longs: ru_utime, ru_stime (each seconds and microseconds), ru_maxrss in KiB, … */
const usageBytes = 18 * 8;

/**
 * @param {readonly string[]} command a program, looked up in PATH, and its arguments.
 * @returns {{ wall: number, cpu: number, memory: number }} milliseconds from start to end, milliseconds of all its
 *   threads and awaited children in user and kernel mode, and the largest resident set in KiB.
 * @throws {Error} where the command cannot be started or does not end with status 0.
 */
export function measure(command) {
  const child = [0];
  const status = [0];
  const usage = new BigInt64Array(usageBytes / 8);
  const words = koffi.as([...command, null], 'char **');
  const environment = koffi.as([...Object.entries(process.env).map((pair) => pair.join('=')), null], 'char **');
  const started = process.hrtime.bigint();
  const failure = posixSpawnp(child, command[0], null, null, words, environment);
  if (failure !== 0) throw new Error(`${command[0]} cannot be started (error ${failure})`);
  if (wait4(child[0], status, 0, usage) !== child[0]) throw new Error(`waiting for ${command[0]} failed`);
  const wall = Number(process.hrtime.bigint() - started) / 1e6;
  if (status[0] !== 0) throw new Error(`'${command.join(' ')}' ended with wait status ${status[0]}`);
  const [userSeconds, userMicroseconds, systemSeconds, systemMicroseconds, memory] = [...usage].map(Number);
  const cpu = (userSeconds + systemSeconds) * 1000 + (userMicroseconds + systemMicroseconds) / 1000;
  return { wall, cpu, memory };
}

/** @param {readonly number[]} values at least one. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
