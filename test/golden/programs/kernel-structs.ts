import { bpf, HashMap, rawTracepoint } from 'tsbpf';
import type { Bits, CharArray, FixedArray, i32, KernelStruct, Pointer, RawArgs, u32 } from 'tsbpf';

interface task_struct extends KernelStruct {
  tgid: i32;
  comm: CharArray<16>;
  real_parent: Pointer<task_struct>;
  in_execve: Bits<1>;
  thread_pid: Pointer<pid>;
}

interface pid extends KernelStruct {
  level: u32;
  numbers: FixedArray<upid, 4>;
}

interface upid extends KernelStruct {
  nr: i32;
}

const parents = new HashMap<u32, u32>({ maxEntries: 64 });

@rawTracepoint('sched_process_exec')
function onExec(ctx: RawArgs, task: task_struct): number {
  parents.set(task.tgid, task.real_parent.tgid);
  if (task.in_execve !== 0) return 1;
  const { thread_pid } = bpf.getCurrentTask<task_struct>();
  return thread_pid.numbers[thread_pid.level].nr;
}
