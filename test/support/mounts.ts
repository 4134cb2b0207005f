/** Gives the tests the kernel's descriptions of its events, where this machine has not mounted them. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const folder = '/sys/kernel/tracing';
let mounted = false;

export function setup(): void {
  if (process.getuid?.() !== 0 || existsSync(`${folder}/events`)) return;
  mounted = spawnSync('mount', ['-t', 'tracefs', 'tracefs', folder]).status === 0;
}

export function teardown(): void {
  if (mounted) spawnSync('umount', ['--lazy', folder]);
}
