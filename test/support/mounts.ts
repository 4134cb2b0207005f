/** Mounts what the tests need of the kernel's file systems, where this machine has not: pins, descriptions of events. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const wanted = { bpf: '/sys/fs/bpf', tracefs: '/sys/kernel/tracing' };
const mounted: string[] = [];

export function setup(): void {
  if (process.getuid?.() !== 0) return;
  const present = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  for (const [type, folder] of Object.entries(wanted)) {
    if (present.some((line) => line.split(' ')[1] === folder)) continue;
    if (spawnSync('mount', ['-t', type, type, folder]).status === 0) mounted.push(folder);
  }
}

export function teardown(): void {
  for (const folder of mounted.splice(0)) spawnSync('umount', ['--lazy', folder]);
}
