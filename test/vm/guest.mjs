/** Runs one command in a guest of another kernel, on this machine's own files. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';
import { arm64Guest } from './arm64.mjs';
import { kernel } from './kernels.mjs';

// Four seconds on a free machine; a busy one has been seen to take ten times as long.
const bootLimit = 120_000;

/**
 * Boots a kernel, runs a command in the same folder as here, and powers off. Files that the command writes stay in
 * the guest, but for those in the folder that `TSBPF_JOB` names, which are handed to `collect`.
 *
 * @param {string} version a kernel's version, `6.1`, or `arm64` for another machine's.
 * @param {string[]} command and its arguments.
 * @param {object} options
 * @param {Record<string, string>} [options.environment] added to a small environment of the guest's own.
 * @param {number} [options.limit] milliseconds that the command may take; 15 minutes unless told otherwise.
 * @param {NodeJS.WritableStream} [options.stdout]
 * @param {NodeJS.WritableStream} [options.stderr]
 * @param {(job: string) => T} [options.collect] called with the job's folder before it is removed.
 * @param {AbortSignal} [options.signal] kills the guest.
 * @returns {Promise<{ status: number | undefined, console: string, failure?: string, result?: T }>} `status` is
 *   undefined where the guest did not come to the command's end; `failure` says then what happened, and `console` is
 *   what the kernel printed.
 * @throws {Error} where the machine has no QEMU or cannot have the kernel.
 * @template T
 */
export async function runInGuest(version, command, options = {}) {
  const log = (line) => process.stderr.write(`${line}\n`);
  const guest = version === 'arm64' ? arm64Guest(log) : x86Guest(version, log);
  const job = mkdtempSync(path.join(tmpdir(), 'tsbpf-job-'));
  try {
    writeFileSync(path.join(job, 'run.sh'), script(guest.kernel, command, options.environment ?? {}));
    const { console, failure } = await boot(guest, job, options);
    const status = existsSync(path.join(job, 'status')) ? Number(readFileSync(path.join(job, 'status'))) : undefined;
    const result = options.collect?.(job);
    const lost = 'the guest powered off before the command ended';
    return { status, console, result, ...(status === undefined ? { failure: failure ?? lost } : {}) };
  } finally {
    rmSync(job, { recursive: true, force: true });
  }
}

function script(version, command, environment) {
  const variables = {
    PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
    LANG: 'C.UTF-8',
    TSBPF_VM: version,
    TSBPF_JOB: '/run/tsbpf-job',
    ...environment,
  };
  const exports = Object.entries(variables).map(([name, value]) => `export ${name}=${quote(value)}`);
  return [...exports, `cd ${quote(process.cwd())}`, `exec ${command.map(quote).join(' ')}`, ''].join('\n');
}

function quote(word) {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Without the firmware's control sequences and greetings. */
function plain(text) {
  // eslint-disable-next-line no-control-regex
  const lines = text.replace(/\x1b(\[[?0-9;]*[A-Za-z]|c)/g, '').split(/\r*\n|\r/);
  return lines.filter((line) => !/SeaBIOS|Booting from ROM|reboot: Power down|^\s*$/.test(line)).join('\n');
}

function x86Guest(version, log) {
  if (spawnSync('qemu-system-x86_64', ['--version']).error) throw new Error('qemu-system-x86_64 is not installed');
  return {
    ...kernel(version, log),
    kernel: version,
    qemu: 'qemu-system-x86_64',
    machine: ['-cpu', 'max'],
    // The kernel's console, the command's output, and its errors.
    serial: ['-serial', 'stdio', '-serial', 'chardev:out', '-serial', 'chardev:errors'],
    append: 'console=ttyS0 output=ttyS1 errors=ttyS2',
    shares: { host: '/' },
  };
}

function parameters({ image, initramfs, machine, serial, append, shares }, job) {
  const share = (name, folder, access) =>
    `local,path=${folder},mount_tag=${name},security_model=none,multidevs=remap${access}`;
  return [
    ...['-accel', 'tcg,thread=multi,tb-size=1024', ...machine, '-smp', '2', '-m', '4G'],
    ...['-nographic', '-nodefaults', '-no-reboot', '-kernel', image, '-initrd', initramfs],
    ...['-append', `${append} quiet panic=-1 oops=panic`],
    ...Object.entries(shares).flatMap(([name, folder]) => ['-virtfs', share(name, folder, ',readonly=on')]),
    ...['-virtfs', share('job', job, '')],
    ...['-chardev', 'socket,id=out,fd=3', '-chardev', 'socket,id=errors,fd=4', ...serial],
  ];
}

function boot(guest, job, { limit = 15 * 60_000, stdout, stderr, signal }) {
  return new Promise((resolve, reject) => {
    const stdio = ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'];
    // A guest must not outlive whoever started it, however that one ends.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', guest.qemu, ...parameters(guest, job)], { stdio });
    let printed = '';
    let failure;
    const kill = (reason) => {
      failure ??= reason;
      child.kill('SIGKILL');
    };
    const keep = (chunk) => (printed += chunk);
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.stdio[3].on('data', (chunk) => stdout?.write(chunk));
    child.stdio[4].on('data', (chunk) => stderr?.write(chunk));
    const booting = setTimeout(() => {
      if (!existsSync(path.join(job, 'booted'))) kill(`the guest did not boot within ${bootLimit / 1000} s`);
    }, bootLimit);
    const running = setTimeout(() => kill(`the command took longer than ${limit / 1000} s`), limit + bootLimit);
    const abort = () => kill('stopped');
    signal?.addEventListener('abort', abort);
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(booting);
      clearTimeout(running);
      signal?.removeEventListener('abort', abort);
      resolve({ console: plain(printed), failure });
    });
  });
}
