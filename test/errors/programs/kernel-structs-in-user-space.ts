import { bpf, rawTracepoint } from 'tsbpf';
import type { i32, KernelStruct, Pointer, RawArgs } from 'tsbpf';

interface task_struct extends KernelStruct {
  pid: i32;
  real_parent: Pointer<task_struct>;
}

function pidOf(task: task_struct): number {
  return task.pid + task.comm.length;
  //                     ^^^^ TS2339: 'comm' does not exist
}

@rawTracepoint('sched_process_fork')
function onFork(_ctx: RawArgs, parent: task_struct): number {
  const made: task_struct = { pid: 1, real_parent: parent };
  //    ^^^^ TS2741: '__kernel' is missing
  const found = bpf.pointer<task_struct>(0n);
  return pidOf(found) + made.pid;
  //           ^^^^^ TS2345: undefined
}
