/**
 * The dynamic perf event sources `kprobe` and `uprobe`, as sysfs describes them.
 */
import { readFileSync } from 'node:fs';

/** The number of an event source, or undefined where the kernel lacks it. */
export function pmuType(name: 'kprobe' | 'uprobe'): number | undefined {
  try {
    return Number(readFileSync(`/sys/bus/event_source/devices/${name}/type`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Which bit of `config` asks for the return: `config:0` in the source's format. */
export function returnBit(name: 'kprobe' | 'uprobe'): number {
  try {
    const format = readFileSync(`/sys/bus/event_source/devices/${name}/format/retprobe`, 'utf8');
    return Number(/^config:(\d+)/.exec(format)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
