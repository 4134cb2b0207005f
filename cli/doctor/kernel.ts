/** What the running kernel has: its version, and what of BPF is built in, switched on and mounted. */
import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import type { Finding, Findings } from './finding.js';

export function findKernelFeatures(): Findings {
  const mounts = readFileSync('/proc/self/mounts', 'utf8');
  return [
    kernelVersion(),
    typeInformation(),
    justInTime(),
    kernelProbes(),
    userProbes(),
    fileSystem('bpffs', 'bpf', ['/sys/fs/bpf'], 'nothing can be pinned', mounts),
    fileSystem(
      'tracefs',
      'tracefs',
      ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'],
      'tools that read it fail',
      mounts,
    ),
  ];
}

/** The oldest kernel that is tested; bounded loops came with 5.3, ring buffers with 5.8. */
const oldestTested = [5, 10] as const;

function kernelVersion(): Finding {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  const tested = major > oldestTested[0] || (major === oldestTested[0] && minor >= oldestTested[1]);
  const common = { name: 'Linux', purpose: 'run' } as const;
  if (tested) return { ...common, state: 'ok', detail: release() };
  return {
    ...common,
    state: 'warn',
    detail: `${release()}: older than ${oldestTested.join('.')}, the oldest that is tested`,
    mend: `build with \`--target ${major}.${minor}\`, or take a newer kernel`,
  };
}

function typeInformation(): Finding {
  const file = '/sys/kernel/btf/vmlinux';
  const common = { name: 'BTF', purpose: 'run' } as const;
  if (existsSync(file)) return { ...common, state: 'ok', detail: file };
  const detail = `no ${file}: kernel types cannot be relocated`;
  return {
    ...common,
    state: 'warn',
    detail,
    mend: 'boot a kernel that has CONFIG_DEBUG_INFO_BTF, as those of distributions do',
  };
}

function justInTime(): Finding | undefined {
  const value = readSetting('/proc/sys/net/core/bpf_jit_enable');
  const common = { name: 'JIT', purpose: 'run' } as const;
  if (value === 'unreadable') return { ...common, state: 'ok', detail: 'only root sees whether it is on' };
  if (value === undefined) return undefined;
  if (value !== '0') return { ...common, state: 'ok', detail: 'on' };
  const detail = 'off: programs are interpreted, and slow';
  return { ...common, state: 'warn', detail, mend: 'sysctl -w net.core.bpf_jit_enable=1' };
}

function kernelProbes(): Finding {
  const common = { name: 'kprobes', purpose: 'run' } as const;
  if (existsSync('/sys/bus/event_source/devices/kprobe')) return { ...common, state: 'ok', detail: 'in this kernel' };
  const detail = 'not in this kernel: @kprobe and @kretprobe cannot be attached';
  return { ...common, state: 'warn', detail, mend: 'boot a kernel that has CONFIG_KPROBES, or use tracepoints' };
}

function userProbes(): Finding {
  const common = { name: 'uprobes', purpose: 'run' } as const;
  if (existsSync('/sys/bus/event_source/devices/uprobe')) return { ...common, state: 'ok', detail: 'in this kernel' };
  const detail = 'not in this kernel: @uprobe and @uretprobe cannot be attached';
  return { ...common, state: 'warn', detail, mend: 'boot a kernel that has CONFIG_UPROBES' };
}

/** @param places where it is looked for, the usual one first. */
function fileSystem(name: string, type: string, places: readonly string[], lack: string, mounts: string): Finding {
  const common = { name, purpose: 'run' } as const;
  const where = places.find((place) => mounts.includes(` ${place} ${type} `));
  if (where !== undefined) return { ...common, state: 'ok', detail: `mounted at ${where}` };
  const mend = `mount -t ${type} ${type} ${places[0]}`;
  return { ...common, state: 'warn', detail: `not mounted: ${lack}`, mend };
}

/** The value of a setting; `'unreadable'` where only root may read it, undefined where this kernel has it not. */
export function readSetting(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (failure) {
    return (failure as NodeJS.ErrnoException).code === 'EACCES' ? 'unreadable' : undefined;
  }
}
